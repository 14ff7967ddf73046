import Model

/// An absolute path within a word.
struct PathText {
  /// What stands before it in the word, such as `-I`.
  let prefix: ArraySlice<UInt8>
  /// Its components.
  let components: [ArraySlice<UInt8>]

  /// The first absolute path in a word; nil where there is none.
  init?(_ word: ArraySlice<UInt8>) {
    guard let slash = word.firstIndex(of: 0x2F) else { return nil }
    // `a/b` is relative; `-I/b`, `x:/b` and `@/b` are not.
    let prefix = word[..<slash]
    if let last = prefix.last, prefix.first != 0x2D, last.isWord || last == 0x2E { return nil }
    self.prefix = prefix
    components = word[slash...].split(separator: 0x2F)
    if components.isEmpty { return nil }
  }

  /// How many components at the end are the same.
  func commonEnd(_ other: PathText) -> Int {
    zip(components.reversed(), other.components.reversed()).prefix { $0.elementsEqual($1) }.count
  }

  /// How many components at the beginning are the same.
  func commonStart(_ other: PathText) -> Int { zip(components, other.components).prefix { $0.elementsEqual($1) }.count }

  /// How many components are somebody's home folder.
  var homeCount: Int {
    guard let first = components.first else { return 0 }
    if first.elementsEqual("root".utf8) || first.elementsEqual("nonexistent".utf8) { return 1 }
    if first.elementsEqual("home".utf8) || first.elementsEqual("Users".utf8) { return min(2, components.count) }
    return 0
  }

  /// Whether sources are built there, or it is a source: told by its folders' names or its ending.
  var isOfBuild: Bool {
    // A line's number may stand behind a colon.
    let last = (components.last ?? []).prefix { $0 != 0x3A }
    let ending = last.lastIndex(of: 0x2E).map { String(decoding: last[($0 + 1)...], as: UTF8.self) } ?? ""
    if Self.sources.contains(ending) { return true }
    let first = components.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    return Self.folders.contains(first)
      || components.contains { $0.mentions(any: ["build", "src", "source", "workspace", "jenkins"]) }
  }

  private static let folders: Set<String> = ["tmp", "home", "root", "Users", "work", "__w", "private", "nix", "code"]
  private static let sources: Set<String> = [
    "c", "h", "cc", "hh", "cpp", "hpp", "cxx", "S", "s", "o", "a", "go", "rs", "py", "pyx", "java", "kt", "swift", "m",
    "f90", "ml", "hs", "ts", "in", "am", "y", "l",
  ]

  /// Whether it is where a distribution installs, so that a build has no part in its name.
  var isOfSystem: Bool {
    guard let first = components.first else { return true }
    if components.count > 1, first.elementsEqual("usr".utf8), components[1].elementsEqual("src".utf8) { return false }
    return ["usr", "etc", "lib", "lib64", "bin", "sbin", "proc", "sys", "dev", "boot"].contains {
      first.elementsEqual($0.utf8)
    }
  }
}
