import Model

/// Code or data that differs for none of the other reasons.
struct Content: CauseRule {
  let name = "content"
  let summary = "code or data that differs for none of these reasons"

  /// What was looked for and what was found instead.
  func evidence(_ subject: Subject, _ stretches: StretchCauses) -> String {
    let difference = subject.difference
    if difference.kind == .missing || difference.kind == .extra {
      return "only one side has it, and it bears no trace of a build"
    }
    switch difference.role {
    case .code: return "instructions that differ; nothing that the file says of its making explains them"
    case .mode: return "permissions or types that no umask makes of each other: \(subject.shown)"
    case .checksum: return "a checksum that differs although nothing found under it does"
    case .size, .offset: return "a number that differs although nothing found under it does: \(subject.shown)"
    case .flags: return "flags that differ: \(subject.shown)"
    default: break
    }
    guard let unexplained = stretches.unexplained else {
      return "looked for times, paths, names of people and machines, versions and orders; found none of them"
    }
    let shown = "no time, path, name, version or order in \(unexplained.shown)"
    guard stretches.count > 1, !stretches.causes.isEmpty else { return shown }
    let causes = stretches.causes.joined(separator: ", ")
    return "\(shown); of \(stretches.count) places that differ others would be \(causes)"
  }

  func fix(_ subject: Subject) -> String {
    "find out what it is: nothing known to vary between builds explains it"
  }
}

/// What the stretches of a difference show that has no cause as a whole.
struct StretchCauses {
  /// How many stretches there are.
  var count = 0
  /// The first that no rule has evidence for; nil where there is no such.
  var unexplained: Change?
  /// The names of the causes that those before it have, each once.
  var causes: [String] = []
}
