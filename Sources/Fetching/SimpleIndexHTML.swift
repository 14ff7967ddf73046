import Model

extension SimpleIndexPage {
  /// Reads the HTML form (PEP 503, PEP 592, PEP 700's times where an index adds them).
  ///
  /// Only `a`, `base` and `meta` tags are looked at, so that no more of HTML is understood than the API uses.
  init(html text: String, address: String) throws(FetchError) {
    guard text.utf8.count <= Self.sizeLimit else {
      throw Self.unusable(address, "it is longer than \(Self.sizeLimit) bytes")
    }
    var scanner = TagScanner(text)
    var base = address
    var files: [IndexedFile] = []
    var sawTag = false
    while let tag = scanner.next() {
      sawTag = true
      switch tag.name {
      case "base":
        if let href = tag.attributes["href"], let found = WebAddress.resolve(href, against: address) { base = found }
      case "meta":
        if tag.attributes["name"] == "pypi:repository-version", let version = tag.attributes["content"],
          version.split(separator: ".").first != "1"
        {
          throw Self.unusable(address, "it is of version \"\(version.prefix(20))\" where 1 is understood")
        }
      case "a":
        if let file = Self.file(tag.attributes, base: base) { files.append(file) }
        guard files.count <= Self.fileLimit else { throw Self.unusable(address, "it lists too many files") }
      default: break
      }
    }
    guard sawTag else { throw Self.unusable(address, "it is neither JSON nor HTML of the Simple API") }
    self.files = files
  }

  private static func file(_ attributes: [String: String], base: String) -> IndexedFile? {
    guard let href = attributes["href"], let address = WebAddress.resolve(href, against: base) else { return nil }
    let parts = address.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].prefix { $0 != "?" }
    guard let last = path.split(separator: "/").last, let name = PercentEncoding.decode(last), FileNames.isPlain(name)
    else { return nil }
    var digest: SHA256Digest?
    for field in parts.count == 2 ? parts[1].split(separator: "&") : [] where field.hasPrefix("sha256=") {
      digest = SHA256Digest(hex: field.dropFirst(7))
    }
    return IndexedFile(
      name: name, address: String(parts[0]), sha256: digest, size: nil,
      requiresPython: attributes["data-requires-python"], yanked: attributes["data-yanked"],
      uploadTime: attributes["data-upload-time"],
      metadata: (attributes["data-core-metadata"] ?? attributes["data-dist-info-metadata"])
        .flatMap { $0.hasPrefix("sha256=") ? SHA256Digest(hex: $0.dropFirst(7)) : nil })
  }
}

/// Finds the opening tags of an HTML text, comments aside, in one pass.
struct TagScanner {
  struct Tag {
    var name: String
    var attributes: [String: String]
  }

  private let bytes: [UInt8]
  private var place = 0
  private static let attributeLimit = 64

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The next opening tag; nil at the end, also when the last tag is cut.
  mutating func next() -> Tag? {
    while let start = find(UInt8(ascii: "<")) {
      place = start + 1
      if bytes[place...].starts(with: "!--".utf8) {
        guard skipComment() else { return nil }
        continue
      }
      let name = word(until: { !Self.isNameByte($0) })
      if name.isEmpty { continue }
      var tag = Tag(name: name.lowercased(), attributes: [:])
      while let attribute = attribute() {
        if tag.attributes.count < Self.attributeLimit, tag.attributes[attribute.name] == nil {
          tag.attributes[attribute.name] = attribute.value
        }
      }
      guard place < bytes.count else { return nil }
      place += 1
      return tag
    }
    return nil
  }

  /// The next attribute of the tag; nil at its end, which is left in place.
  private mutating func attribute() -> (name: String, value: String)? {
    while place < bytes.count, Self.isSpace(bytes[place]) || bytes[place] == UInt8(ascii: "/") { place += 1 }
    guard place < bytes.count, bytes[place] != UInt8(ascii: ">") else { return nil }
    var name = word { Self.isSpace($0) || "=>/".utf8.contains($0) }
    if name.isEmpty {
      name = "="
      place += 1
    }
    skipSpace()
    guard place < bytes.count, bytes[place] == UInt8(ascii: "=") else { return (name.lowercased(), "") }
    place += 1
    skipSpace()
    guard place < bytes.count else { return nil }
    let quote = bytes[place]
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      place += 1
      let value = word { $0 == quote }
      place = min(place + 1, bytes.count)
      return (name.lowercased(), HTMLEntities.decode(value))
    }
    return (name.lowercased(), HTMLEntities.decode(word { Self.isSpace($0) || $0 == UInt8(ascii: ">") }))
  }

  private mutating func word(until isEnd: (UInt8) -> Bool) -> String {
    let end = bytes[place...].firstIndex(where: isEnd) ?? bytes.count
    defer { place = end }
    return String(decoding: bytes[place..<end], as: UTF8.self)
  }

  private mutating func skipSpace() {
    while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
  }

  private mutating func skipComment() -> Bool {
    var dashes = 0
    place += 3
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      if byte == UInt8(ascii: ">"), dashes >= 2 { return true }
      dashes = byte == UInt8(ascii: "-") ? dashes + 1 : 0
    }
    return false
  }

  private func find(_ byte: UInt8) -> Int? { bytes[min(place, bytes.count)...].firstIndex(of: byte) }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte | 0x20 {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
  }
}

/// The character references that index pages use.
enum HTMLEntities {
  private static let named: [Substring: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ",
  ]

  /// The text with its character references replaced; unknown ones are left as they are.
  static func decode(_ text: String) -> String {
    guard text.contains("&") else { return text }
    var result = ""
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "&") {
      result += rest[..<start]
      rest = rest[start...]
      guard let end = rest.prefix(12).firstIndex(of: ";"), let scalar = scalar(rest[rest.index(after: start)..<end])
      else {
        result += "&"
        rest = rest.dropFirst()
        continue
      }
      result.unicodeScalars.append(scalar)
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private static func scalar(_ reference: Substring) -> Unicode.Scalar? {
    guard reference.first == "#" else { return named[reference] }
    let digits = reference.dropFirst()
    let value =
      digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
    return value.flatMap(Unicode.Scalar.init)
  }
}
