/// Reads `environment`.
enum EnvironmentReading {
  static let kinds = ["debian", "python", "rootfs", "oci"]

  static func environment(_ value: YAMLValue, problems: inout ProblemList) -> EnvironmentRecipe? {
    guard let top = MappingReader(value, name: "environment", allowed: kinds, problems: &problems),
      let chosen = top.choice(of: kinds, problems: &problems)
    else { return nil }
    let name = "environment.\(chosen.key)"
    switch chosen.key {
    case "debian":
      let keys = ["suite", "packages", "mirrors"]
      return MappingReader(chosen.value, name: name, allowed: keys, problems: &problems)
        .flatMap { debian($0, problems: &problems) }.map { .debian($0) }
    case "python":
      let keys = ["suite", "packages", "mirrors", "wheels"]
      return MappingReader(chosen.value, name: name, allowed: keys, problems: &problems)
        .flatMap { python($0, problems: &problems) }
    case "rootfs":
      return MappingReader(chosen.value, name: name, allowed: ["path", "url", "sha256"], problems: &problems)
        .flatMap { SourceReading.input($0, forms: ["path", "url"], digestRequired: true, problems: &problems) }
        .map { .rootfs($0) }
    default:
      return MappingReader(
        chosen.value, name: name, allowed: ["path", "url", "sha256", "manifest"], problems: &problems
      ).flatMap { image($0, problems: &problems) }
    }
  }

  private static func debian(_ item: MappingReader, problems: inout ProblemList) -> DebianEnvironment? {
    let suite = item.required("suite", "a code name such as bookworm", problems: &problems)?
      .text(.suite, problems: &problems)
    let packages = item.optional("packages").flatMap {
      $0.list("\(item.name).packages", of: "packages", count: 0...2000, problems: &problems, read: package)
    }
    let mirrors = item.optional("mirrors").flatMap {
      $0.list("\(item.name).mirrors", of: "mirrors", count: 0...32, problems: &problems, read: mirror)
    }
    return suite.map { DebianEnvironment(suite: $0, packages: packages ?? [], mirrors: mirrors ?? []) }
  }

  private static func python(_ item: MappingReader, problems: inout ProblemList) -> EnvironmentRecipe? {
    let wheels = item.required("wheels", "the build back end and what it needs, as NAME==VERSION", problems: &problems)?
      .list("\(item.name).wheels", of: "wheels", count: 1...500, problems: &problems, read: wheel)
    guard let debian = debian(item, problems: &problems), let wheels else { return nil }
    return .python(debian, wheels: wheels)
  }

  private static func image(_ item: MappingReader, problems: inout ProblemList) -> EnvironmentRecipe? {
    let input = SourceReading.input(item, forms: ["path", "url"], problems: &problems)
    let manifest = item.required("manifest", "the image's digest, sha256:…", problems: &problems)?
      .digest(prefix: "sha256:", problems: &problems)
    guard let input, let manifest else { return nil }
    return .oci(input, manifest: manifest)
  }

  private static func package(_ value: YAMLValue, name: String, problems: inout ProblemList) -> String? {
    guard let text = value.text("a package", problems: &problems) else { return nil }
    if text.contains("=") {
      return SourceReading.pair(value, "=", .debianName, .debianVersion, problems: &problems).map { _ in text }
    }
    return text.accepted(TextPattern.debianName.refusal(of: text), at: value.place, problems: &problems)
  }

  private static func wheel(_ value: YAMLValue, name: String, problems: inout ProblemList) -> String? {
    SourceReading.pair(value, "==", .pythonName, .pythonVersion, problems: &problems)
      .map { "\($0.name)==\($0.version)" }
  }

  private static func mirror(_ value: YAMLValue, name: String, problems: inout ProblemList) -> DebianMirror? {
    guard
      let item = MappingReader(value, name: name, allowed: ["uri", "suites", "components"], problems: &problems)
    else { return nil }
    let uri = item.required("uri", "the archive's address", problems: &problems)?.text(.url, problems: &problems)
    let suites = item.required("suites", "the suites to use of it", problems: &problems)?
      .list("\(name).suites", of: "suites", count: 1...16, problems: &problems, read: word)
    let components = item.optional("components").map {
      $0.list("\(name).components", of: "components", count: 1...16, problems: &problems, read: word)
    }
    guard let uri, let suites else { return nil }
    return DebianMirror(uri: uri, suites: suites, components: (components ?? ["main"]) ?? ["main"])
  }

  private static func word(_ value: YAMLValue, name: String, problems: inout ProblemList) -> String? {
    value.text(.mirrorSuite, problems: &problems)
  }
}
