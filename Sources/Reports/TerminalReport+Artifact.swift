public import Model

extension TerminalReport {
  /// What comparing two files found, without a check around it; each line ended by a line feed.
  public func render(_ artifact: ArtifactResult) -> String {
    let name = VisibleText.shortened(VisibleText.escaped(artifact.name), to: 200)
    let equal = artifact.differences.isEmpty
    let word = equal ? "EQUAL" : "DIFFERENT"
    let sentence = equal ? "Both files have the same bytes." : "The files named \(name) differ."
    var lines = LineWrapping(width: width).lines(
      sentence, first: word + "  ", rest: String(repeating: " ", count: word.count + 2))
    lines[0] = coloured(word, by: artifact.verdict) + lines[0].dropFirst(word.count)
    lines += [""] + ArtifactTable(width: width).lines([artifact])
    lines.append("")
    for (label, file) in [("shipped", artifact.shipped), ("rebuilt", artifact.rebuilt)] {
      if let file { lines.append("\(label)  sha256 \(file.sha256)") }
    }
    var tree = DifferenceTree(width: width, room: differenceLines)
    tree.add(artifact)
    if !tree.lines.isEmpty { lines += [""] + tree.lines }
    if tree.left > 0 { lines.append("  … and \(Amount.count(tree.left, "more difference")); --json has all of them") }
    return lines.map { $0 + "\n" }.joined()
  }
}
