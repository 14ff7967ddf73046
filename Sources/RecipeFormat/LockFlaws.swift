import Model

/// What makes a lock unusable: something that is missing, or values that cannot stand together.
///
/// A lock is as hostile as a recipe: its names become paths and arguments of tools.
enum LockFlaws {
  static func find(in lock: Lock) -> [String] {
    var flaws: [String] = []
    if lock.format != LockFile.format { flaws.append("it has format \(lock.format)") }
    flaws += inputs(
      lock.sources, for: lock.recipe.source.map(\.input), key: "sources", what: "source", shipped: false)
    flaws += inputs(
      lock.artifacts, for: lock.recipe.artifacts.map(\.shipped), key: "artifacts", what: "shipped artifact",
      shipped: true)
    flaws += LockedEnvironmentFlaws.find(in: lock.environment, for: lock.recipe.environment)
    flaws += build(lock)
    return flaws
  }

  private static func inputs(
    _ locked: [LockedInput], for wanted: [InputReference], key: String, what: String, shipped: Bool
  ) -> [String] {
    guard locked.count == wanted.count else {
      return ["\(key): it pins \(locked.count) of \(wanted.count) inputs of the kind \(what)"]
    }
    return zip(locked, wanted).enumerated().flatMap { index, pair in
      input(pair.0, for: pair.1, key: "\(key)[\(index)]", shipped: shipped)
    }
  }

  /// What is wrong with the files of one input.
  static func input(_ locked: LockedInput, for wanted: InputReference, key: String, shipped: Bool) -> [String] {
    guard locked.input == wanted else {
      return ["\(key): it pins \(locked.input), and its recipe has \(wanted)"]
    }
    var flaws = locked.files.compactMap { file($0, key: key) }
    if Set(locked.files.map(\.name)).count != locked.files.count { flaws.append("\(key): it names a file twice") }
    if case .debian = wanted, !shipped {
      if locked.files.count < 2 || locked.files.first?.name.hasSuffix(".dsc") != true {
        flaws.append("\(key): a Debian source is a .dsc and the files that it names")
      }
    } else if locked.files.count != 1 {
      flaws.append("\(key): it pins \(locked.files.count) files where one belongs")
    }
    if let sha256 = pinned(wanted), let file = locked.files.first, file.sha256 != sha256 {
      flaws.append("\(key): it pins \(file.sha256), and its recipe has \(sha256)")
    }
    return flaws
  }

  /// What is wrong with a file; nil when nothing is.
  static func file(_ file: LockedFile, key: String) -> String? {
    let name = file.name
    guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= PathRules.longestName,
      !name.unicodeScalars.contains(where: { $0 == "/" || $0.properties.generalCategory == .control })
    else { return "\(key): \(name.quotedForMessage) is not a file's name" }
    return file.size < 0 ? "\(key): \(name.quotedForMessage) has \(file.size) bytes" : nil
  }

  static func pinned(_ input: InputReference) -> SHA256Digest? {
    switch input {
    case .url(_, let sha256): sha256
    case .path(_, let sha256): sha256
    case .debian, .pypi: nil
    }
  }

  /// The build's values must be those that the recipe and the defaults give; only the source's epoch is its own.
  private static func build(_ lock: Lock) -> [String] {
    let epoch = lock.build.variables["SOURCE_DATE_EPOCH"]
    var sourceEpoch: Int64?
    if BuildDefaults.takesEpochFromSource(lock.recipe) {
      guard let epoch, let seconds = Int64(epoch), String(seconds) == epoch else {
        return ["build: it lacks SOURCE_DATE_EPOCH, which the recipe leaves to the source"]
      }
      sourceEpoch = seconds
    }
    let expected = BuildDefaults.lockedBuild(lock.recipe, sourceEpoch: sourceEpoch)
    guard expected != lock.build else { return [] }
    let names = Set(expected.variables.keys).union(lock.build.variables.keys).sorted()
    let other = names.filter { expected.variables[$0] != lock.build.variables[$0] }
    let which = other.isEmpty ? "" : " (the variables \(other.joined(separator: ", ").prefix(200)))"
    return ["build: its values are not those that the recipe and the defaults give\(which)"]
  }
}
