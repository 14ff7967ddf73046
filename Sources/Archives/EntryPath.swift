/// An entry's name taken apart: no absolute one, no `..`, nothing over-long gets past here.
struct EntryPath {
  /// From the top down; empty for the top itself.
  let components: [[UInt8]]

  /// Takes a name apart.
  ///
  /// Throws `refused` or `limit`.
  init(_ bytes: [UInt8], archive: String, limits: UnpackLimits) throws(ArchiveError) {
    func refuse(_ rule: UnpackRule.Name, _ what: String) -> ArchiveError {
      .refusal(rule, archive: archive, path: String(decoding: bytes.prefix(200), as: UTF8.self), what)
    }
    guard bytes.first != UInt8(ascii: "/") else { throw refuse(.absoluteName, "its name is absolute") }
    guard bytes.count <= UnpackLimits.longestPath else {
      throw refuse(.overlongName, "its name has \(bytes.count) bytes")
    }
    var components: [[UInt8]] = []
    for part in bytes.split(separator: UInt8(ascii: "/")) where !part.elementsEqual([UInt8(ascii: ".")]) {
      guard !part.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) else {
        throw refuse(.parentName, "its name has .. in it")
      }
      guard part.count <= UnpackLimits.longestName else {
        throw refuse(.overlongName, "a part of its name has \(part.count) bytes")
      }
      components.append(Array(part))
    }
    guard components.count <= limits.depth else {
      throw .overLimit(
        "depth", archive: archive, "an entry lies \(components.count) folders deep, \(limits.depth) are allowed")
    }
    self.components = components
  }

  /// Whether a symbolic link's target may lead out of the tree when the link lies that many folders deep.
  static func leavesTree(target: [UInt8], depth: Int) -> Bool {
    if target.first == UInt8(ascii: "/") { return true }
    var level = depth
    for part in target.split(separator: UInt8(ascii: "/")) {
      if part.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
        level -= 1
        if level < 0 { return true }
      } else if !part.elementsEqual([UInt8(ascii: ".")]) {
        level += 1
      }
    }
    return false
  }
}

extension ArchiveError {
  static func refusal(_ rule: UnpackRule.Name, archive: String, path: String, _ what: String) -> ArchiveError {
    ArchiveError(
      .refused(rule), "unpacking \(archive): refusing \(printable(path)): \(what)",
      details: ["The rule is \(rule.rawValue): \(UnpackRule.rule(rule).reason)"])
  }

  static func overLimit(_ limit: String, archive: String, _ what: String) -> ArchiveError {
    ArchiveError(
      .limit(limit), "unpacking \(archive): \(what)",
      advice: "If the archive is trusted to be that large, raise the limit on \(limit).")
  }

  /// The text without control characters, which a name from an archive may have.
  static func printable(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.flatMap {
          $0.value < 0x20 || $0.value == 0x7F ? Array($0.escaped(asASCII: true).unicodeScalars) : [$0]
        }))
  }
}
