import Model

/// What makes the environment of a lock unusable.
enum LockedEnvironmentFlaws {
  static func find(in locked: LockedEnvironment, for wanted: EnvironmentRecipe) -> [String] {
    switch wanted {
    case .debian(let debian): return packages(locked, debian) + wheels(locked, [])
    case .python(let debian, let wheels): return packages(locked, debian) + self.wheels(locked, wheels)
    case .rootfs(let input):
      return image(locked) { LockFlaws.input($0, for: input, key: "environment.image", shipped: true) }
    case .oci(let input, _):
      return image(locked) { image in
        // A layout in a folder is pinned by its manifest's digest, and has no one file.
        if case .path(_, nil) = input, image.input == input { return [] }
        return LockFlaws.input(image, for: input, key: "environment.image", shipped: true)
      }
    }
  }

  private static func image(_ locked: LockedEnvironment, check: (LockedInput) -> [String]) -> [String] {
    guard let image = locked.image, locked.base.isEmpty, locked.packages.isEmpty, locked.wheels.isEmpty else {
      return ["environment: it does not pin the image, and nothing else, that the recipe names"]
    }
    return check(image)
  }

  private static func packages(_ locked: LockedEnvironment, _ wanted: DebianEnvironment) -> [String] {
    guard locked.image == nil, let architecture = locked.architecture, !locked.base.isEmpty else {
      return ["environment: it does not pin the packages of a base and their architecture"]
    }
    var flaws: [String] = []
    if TextPattern.debianName.refusal(of: architecture) != nil {
      flaws.append("environment: \(architecture.quotedForMessage) is not an architecture")
    }
    let all = locked.base + locked.packages
    var seen: Set<String> = []
    for package in all {
      let key = "environment: the package \(package.name.quotedForMessage)"
      let patterns = [
        TextPattern.debianName.refusal(of: package.name), TextPattern.debianVersion.refusal(of: package.version),
      ]
      if let refusal = patterns.compactMap({ $0 }).first { flaws.append("\(key): \(refusal)") }
      if package.architecture != "all", package.architecture != architecture {
        flaws.append("\(key) is for \((package.architecture ?? "nothing").quotedForMessage), not for \(architecture)")
      }
      if !seen.insert(package.name).inserted { flaws.append("\(key) is there twice") }
      if let flaw = LockFlaws.file(package.file, key: key) { flaws.append(flaw) }
    }
    for item in wanted.packages {
      guard let (name, version) = InputReference.split(item, at: "=") else { continue }
      if !all.contains(where: { $0.name == name && $0.version == version }) {
        flaws.append("environment: it lacks the package \(item)")
      }
    }
    return flaws
  }

  private static func wheels(_ locked: LockedEnvironment, _ wanted: [String]) -> [String] {
    guard locked.wheels.map({ "\($0.name)==\($0.version)" }) == wanted else {
      return ["environment: its wheels are not those of the recipe"]
    }
    return locked.wheels.compactMap { wheel in
      let key = "environment: the wheel \(wheel.name.quotedForMessage)"
      if TextPattern.fileName.refusal(of: wheel.file.name) != nil || !wheel.file.name.hasSuffix(".whl") {
        return "\(key): \(wheel.file.name.quotedForMessage) is not a wheel's file name"
      }
      return LockFlaws.file(wheel.file, key: key)
    }
  }
}
