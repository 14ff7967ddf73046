import Model

/// Reads the items of `source` and the other places where an input stands.
enum SourceReading {
  static let forms = ["debian", "pypi", "url", "path"]

  /// One item of `source`.
  static func source(_ value: YAMLValue, name: String, problems: inout ProblemList) -> SourceInput? {
    let allowed = forms + ["file", "sha256", "reviewed", "into", "strip"]
    guard let item = MappingReader(value, name: name, allowed: allowed, problems: &problems),
      let input = input(item, forms: forms, problems: &problems)
    else { return nil }
    var source = SourceInput(input: input)
    if let reviewed = item.optional("reviewed") { source.reviewed = tree(reviewed, problems: &problems) }
    source.into = item.optional("into").flatMap { $0.innerPath("a relative folder", problems: &problems) }
    source.strip =
      item.optional("strip").flatMap { $0.truth("whether to leave out a single top folder", problems: &problems) }
      ?? true
    return source
  }

  /// A shipped file: any of the forms.
  static func shipped(_ value: YAMLValue, name: String, problems: inout ProblemList) -> InputReference? {
    MappingReader(value, name: name, allowed: forms + ["file", "sha256"], problems: &problems)
      .flatMap { input($0, forms: forms, problems: &problems) }
  }

  /// The input that a mapping names by exactly one of some forms.
  static func input(
    _ item: MappingReader, forms: [String], digestRequired: Bool = false, problems: inout ProblemList
  ) -> InputReference? {
    guard let chosen = item.choice(of: forms, problems: &problems) else { return nil }
    switch chosen.key {
    case "debian":
      item.refuse(["sha256", "file"], beside: "debian", problems: &problems)
      return pair(chosen.value, "=", .debianName, .debianVersion, problems: &problems)
        .map { .debian(name: $0.name, version: $0.version) }
    case "pypi":
      item.refuse(["sha256"], beside: "pypi", problems: &problems)
      let file = item.optional("file").flatMap { $0.text(.fileName, problems: &problems) }
      return pair(chosen.value, "==", .pythonName, .pythonVersion, problems: &problems)
        .map { .pypi(name: $0.name, version: $0.version, file: file) }
    case "url":
      item.refuse(["file"], beside: "url", problems: &problems)
      let url = chosen.value.text(.url, problems: &problems)
      let sha256 = item.required("sha256", "what the bytes behind an address must be", problems: &problems)?
        .digest(problems: &problems)
      guard let url, let sha256 else { return nil }
      return .url(url, sha256: sha256)
    default:
      item.refuse(["file"], beside: "path", problems: &problems)
      let path = chosen.value.innerPath("a path relative to the recipe's folder", problems: &problems)
      let given =
        digestRequired
        ? item.required("sha256", "what the file's bytes must be", problems: &problems) : item.optional("sha256")
      let sha256 = given.flatMap { $0.digest(problems: &problems) }
      return path.map { .path($0, sha256: sha256) }
    }
  }

  /// A name and a version with a separator between them.
  static func pair(
    _ value: YAMLValue, _ separator: String, _ namePattern: TextPattern, _ versionPattern: TextPattern,
    problems: inout ProblemList
  ) -> (name: String, version: String)? {
    let what = "NAME\(separator)VERSION"
    guard let text = value.text(what, problems: &problems) else { return nil }
    guard let (name, version) = InputReference.split(text, at: separator) else {
      problems.add(value.place, "found \(text.quotedForMessage) where \(what) belongs, with an exact version")
      return nil
    }
    for refusal in [namePattern.refusal(of: name), versionPattern.refusal(of: version)] {
      guard let refusal else { continue }
      problems.add(value.place, refusal)
      return nil
    }
    return (name, version)
  }

  private static func tree(_ value: YAMLValue, problems: inout ProblemList) -> SWHID? {
    guard let text = value.text("the reviewed tree's identifier", problems: &problems) else { return nil }
    if let identifier = SWHID(text), identifier.kind == .directory { return identifier }
    problems.add(
      value.place,
      "found \(text.quotedForMessage) where the reviewed tree's identifier belongs: swh:1:dir: and 40 hexadecimal digits"
    )
    return nil
  }
}
