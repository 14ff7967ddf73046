import Model

/// A tar archive in any dialect: old, ustar, GNU, pax.
struct TarArchive: Format {
  let name = "tar"

  /// The most bytes of a name or of pax records that are looked into.
  static let recordLimit: Int64 = 16 << 20

  func recognises(_ head: FileHead) -> Bool {
    guard head.bytes.count >= 512 else { return false }
    if head.has("ustar", at: 257) { return true }
    // A tar from before POSIX has no mark but the checksum of its first header.
    guard head.bytes[0] != 0, let stored = TarNumber.octal(head.bytes[148..<156]) else { return false }
    return stored == TarNumber.checksum(head.bytes[..<512])
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    var pending = PendingHeaders()
    while place < range.upperBound {
      let block = try source.bytes(at: place, count: 512)
      if block.allSatisfy({ $0 == 0 }) {
        try layout.add("end of archive", at: place, count: range.upperBound - place, .opaque, role: .padding)
        return
      }
      guard TarNumber.octal(block[148..<156]) == TarNumber.checksum(block[...]) else {
        throw .malformed(at: place, "a header's checksum is wrong")
      }
      guard let stored = TarNumber.number(block[124..<136]), stored >= 0 else {
        throw .malformed(at: place + 124, "a size is no number")
      }
      let kind = block[156]
      if "xgLK".utf8.contains(kind) {
        let data = try source.bytes(at: place + 512, count: Int(min(stored, Self.recordLimit)))
        pending.take(kind, data, at: place, size: stored)
        place += 512 + (stored + 511) / 512 * 512
        continue
      }
      let name = pending.path ?? TarNumber.name(block)
      let group = layout.group(ExactText.text(name), isMember: true)
      try pending.add(to: &layout, in: group)
      try layout.add("header", at: place, count: 512, .structure(TarHeader()), in: group)
      // Links and folders have no data, whatever their size says.
      let size = "123456".utf8.contains(kind) ? 0 : pending.size ?? stored
      if size > 0 {
        try layout.addAvailable("content", at: place + 512, count: size, .file(), role: .data, in: group)
      }
      let padding = (512 - size % 512) % 512
      place += 512 + size
      if padding > 0, place < range.upperBound {
        try layout.addAvailable("padding", at: place, count: padding, .opaque, role: .padding, in: group)
      }
      place += padding
      pending = PendingHeaders()
    }
  }
}

/// Headers that are about the entry that follows them.
private struct PendingHeaders {
  private var found: [(kind: UInt8, place: Int64, size: Int64)] = []
  private(set) var path: [UInt8]?
  private(set) var size: Int64?

  mutating func take(_ kind: UInt8, _ data: [UInt8], at place: Int64, size: Int64) {
    found.append((kind, place, size))
    if kind == UInt8(ascii: "L") { path = Array(data.prefix { $0 != 0 }) }
    guard kind == UInt8(ascii: "x") else { return }
    for record in PaxRecords.read(data[...]) {
      if record.key == "path" { path = Array(record.value) }
      if record.key == "size" { self.size = Int64(String(decoding: record.value, as: UTF8.self)) }
    }
    if let size = self.size, size < 0 { self.size = nil }
  }

  func add(to layout: inout LayoutBuilder, in group: Int) throws(FormatError) {
    for (kind, place, size) in found {
      let name =
        switch kind {
        case UInt8(ascii: "L"): "long name"
        case UInt8(ascii: "K"): "long link target"
        case UInt8(ascii: "g"): "global pax"
        default: "pax"
        }
      try layout.add(
        "\(name) header", at: place, count: 512, .structure(TarHeader(prefix: "\(name) header ")), in: group)
      let isPax = kind == UInt8(ascii: "x") || kind == UInt8(ascii: "g")
      try layout.addAvailable(
        "\(name)", at: place + 512, count: size, isPax ? .structure(PaxRecords(prefix: "\(name) ")) : .field(.text),
        role: .name, in: group)
      let padding = (512 - size % 512) % 512
      if padding > 0 {
        try layout.addAvailable(
          "\(name) padding", at: place + 512 + size, count: padding, .opaque, role: .padding, in: group)
      }
    }
  }
}

