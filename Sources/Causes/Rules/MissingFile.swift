import Model

/// A file that only the shipped artifact has.
struct MissingFile: CauseRule {
  let name = "missing-file"
  let summary = "a file that only the shipped artifact has"

  func finding(_ subject: Subject) -> Finding? {
    subject.isLoneFile && subject.difference.kind == .missing ? Finding(0.9, "the rebuilt one does not have it") : nil
  }

  func fix(_ subject: Subject) -> String {
    "find what made it: a build option, a dependency, or a file that is no source"
  }
}
