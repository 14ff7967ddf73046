import Model
import RecipeFormat

/// What two locks of one recipe pin otherwise.
enum LockChanges {
  /// A line for each input or package that is new, gone or of other bytes.
  static func between(_ old: Lock, _ new: Lock) -> [String] {
    let before = pins(old)
    let after = pins(new)
    var lines: [String] = []
    for name in Set(before.keys).union(after.keys).sorted() where before[name] != after[name] {
      switch (before[name], after[name]) {
      case (let was?, let now?) where was.version == now.version:
        lines.append("\(name): same version, other bytes: sha256 \(was.digest) → \(now.digest)")
      case (let was?, let now?): lines.append("\(name): \(was.version) → \(now.version)")
      case (let was?, nil): lines.append("\(name): \(was.version) is gone")
      case (nil, let now?): lines.append("\(name): \(now.version) is new")
      case (nil, nil): break
      }
    }
    for name in Set(old.build.variables.keys).union(new.build.variables.keys).sorted() {
      let (was, now) = (old.build.variables[name], new.build.variables[name])
      if was != now { lines.append("variable \(name): \(was ?? "not set") → \(now ?? "not set")") }
    }
    return lines
  }

  private struct Pin: Equatable {
    let version: String
    let digest: String
  }

  private static func pins(_ lock: Lock) -> [String: Pin] {
    var pins: [String: Pin] = [:]
    let environment = lock.environment
    for package in environment.base + environment.packages + environment.wheels {
      pins["package \(package.name)"] = Pin(version: package.version, digest: package.file.sha256.short)
    }
    for input in lock.sources + lock.artifacts + (environment.image.map { [$0] } ?? []) {
      for file in input.files {
        pins["\(input.input): \(file.name)"] = Pin(version: "sha256 \(file.sha256.short)", digest: file.sha256.short)
      }
    }
    return pins
  }
}
