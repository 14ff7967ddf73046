import Keys
import Model
import Policies
import Reports

/// What evidence comes to, for people: at most 80 columns wide.
struct JudgementText {
  /// How many refusals are told one by one.
  static let refusalLimit = 20
  private static let width = 80
  private static let columns = [17, 10, 20, 13, 21]

  let lines: [String]

  init(_ judgement: PolicyJudgement, _ verdict: Verdict, artifact: String, policy: String) {
    var lines = [
      Self.fact(verdict.rawValue, Self.name(artifact, 67)),
      Self.fact("sha256", judgement.artifact.hex),
      Self.fact("policy", "\(Self.name(policy, 42)), sha256 \(judgement.policy.digest.short)…"),
      Self.fact("as of", TimeText.text(judgement.time)),
    ]
    let votes = judgement.against + judgement.votes
    if !votes.isEmpty {
      lines += ["", Self.row(["party", "role", "key", "verdict", "when"])]
      lines += votes.map { vote in
        Self.row([
          vote.party.name, vote.party.role.rawValue, String(vote.key.keyID.prefix(19)) + "…", vote.verdict.rawValue,
          TimeText.text(vote.time),
        ])
      }
    }
    lines += judgement.missing.map { Self.fact("missing", $0) }.spaced
    lines += Self.refusals(judgement)
    self.lines = lines
  }

  private static func refusals(_ judgement: PolicyJudgement) -> [String] {
    let told = judgement.refusals.filter { !$0.isCopy }
    let copies = judgement.refusals.count - told.count
    var lines: [String] = []
    if !told.isEmpty { lines.append(fact("refused", "\(told.count) of \(judgement.read) pieces of evidence")) }
    for refusal in told.prefix(refusalLimit) {
      lines += wrapped(VisibleText.escaped(refusal.file), indentation: 2)
      lines += wrapped(VisibleText.escaped(refusal.message), indentation: 4)
    }
    if told.count > refusalLimit { lines.append("  and \(told.count - refusalLimit) more, which --json lists") }
    if copies > 0 { lines.append(fact("copies", "\(copies) of statements that count already")) }
    return lines.spaced
  }

  private static func fact(_ name: String, _ value: String) -> String {
    name + String(repeating: " ", count: max(1, 13 - name.count)) + value
  }

  private static func name(_ text: String, _ limit: Int) -> String {
    VisibleText.shortened(VisibleText.escaped(text), to: limit)
  }

  private static func row(_ cells: [String]) -> String {
    var line = ""
    for (cell, width) in zip(cells, columns) {
      let shown = name(cell, width - 1)
      line += shown + String(repeating: " ", count: max(0, width - VisibleText.columns(shown)))
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// Lines that break between words, and within those that are longer than a line.
  private static func wrapped(_ text: String, indentation: Int) -> [String] {
    let limit = width - indentation
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      var rest = String(word)
      if !line.isEmpty, VisibleText.columns(line) + 1 + VisibleText.columns(rest) <= limit {
        line += " " + rest
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while VisibleText.columns(rest) > limit {
        lines.append(String(rest.prefix(limit / 2)))
        rest = String(rest.dropFirst(limit / 2))
      }
      line = rest
    }
    lines.append(line)
    return lines.map { String(repeating: " ", count: indentation) + $0 }
  }
}

extension [String] {
  /// After an empty line, unless there are none.
  fileprivate var spaced: [String] { isEmpty ? [] : [""] + self }
}
