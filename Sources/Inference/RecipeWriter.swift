import Model
import RecipeFormat

/// Writes a recipe as a person would, with the reason of each setting as a comment over it.
public struct RecipeWriter {
  private var lines: [String] = []
  private let draft: RecipeDraft
  private static let width = 100

  private init(_ draft: RecipeDraft) { self.draft = draft }

  /// The YAML text of a draft.
  public static func text(_ draft: RecipeDraft, heading: String) -> String {
    var writer = RecipeWriter(draft)
    writer.comment(heading, indentation: "")
    for question in draft.questions { writer.comment("To be found out: \(question)", indentation: "") }
    writer.recipe(draft.recipe)
    return writer.lines.joined(separator: "\n") + "\n"
  }

  private mutating func recipe(_ recipe: Recipe) {
    lines += ["verbatim: 1", "name: \(Self.scalar(recipe.name))", "version: \(Self.scalar(recipe.version))", ""]
    lines.append("source:")
    reasons("source", "  ")
    for source in recipe.source { item(source) }
    lines += ["", "environment:"]
    environment(recipe.environment)
    lines += ["", "build:"]
    build(recipe.build)
    lines += ["", "artifacts:"]
    reasons("artifacts", "  ")
    for artifact in recipe.artifacts { item(artifact) }
  }

  private mutating func item(_ source: SourceInput) {
    var fields = Self.fields(source.input)
    if let reviewed = source.reviewed { fields.append("reviewed: \(reviewed)") }
    if let into = source.into { fields.append("into: \(Self.scalar(into))") }
    if !source.strip { fields.append("strip: false") }
    for (index, field) in fields.enumerated() { lines.append((index == 0 ? "  - " : "    ") + field) }
  }

  private mutating func item(_ artifact: ArtifactRecipe) {
    lines.append("  - built: \(Self.scalar(artifact.built))")
    lines.append("    shipped: {\(Self.fields(artifact.shipped).joined(separator: ", "))}")
  }

  private mutating func environment(_ environment: EnvironmentRecipe) {
    switch environment {
    case .debian(let debian):
      lines.append("  debian:")
      self.debian(debian, "environment.debian")
    case .python(let debian, let wheels):
      lines.append("  python:")
      self.debian(debian, "environment.python")
      reasons("environment.python.wheels", "    ")
      lines.append("    wheels:")
      for wheel in wheels { lines.append("      - \(Self.scalar(wheel))") }
    case .rootfs(let input), .oci(let input, _):
      lines.append("  rootfs: {\(Self.fields(input).joined(separator: ", "))}")
    }
  }

  private mutating func debian(_ debian: DebianEnvironment, _ name: String) {
    reasons("\(name).suite", "    ")
    lines.append("    suite: \(Self.scalar(debian.suite))")
    reasons("\(name).packages", "    ")
    let packages = debian.packages.map(Self.scalar)
    let line = "    packages: [\(packages.joined(separator: ", "))]"
    lines += line.count <= Self.width ? [line] : ["    packages:"] + packages.map { "      - \($0)" }
    guard !debian.mirrors.isEmpty else { return }
    reasons("\(name).mirrors", "    ")
    lines.append("    mirrors:")
    for mirror in debian.mirrors {
      lines.append("      - uri: \(Self.scalar(mirror.uri))")
      lines.append("        suites: [\(mirror.suites.map(Self.scalar).joined(separator: ", "))]")
      lines.append("        components: [\(mirror.components.map(Self.scalar).joined(separator: ", "))]")
    }
  }

  private mutating func build(_ build: BuildRecipe) {
    reasons("build.path", "  ")
    lines.append("  path: \(Self.scalar(build.path))")
    reasons("build.run", "  ")
    lines.append("  run:")
    for command in build.run { self.command(command) }
    if !build.variables.isEmpty {
      lines.append("  variables:")
      for (name, value) in build.variables.sorted(by: { $0.key < $1.key }) {
        reasons("build.variables.\(name)", "    ")
        lines.append("    \(name): \(Self.scalar(value))")
      }
    }
    if let epoch = build.epoch {
      reasons("build.epoch", "  ")
      let text = if case .seconds(let seconds) = epoch { String(seconds) } else { "unset" }
      lines.append("  epoch: \(text)")
    }
    if let clock = build.clock {
      reasons("build.clock", "  ")
      lines.append(
        clock.rate == 1000 ? "  clock: \(clock.start)" : "  clock: {start: \(clock.start), rate: \(clock.rateText)}")
    }
    if let umask = build.umask {
      reasons("build.umask", "  ")
      let text = String(umask, radix: 8)
      lines.append("  umask: \"\(String(repeating: "0", count: max(0, 3 - text.count)) + text)\"")
    }
    if let processors = build.processors {
      reasons("build.processors", "  ")
      lines.append("  processors: \(processors)")
    }
    if let host = build.host {
      reasons("build.host", "  ")
      lines.append("  host: \(Self.scalar(host))")
    }
    if let time = build.limits.time { lines.append("  limits: {time: \(time)s}") }
  }

  private mutating func command(_ command: String) {
    guard command.contains("\n") else {
      lines.append("    - \(Self.scalar(command))")
      return
    }
    lines.append("    - |")
    for line in command.split(separator: "\n", omittingEmptySubsequences: false) where !line.isEmpty {
      lines.append("      \(line)")
    }
  }

  /// The reasons of a setting, over it.
  private mutating func reasons(_ setting: String, _ indentation: String) {
    for inference in draft.inferences where inference.setting == setting {
      comment(
        "\(inference.value): \(inference.evidence) (\(InferenceText.confidence(inference)))", indentation: indentation)
    }
  }

  private mutating func comment(_ text: String, indentation: String) {
    let clean = text.map { $0.isNewline ? " " : $0 }
    var line = indentation + "#"
    for word in String(clean).split(separator: " ") {
      if line.count + 1 + word.count > Self.width, line.count > indentation.count + 1 {
        lines.append(line)
        line = indentation + "#  "
      }
      line += " " + word
    }
    lines.append(line)
  }

  private static func fields(_ input: InputReference) -> [String] {
    switch input {
    case .debian(let name, let version): ["debian: \(scalar("\(name)=\(version)"))"]
    case .pypi(let name, let version, let file):
      ["pypi: \(scalar("\(name)==\(version)"))"] + (file.map { ["file: \(scalar($0))"] } ?? [])
    case .url(let url, let digest): ["url: \(scalar(url))", "sha256: \(digest)"]
    case .path(let path, let digest): ["path: \(scalar(path))"] + (digest.map { ["sha256: \($0)"] } ?? [])
    }
  }

  /// Text as YAML has it: plain where nothing in it could be taken for something else.
  static func scalar(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map { isWord($0) || $0 == UInt8(ascii: "/") } == true
      && text.utf8.allSatisfy { isWord($0) || "/._+~=-".utf8.contains($0) || $0 == UInt8(ascii: " ") }
      && text.utf8.last != UInt8(ascii: " ")
      && !["yes", "no", "on", "off", "true", "false", "null", "y", "n"].contains(text.lowercased())
    return isPlain ? text : "'" + text.replacing("'", with: "''") + "'"
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}

/// Inferences in words.
public enum InferenceText {
  /// How sure it is.
  public static func confidence(_ inference: Inference) -> String {
    switch inference.confidence {
    case 0.95...: "said"
    case 0.8...: "follows"
    case 0.5...: "likely"
    default: "a guess"
    }
  }
}
