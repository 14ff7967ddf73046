/// The place of an entry in a root file system: bytes without a leading or trailing slash; the root itself is empty.
///
/// Bytes, not text: two names that Unicode takes for equal are two files.
struct LayerPath: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  static let root = LayerPath(unchecked: [])
  /// As PATH_MAX of Linux.
  static let longest = 4096
  /// As NAME_MAX of Linux.
  static let longestName = 255
  private static let slash = UInt8(ascii: "/")

  let bytes: [UInt8]

  private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// A path of this source code, known to be well formed.
  init(stringLiteral text: StaticString) {
    bytes = Array(text.description.utf8)
  }

  /// Takes a name as archives write them, with or without `./` in front and a slash at the end.
  ///
  /// Returns nil for what has no place in a root file system: absolute names, `..`, NUL bytes, over-long names.
  init?(archiveName: [UInt8]) {
    guard archiveName.first != Self.slash, archiveName.count <= Self.longest, !archiveName.contains(0) else {
      return nil
    }
    var kept: [UInt8] = []
    kept.reserveCapacity(archiveName.count)
    for component in archiveName.split(separator: Self.slash) where component != [UInt8(ascii: ".")] {
      guard component != [UInt8(ascii: "."), UInt8(ascii: ".")], component.count <= Self.longestName else { return nil }
      if !kept.isEmpty { kept.append(Self.slash) }
      kept.append(contentsOf: component)
    }
    bytes = kept
  }

  var isRoot: Bool { bytes.isEmpty }

  /// The folder that it is in; nil for the root.
  var parent: LayerPath? {
    guard !isRoot else { return nil }
    guard let place = bytes.lastIndex(of: Self.slash) else { return .root }
    return LayerPath(unchecked: Array(bytes[..<place]))
  }

  /// The last component; empty for the root.
  var name: ArraySlice<UInt8> {
    guard let place = bytes.lastIndex(of: Self.slash) else { return bytes[...] }
    return bytes[(place + 1)...]
  }

  /// The components from the top.
  var components: [ArraySlice<UInt8>] { bytes.split(separator: Self.slash) }

  /// The path of a name in this folder.
  func appending(_ name: some Collection<UInt8>) -> LayerPath {
    LayerPath(unchecked: isRoot ? Array(name) : bytes + [Self.slash] + name)
  }

  /// Whether it lies below the folder, at any depth.
  func isBelow(_ folder: LayerPath) -> Bool {
    if folder.isRoot { return !isRoot }
    return bytes.count > folder.bytes.count && bytes[folder.bytes.count] == Self.slash
      && bytes.starts(with: folder.bytes)
  }

  var description: String { "/" + String(decoding: bytes, as: UTF8.self) }

  /// By bytes, so that a folder comes before what is in it, on every machine alike.
  static func < (left: Self, right: Self) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}