/// The fields of one tar header.
struct TarHeader: Structure {
  var prefix = ""

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    for (name, length, encoding, role) in Self.fields {
      try layout.add(prefix + name, at: place, count: length, .field(encoding), role: role)
      place += length
    }
  }

  private static let fields: [(String, Int64, Encoding, Difference.Role?)] = [
    ("name", 100, .text, .name), ("mode", 8, .octalMode, .mode), ("uid", 8, .custom(TarNumber.text), .owner),
    ("gid", 8, .custom(TarNumber.text), .owner), ("size", 12, .custom(TarNumber.text), .size),
    ("mtime", 12, .octalSeconds, .time), ("header checksum", 8, .octalMode, .checksum), ("type", 1, .text, .mode),
    ("link target", 100, .text, .name), ("dialect", 8, .text, .generator), ("user name", 32, .text, .owner),
    ("group name", 32, .text, .owner), ("device major", 8, .custom(TarNumber.text), .data),
    ("device minor", 8, .custom(TarNumber.text), .data), ("name prefix", 155, .text, .name),
    ("header padding", 12, .bytes, .padding),
  ]
}

/// The records of a pax header: `LENGTH KEY=VALUE`, a line each.
struct PaxRecords: Structure {
  var prefix = ""

  /// One record and where it is in the data.
  struct Record {
    let start: Int
    let end: Int
    let key: String
    let value: ArraySlice<UInt8>
  }

  /// The records from the start of the data on, as far as they keep the rules.
  static func read(_ data: ArraySlice<UInt8>) -> [Record] {
    var records: [Record] = []
    var rest = data
    while let space = rest.prefix(20).firstIndex(of: 0x20),
      let length = Int(String(decoding: rest[rest.startIndex..<space], as: UTF8.self)), length > 0,
      length <= rest.count, rest.startIndex + length > space + 1
    {
      let end = rest.startIndex + length
      let body = rest[(space + 1)..<(end - 1)]
      guard rest[end - 1] == 0x0A, let equals = body.firstIndex(of: UInt8(ascii: "=")) else { break }
      records.append(
        Record(
          start: rest.startIndex, end: end, key: ExactText.text(Array(body[..<equals])), value: body[(equals + 1)...]))
      rest = rest[end...]
    }
    return records
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let data = try source.bytes(at: range.lowerBound, count: Int(range.count))
    for record in Self.read(data[...]) {
      try layout.add(
        prefix + record.key, at: range.lowerBound + Int64(record.start), count: Int64(record.end - record.start),
        .field(.custom { bytes in Self.read(bytes[...]).first.map { ExactText.text(Array($0.value)) } }),
        role: Self.role(of: record.key))
    }
  }

  private static func role(of key: String) -> Difference.Role? {
    switch key {
    case "mtime", "atime", "ctime", "LIBARCHIVE.creationtime": .time
    case "uid", "gid", "uname", "gname": .owner
    case "size": .size
    case "path", "linkpath": .name
    default: .data
    }
  }
}

/// Numbers of tar headers: octal digits, or base 256 where the first bit is set.
enum TarNumber {
  static func octal(_ field: ArraySlice<UInt8>) -> Int64? {
    let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    guard digits.count <= 20 else { return nil }
    return digits.isEmpty ? nil : digits.reduce(0) { $0 << 3 | Int64($1 & 7) }
  }

  static func number(_ field: ArraySlice<UInt8>) -> Int64? {
    guard let first = field.first, first & 0x80 != 0 else {
      return octal(field) ?? (field.allSatisfy { $0 == 0 || $0 == 0x20 } ? 0 : nil)
    }
    guard first == 0x80, field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
    return field.suffix(7).reduce(0) { $0 << 8 | Int64($1) }
  }

  static func text(_ field: [UInt8]) -> String? { number(field[...]).map { String($0) } }

  /// The sum of a header's bytes with its checksum field taken as spaces.
  static func checksum(_ header: ArraySlice<UInt8>) -> Int64 {
    var sum: Int64 = 0
    for (index, byte) in header.enumerated() { sum += (148..<156).contains(index) ? 0x20 : Int64(byte) }
    return sum
  }

  static func name(_ header: [UInt8]) -> [UInt8] {
    let name = Array(header[0..<100].prefix { $0 != 0 })
    let prefix = Array(header[345..<500].prefix { $0 != 0 })
    // In GNU's dialect other fields are where POSIX has the prefix.
    guard header[257..<265] == [0x75, 0x73, 0x74, 0x61, 0x72, 0, 0x30, 0x30], !prefix.isEmpty else { return name }
    return prefix + [UInt8(ascii: "/")] + name
  }
}
