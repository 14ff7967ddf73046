import Model

/// Debian's control data, deb822(5): `control`, `.dsc`, `.changes`, `.buildinfo`, package lists; also clearsigned.
struct DebianControl: Format {
  let name = "Debian control"

  private static let names: Set<String> = ["control", "Packages", "Sources", "Release", "InRelease"]
  private static let suffixes = [".dsc", ".changes", ".buildinfo"]
  private static let signed = "-----BEGIN PGP SIGNED MESSAGE-----"
  private static let signature = Array("-----BEGIN PGP SIGNATURE-----".utf8)

  func recognises(_ head: FileHead) -> Bool {
    guard head.size <= TextLines.sizeLimit, !head.bytes.isEmpty else { return false }
    let named = head.name.map { name in Self.names.contains(name) || Self.suffixes.contains { name.hasSuffix($0) } }
    if named == true {
      if head.has(Self.signed) { return true }
      let start =
        head.bytes.first == UInt8(ascii: "#")
        ? TextLines.line(of: head.bytes, from: 0, to: head.bytes.count).upperBound : 0
      return HeaderField(head.bytes, from: start, to: head.bytes.count) != nil
    }
    guard head.has("Package: ") || head.has("Format: ") else { return false }
    let text = String(decoding: head.bytes.prefix(8192), as: UTF8.self)
    return text.contains("\nVersion: ") && text.contains("\nArchitecture: ")
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    var stanzas = Stanzas(base: range.lowerBound)
    var index = 0
    if bytes.starts(with: Self.signed.utf8) {
      index = Self.endOfArmourHeader(bytes)
      try layout.add(
        "signed message header", at: range.lowerBound, count: Int64(index), .field(.text), role: .signature)
    }
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "-"), bytes[index...].starts(with: Self.signature) {
        return try layout.add(
          "signature", at: range.lowerBound + Int64(index), count: Int64(bytes.count - index),
          .field(.custom(OpenPGPArmour.summary)), role: .signature)
      }
      index = try stanzas.add(bytes, from: index, to: &layout)
    }
  }

  /// Past the line of the armour, its headers and the empty line.
  private static func endOfArmourHeader(_ bytes: [UInt8]) -> Int {
    var index = 0
    while index < bytes.count {
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      index = line.upperBound
      if TextLines.content(bytes[line]).isEmpty { break }
    }
    return index
  }
}

/// Adds one line or field after the other, and knows whose stanza it is.
private struct Stanzas {
  let base: Int64
  /// The first stanza's fields are those of the file itself, so that a package that was renamed is still compared.
  private var group = LayoutBuilder.file
  private var isFirst = true
  private var isOpen = false

  init(base: Int64) { self.base = base }

  /// Adds what begins at an index, and returns where it ends.
  mutating func add(
    _ bytes: [UInt8], from start: Int, to layout: inout LayoutBuilder
  ) throws(FormatError) -> Int {
    let line = TextLines.line(of: bytes, from: start, to: bytes.count)
    if bytes[start] == UInt8(ascii: "#") {
      try layout.add(
        "comment", at: base + Int64(start), count: Int64(line.count), .field(.text), role: .text, in: group)
      return line.upperBound
    }
    if TextLines.content(bytes[line]).allSatisfy(TextLines.isSpace) {
      if isOpen { isFirst = false }
      isOpen = false
      try layout.add("empty line", at: base + Int64(start), count: Int64(line.count), .field(.bytes), role: .padding)
      return line.upperBound
    }
    guard let field = HeaderField(bytes, from: start, to: bytes.count) else {
      throw .malformed(at: base + Int64(start), "a line is no field")
    }
    if !isOpen, !isFirst { group = layout.group(Self.key(of: field, bytes)) }
    isOpen = true
    try add(field, bytes, to: &layout)
    return field.range.upperBound
  }

  private static func key(of first: HeaderField, _ bytes: [UInt8]) -> String {
    var field = first
    for _ in 0..<8 {
      if ["package", "source"].contains(field.name.lowercased()) { return field.text(bytes) }
      guard let next = HeaderField(bytes, from: field.range.upperBound, to: bytes.count) else { break }
      field = next
    }
    return first.text(bytes)
  }

  private func add(_ field: HeaderField, _ bytes: [UInt8], to layout: inout LayoutBuilder) throws(FormatError) {
    let role = DebianField.role(of: field.name)
    guard let key = DebianField.lineKey(of: field.name), field.lines.count > 1 else {
      return try layout.add(
        field.name, at: base + Int64(field.range.lowerBound), count: Int64(field.range.count),
        .field(HeaderField.value), role: role, in: group)
    }
    for (index, line) in field.lines.enumerated() {
      let words = TextLines.trimmed(bytes[line]).split(separator: key == .variable ? UInt8(ascii: "=") : 0x20)
      let word = (key == .lastWord ? words.last : words.first).map { ExactText.text(Array($0)) } ?? ""
      try layout.add(
        index == 0 ? field.name : "\(field.name) \(word)", at: base + Int64(line.lowerBound), count: Int64(line.count),
        .field(index == 0 ? HeaderField.value : .custom { Encoding.text.text(Array(TextLines.trimmed($0[...]))) }),
        role: role, in: group)
    }
  }
}

/// What Debian's fields are for.
enum DebianField {
  /// What the lines of a field that is a list are known by.
  enum LineKey { case firstWord, lastWord, variable }

  static func lineKey(of name: String) -> LineKey? {
    switch name.lowercased() {
    case "environment": .variable
    case "installed-build-depends": .firstWord
    case "files", "md5sum", "sha1", "sha256", "sha512", "checksums-sha1", "checksums-sha256", "checksums-sha512",
      "checksums-md5":
      .lastWord
    default: nil
    }
  }

  static func role(of name: String) -> Difference.Role {
    let name = name.lowercased()
    return switch name {
    case "version", "standards-version", "binary-only-changes": .version
    case "installed-size", "size": .size
    case "build-date", "date", "valid-until": .time
    case "files", "md5sum", "sha1", "sha256", "sha512": .checksum
    case "build-path": .path
    case "build-origin", "build-kernel-version", "build-tainted-by", "installed-build-depends", "environment":
      .generator
    case "architecture", "build-architecture": .platform
    case "maintainer", "changed-by", "uploaders", "description", "changes", "homepage", "section", "priority": .text
    case "package", "source", "binary": .name
    default: name.hasPrefix("checksums-") ? .checksum : .data
    }
  }
}
