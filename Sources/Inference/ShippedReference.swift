public import SystemPackage

/// What a person names as shipped: a release of an ecosystem, or a file at hand.
public enum ShippedReference: Hashable, Sendable, CustomStringConvertible {
  /// A release of a Python project.
  case pypi(name: String, version: String)
  /// A binary package of a Debian archive.
  case debian(name: String, version: String)
  /// A file.
  case file(FilePath)

  /// Reads `pypi: NAME==VERSION`, `debian: NAME=VERSION` or a path.
  public init(_ text: String) throws(InferenceError) {
    for (mark, separator) in [("pypi:", "=="), ("debian:", "=")] where text.hasPrefix(mark) {
      let rest = text.dropFirst(mark.count).drop { $0 == " " }
      guard let place = rest.firstRange(of: separator), place.lowerBound > rest.startIndex,
        place.upperBound < rest.endIndex
      else {
        throw InferenceError(
          "reading what was shipped, \"\(text.prefix(120))\": after \(mark) belongs NAME\(separator)VERSION")
      }
      let name = String(rest[..<place.lowerBound])
      let version = String(rest[place.upperBound...])
      let known = (name + version).utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || "-_.+!~:".utf8.contains(byte)
      }
      guard known, name.utf8.count <= 200, version.utf8.count <= 200 else {
        throw InferenceError(
          "reading what was shipped, \"\(text.prefix(120))\": that is no name and version of a package")
      }
      self = mark == "pypi:" ? .pypi(name: name, version: version) : .debian(name: name, version: version)
      return
    }
    guard !text.isEmpty else { throw InferenceError("reading what was shipped: nothing is named") }
    self = .file(FilePath(text))
  }

  public var description: String {
    switch self {
    case .pypi(let name, let version): "pypi: \(name)==\(version)"
    case .debian(let name, let version): "debian: \(name)=\(version)"
    case .file(let path): path.string
    }
  }
}
