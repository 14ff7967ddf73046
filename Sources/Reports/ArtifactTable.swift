import Model

/// The artifacts of a result, a row each; two rows where shipped and rebuilt are not the same.
struct ArtifactTable {
  /// In columns.
  let width: Int
  /// Whether there was a check, rather than a comparison of files that nobody rebuilt here.
  var isCheck = true

  func lines(_ artifacts: [ArtifactResult]) -> [String] {
    let rows = [Row(name: "artifact", size: "size", digest: "sha256", verdict: "verdict")] + artifacts.flatMap(rows)
    let sizes = rows.map(\.size.count).max() ?? 0
    // Two spaces between columns, twelve digits, and the longest verdict.
    let room = width - sizes - 12 - 12 - 6
    let names = min(room, rows.map { VisibleText.columns($0.name) }.max() ?? 0)
    return rows.flatMap { row in
      let name = LineWrapping(width: names).lines(row.name)
      let padding = String(repeating: " ", count: max(0, names - VisibleText.columns(name[name.count - 1])))
      let size = String(repeating: " ", count: sizes - row.size.count) + row.size
      let digest = row.digest + String(repeating: " ", count: max(0, 12 - row.digest.count))
      let last = "\(name[name.count - 1])\(padding)  \(size)  \(digest)  \(row.verdict)"
      return name.dropLast() + [trimmed(last)]
    }
  }

  private struct Row {
    var name: String
    var size: String
    var digest: String
    var verdict: String
  }

  private func rows(_ artifact: ArtifactResult) -> [Row] {
    let name = VisibleText.shortened(VisibleText.escaped(artifact.name), to: 200)
    let verdict = VerdictWords.word(artifact.verdict, isCheck: isCheck)
    if let shipped = artifact.shipped, shipped.sha256 == artifact.rebuilt?.sha256 {
      return [row(name, shipped, verdict)]
    }
    return [
      row("\(name), shipped", artifact.shipped, verdict),
      row("\(name), rebuilt", artifact.rebuilt, ""),
    ]
  }

  private func row(_ name: String, _ file: FileIdentity?, _ verdict: String) -> Row {
    Row(
      name: name, size: file.map { Amount.size($0.size) } ?? "none", digest: file?.sha256.short ?? "",
      verdict: verdict)
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
