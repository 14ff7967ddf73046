/// A Python that wheels are installed into: which compatibility tags it takes, and which of them first (PEP 425, 600).
public struct PythonPlatform: Hashable, Sendable {
  /// Its version, for example `3.11.2`.
  public let version: String
  /// The machine, as tags have it.
  private let machine: String
  /// The second number of glibc's version.
  private let glibc: Int

  private static let suites = [
    "bullseye": (python: "3.9.2", glibc: 31), "bookworm": ("3.11.2", 36), "trixie": ("3.13.5", 41),
  ]
  private static let machines = ["amd64": "x86_64", "arm64": "aarch64", "i386": "i686", "ppc64el": "ppc64le"]
  private static let oldNames = ["manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17]

  /// The Python of a Debian suite; nil for one that is not known.
  public static func of(suite: String, architecture: String) -> PythonPlatform? {
    guard let (python, glibc) = suites[suite] else { return nil }
    return PythonPlatform(version: python, machine: machines[architecture] ?? architecture, glibc: glibc)
  }

  /// The first two numbers, as in `3.11`.
  public var series: String { version.split(separator: ".").prefix(2).joined(separator: ".") }

  /// How well a tag fits: 0 for a wheel for all platforms, more for those of this one; nil when it does not fit.
  public func rank(of tag: String) -> Int? {
    let parts = tag.split(separator: "-").map { $0.split(separator: ".") }
    guard parts.count == 3 else { return nil }
    let pythons = parts[0]
    let takesNone = pythons.contains { $0 == "py3" || minor($0, after: "py3") == own || minor($0, after: "cp3") == own }
    if parts[1].contains("none"), takesNone, parts[2].contains("any") { return 0 }
    guard parts[2].contains(where: isOwnPlatform) else { return nil }
    if parts[1].contains("cp3\(own)"), pythons.contains("cp3\(own)") { return 1 }
    if parts[1].contains("abi3"), pythons.contains(where: { (minor($0, after: "cp3") ?? .max) <= own }) { return 2 }
    return parts[1].contains("none") && takesNone ? 3 : nil
  }

  /// The file that fits best; of those that fit alike the last by name, which is for the newest glibc.
  func best(of files: [IndexedFile], project: String) -> IndexedFile? {
    let ranked = files.compactMap { file -> (rank: Int, file: IndexedFile)? in
      guard case .wheel(_, let tag) = PythonFileName(file.name, project: project), let rank = rank(of: tag) else {
        return nil
      }
      return (rank, file)
    }
    return ranked.min { ($0.rank, $1.file.name) < ($1.rank, $0.file.name) }?.file
  }

  private var own: Int { Int(version.split(separator: ".").dropFirst().first ?? "") ?? 0 }

  private func minor(_ text: Substring, after prefix: String) -> Int? {
    text.hasPrefix(prefix) ? Int(text.dropFirst(prefix.count)) : nil
  }

  private func isOwnPlatform(_ tag: Substring) -> Bool {
    if tag == "linux_\(machine)" { return true }
    guard tag.hasSuffix("_\(machine)") else { return false }
    let name = String(tag.dropLast(machine.count + 1))
    let needed = Self.oldNames[name] ?? (name.hasPrefix("manylinux_2_") ? Int(name.dropFirst(12)) : nil)
    return needed.map { $0 <= glibc } ?? false
  }
}
