import Model

/// A file that only the rebuilt artifact has.
struct ExtraFile: CauseRule {
  let name = "extra-file"
  let summary = "a file that only the rebuilt artifact has"

  func finding(_ subject: Subject) -> Finding? {
    subject.isLoneFile && subject.difference.kind == .extra ? Finding(0.9, "the shipped one does not have it") : nil
  }

  func fix(_ subject: Subject) -> String {
    "find what made it: a cache, a leftover of an earlier build, a build option"
  }
}
