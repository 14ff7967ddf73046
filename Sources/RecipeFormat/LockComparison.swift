import Digests
import Model

/// Says whether a lock still fits its recipe.
public enum LockComparison {
  /// What changed between the recipe that a lock was made for and the recipe as it is, a line each; empty exactly when
  /// they are equal.
  public static func changes(recipe: Recipe, lock: Lock) -> [String] {
    guard recipe != lock.recipe else { return [] }
    let locked = RecipeFacts.of(lock.recipe)
    let present = RecipeFacts.of(recipe)
    let lockedByKey = Dictionary(locked) { first, _ in first }
    let presentByKey = Dictionary(present) { first, _ in first }
    var changes: [String] = []
    for (key, value) in present where lockedByKey[key] != value {
      changes.append("\(key): locked \(lockedByKey[key] ?? "nothing"), the recipe has \(value)")
    }
    for (key, value) in locked where presentByKey[key] == nil {
      changes.append("\(key): locked \(value), the recipe has nothing")
    }
    return changes.isEmpty ? ["the recipe lists the same things in another order"] : changes
  }

  /// Throws a `RecipeError` with all changes when a lock does not fit its recipe.
  public static func requireFit(recipe: Recipe, lock: Lock, file: String) throws(RecipeError) {
    let changes = changes(recipe: recipe, lock: lock)
    guard !changes.isEmpty else { return }
    throw RecipeError(
      "using the lock \(file): the recipe has changed since it was made", details: changes,
      advice: "\"verbatim lock --update\" resolves anew and shows the change.")
  }
}

/// A recipe as a list of keys and values in words.
enum RecipeFacts {
  static func of(_ recipe: Recipe) -> [(String, String)] {
    var facts = [("name", recipe.name), ("version", recipe.version)]
    for (index, source) in recipe.source.enumerated() {
      let key = "source[\(index)]"
      facts += input(source.input, key: key)
      if let reviewed = source.reviewed { facts.append(("\(key).reviewed", reviewed.description)) }
      if let into = source.into { facts.append(("\(key).into", into)) }
      facts.append(("\(key).strip", String(source.strip)))
    }
    facts += environment(recipe.environment) + build(recipe.build)
    for (index, artifact) in recipe.artifacts.enumerated() {
      facts.append(("artifacts[\(index)].built", artifact.built))
      facts += input(artifact.shipped, key: "artifacts[\(index)].shipped")
      facts += artifact.exceptions.enumerated().map { number, exception in
        ("artifacts[\(index)].exceptions[\(number)]", self.exception(exception))
      }
    }
    return facts
  }

  private static func input(_ input: InputReference, key: String) -> [(String, String)] {
    switch input {
    case .url(_, let sha256): [(key, input.description), ("\(key).sha256", sha256.hex)]
    case .path(_, let sha256?): [(key, input.description), ("\(key).sha256", sha256.hex)]
    default: [(key, input.description)]
    }
  }

  private static func exception(_ exception: DeclaredException) -> String {
    var words = [exception.kind.rawValue, exception.place.quotedForMessage]
    for (name, number) in [
      ("offset", exception.offset), ("length", exception.length), ("shipped", exception.shipped),
      ("rebuilt", exception.rebuilt),
    ] {
      if let number { words.append("\(name) \(number)") }
    }
    if let field = exception.field { words.append("field \(field.quotedForMessage)") }
    switch exception.verify {
    case .certificates(let text): words.append("verified against certificates of sha256 \(SHA256Digest.of(text))")
    case .unverified: words.append("not verified")
    case nil: break
    }
    return (words + [exception.reason.quotedForMessage]).joined(separator: ", ")
  }

  private static func environment(_ environment: EnvironmentRecipe) -> [(String, String)] {
    switch environment {
    case .debian(let debian): return [("environment", "debian")] + packages(debian)
    case .python(let debian, let wheels):
      return [("environment", "python")] + packages(debian) + items("environment.wheels", wheels)
    case .rootfs(let image): return [("environment", "rootfs")] + input(image, key: "environment.rootfs")
    case .oci(let image, let manifest):
      return [("environment", "oci")] + input(image, key: "environment.oci")
        + [("environment.manifest", manifest.hex)]
    }
  }

  private static func packages(_ debian: DebianEnvironment) -> [(String, String)] {
    var facts = [("environment.suite", debian.suite)] + items("environment.packages", debian.packages)
    for (index, mirror) in debian.mirrors.enumerated() {
      let words = ([mirror.uri] + mirror.suites + mirror.components).joined(separator: " ")
      facts.append(("environment.mirrors[\(index)]", words))
    }
    return facts
  }

  /// One fact an item, under a key that does not change when items before it come and go.
  private static func items(_ key: String, _ items: [String]) -> [(String, String)] {
    items.map { item in
      let name = item.prefix { $0 != "=" }
      return ("\(key).\(name)", item)
    }
  }

  private static func build(_ build: BuildRecipe) -> [(String, String)] {
    var facts = [("build.path", build.path)]
    facts += build.run.enumerated().map { ("build.run[\($0.offset)]", $0.element.quotedForMessage) }
    for (name, value) in build.variables.sorted(by: { $0.key < $1.key }) {
      facts.append(("build.variables.\(name)", value.quotedForMessage))
    }
    let limits = build.limits
    let numbers: [(String, (any BinaryInteger)?)] = [
      ("limits.time", limits.time), ("limits.memory", limits.memory), ("limits.processes", limits.processes),
      ("limits.output", limits.output), ("limits.open-files", limits.openFiles), ("processors", build.processors),
    ]
    for (key, number) in numbers {
      if let number { facts.append(("build.\(key)", "\(number)")) }
    }
    switch build.epoch {
    case .seconds(let seconds): facts.append(("build.epoch", String(seconds)))
    case .unset: facts.append(("build.epoch", "unset"))
    case nil: break
    }
    if let umask = build.umask { facts.append(("build.umask", String(umask, radix: 8))) }
    if let host = build.host { facts.append(("build.host", host)) }
    if let clock = build.clock { facts.append(("build.clock", clock.text)) }
    return facts
  }
}
