import Model

/// The version or the revision that the source calls itself.
struct VersionStamp: CauseRule {
  let name = "version-stamp"
  let summary = "versions and hashes of a version control system"

  func finding(_ subject: Subject) -> Finding? {
    guard subject.difference.role == .version else { return nil }
    return Finding(0.9, "a version: \(subject.shown)")
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    if subject.difference.role == .version { return Finding(0.9, "versions: \(change.shown)") }
    if change.bothWords(Self.isDescription) {
      return Finding(0.93, "versions as git describes them: \(change.shown)")
    }
    if change.bothWords({ Self.isHash($0, 7...64) }), change.isNamed(Self.vcsKeys) {
      return Finding(0.95, "hashes of revisions: \(change.shown)")
    }
    let areOfOther = [change.shipped, change.rebuilt].contains { Self.others.isMentioned(in: $0.label) }
    if change.bothWords(Self.isVersion), change.isNamed(Self.versionKeys), !areOfOther {
      return Finding(0.86, "versions: \(change.shown)")
    }
    let (shipped, rebuilt) = (change.shipped.word, change.rebuilt.word)
    let isState = ["-dirty", "+dirty", "-modified"].contains { state in
      shipped.elementsEqual(rebuilt + state.utf8) || rebuilt.elementsEqual(shipped + state.utf8)
    }
    return isState ? Finding(0.85, "the state of the working copy: \(change.shown)") : nil
  }

  private static let vcsKeys = [
    "commit", "revision", "git", "rev", "git sha", "git-sha", "git_sha", "git hash", "git-hash", "git_hash",
    "commit hash", "commit_hash", "commit id", "commit_id", "vcs", "changeset", "head", "hg", "svn", "snapshot",
  ]
  private static let versionKeys = [
    "version", "release", "revision", "tag", "describe", "snapshot", "build number", "buildid", "build_number",
    "build-number", "ver",
  ]
  /// Words of names for versions that are no product's own: `min_tls_version`.
  private static let others: WordSet = [
    "tls", "ssl", "ssh", "http", "min", "max", "minimum", "maximum", "protocol", "api", "abi", "schema", "required",
    "allowed", "supported", "python", "manifest",
  ]

  private static func isHash(_ word: ArraySlice<UInt8>, _ length: ClosedRange<Int>) -> Bool {
    length.contains(word.count) && word.allSatisfy { $0.isHexadecimal && !$0.isUpper }
      && word.contains(where: \.isDigit)
  }

  /// `1.2.3`, `v1.2~rc1-4`, `42`.
  private static func isVersion(_ word: ArraySlice<UInt8>) -> Bool {
    let rest = word.first.map { $0.lowered == 0x76 } == true ? word.dropFirst() : word
    return (1...80).contains(rest.count) && rest.first?.isDigit == true
      && rest.allSatisfy { $0.isWord || ".~+-:".utf8.contains($0) }
  }

  /// `1.2-3-gabcdef0`.
  private static func isDescription(_ word: ArraySlice<UInt8>) -> Bool {
    guard let mark = word.lastIndex(where: { $0 == 0x67 }), mark > word.startIndex, word[mark - 1] == 0x2D else {
      return false
    }
    return isHash(word[(mark + 1)...].prefix { $0 != 0x2D && $0 != 0x2E }, 4...40)
  }

  func fix(_ subject: Subject) -> String {
    "build the same revision, and take the version from a file of the source, not from the working copy (git describe)"
  }
}
