import ArgumentParser
import Model
import Policies

/// `verbatim verify`.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Say what signed evidence on an artifact comes to under a policy.",
    discussion: """
      Reads files alone; never uses a network. Documentation/Formats/Policy.md describes policies.
      Exit codes: 0 reproduced, 1 different, 2 nothing that the policy takes or wrong usage, 3 equivalent.
      """)

  @OptionGroup var options: PolicyOptions

  @Option(
    help: ArgumentHelp(
      "A folder of evidence: whether what counts says what this full view of its check says.",
      discussion: "A statement that contradicts it makes the result inconclusive.", valueName: "folder"))
  var full: String?

  @Flag(help: "Print the result as JSON and nothing else on standard output.")
  var json = false

  func run() async throws {
    let evidence = try options.read()
    let judgement = try await options.judge(evidence)
    let findings = try full.map { folder in
      try FullViewFindings(judgement, evidence, folder: folder, foreign: options.foreign)
    }
    let verdict = findings?.contradictions.isEmpty == false ? .inconclusive : judgement.verdict
    if json {
      try JSONOutput.print(JudgementDocument(judgement, verdict, findings))
    } else {
      let text = JudgementText(judgement, verdict, artifact: options.artifact, policy: options.policy)
      Console.output((text.lines + (findings.map { [""] + $0.lines } ?? [])).joined(separator: "\n"))
    }
    throw ExitCode(verdict.exitCode)
  }
}
