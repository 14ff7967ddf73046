import Model

/// A cpio archive in one of its four forms, as in initial RAM disks and RPM packages.
struct CpioArchive: Format {
  let name = "cpio"

  private static let trailer = Array("TRAILER!!!".utf8)
  private static let nameLimit: Int64 = 64 << 10

  func recognises(_ head: FileHead) -> Bool {
    guard let form = CpioForm(head.bytes.prefix(6)), head.bytes.count >= Int(form.length) else { return false }
    // The binary form's mark has but two bytes; a name's length makes sense.
    let header = Array(head.bytes.prefix(Int(form.length)))
    guard let name = form.number("name length", header), (2...Self.nameLimit).contains(name) else { return false }
    return !form.isBinary || name <= 1024 && head.bytes.count > 26 && head.bytes[26] != 0
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    while place < range.upperBound {
      let magic = try source.bytes(at: place, count: 6)
      guard let form = CpioForm(magic[...]) else {
        throw .malformed(at: place, "something other than a header follows")
      }
      let header = try source.bytes(at: place, count: Int(form.length))
      guard let inName = form.number("name length", header), (1...Self.nameLimit).contains(inName),
        let size = form.number("size", header)
      else { throw .malformed(at: place, "a header has no length of a name or of data") }
      let name = try source.bytes(at: place + form.length, count: Int(inName)).prefix { $0 != 0 }
      let isTrailer = Array(name) == Self.trailer
      // The trailer is no member.
      let group = layout.group(isTrailer ? "trailer" : ExactText.text(Array(name)), isMember: !isTrailer)
      try layout.add("header", at: place, count: form.length, .structure(form), in: group)
      place += form.length
      try layout.add("name", at: place, count: inName, .field(.text), role: .name, in: group)
      place += inName
      place = try Self.addPadding("name padding", form, from: form.length + inName, at: place, range, &layout, group)
      if size > 0 {
        try layout.addAvailable("content", at: place, count: size, .file(), role: .data, in: group)
        place += size
      }
      place = try Self.addPadding("padding", form, from: size, at: place, range, &layout, group)
      if isTrailer { return try Self.addEnd(&source, place..<range.upperBound, to: &layout) }
    }
    throw .truncated(at: range.upperBound)
  }

  private static func addPadding(
    _ name: String, _ form: CpioForm, from length: Int64, at place: Int64, _ range: Range<Int64>,
    _ layout: inout LayoutBuilder, _ group: Int
  ) throws(FormatError) -> Int64 {
    let count = (form.alignment - length % form.alignment) % form.alignment
    let available = min(count, range.upperBound - place)
    if available > 0 {
      try layout.add(name, at: place, count: available, .field(.bytes), role: .padding, in: group)
    }
    return place + available
  }

  /// Zeros fill up a record; then another archive may follow, as in initial RAM disks.
  private static func addEnd(
    _ source: inout ByteSource, _ range: Range<Int64>, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    var zeros = range.lowerBound
    while zeros < range.upperBound {
      let chunk = try source.bytes(at: zeros, count: Int(min(32 << 10, range.upperBound - zeros)))
      let used = chunk.firstIndex { $0 != 0 }
      zeros += Int64(used ?? chunk.count)
      if used != nil { break }
    }
    try layout.add(
      "record padding", at: range.lowerBound, count: zeros - range.lowerBound, .opaque, role: .padding)
    if zeros < range.upperBound {
      try layout.add(
        "after the archive", at: zeros, count: range.upperBound - zeros, .file(name: "after the archive"), role: .data)
    }
  }
}

/// How headers of a cpio archive are written.
enum CpioForm: Structure {
  /// Hexadecimal digits.
  case new
  /// Octal digits.
  case portable
  /// Two bytes each, the larger numbers in two halves of which the upper one comes first.
  case binary(ByteOrder)

  init?(_ magic: ArraySlice<UInt8>) {
    if magic.elementsEqual("070701".utf8) || magic.elementsEqual("070702".utf8) {
      self = .new
    } else if magic.elementsEqual("070707".utf8) {
      self = .portable
    } else if magic.prefix(2).elementsEqual([0xC7, 0x71]) {
      self = .binary(.little)
    } else if magic.prefix(2).elementsEqual([0x71, 0xC7]) {
      self = .binary(.big)
    } else {
      return nil
    }
  }

  var isBinary: Bool { if case .binary = self { true } else { false } }

  var length: Int64 { fields.reduce(0) { $0 + $1.length } }

  var alignment: Int64 {
    switch self {
    case .new: 4
    case .portable: 1
    case .binary: 2
    }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.addFields(fields, at: range.lowerBound)
  }

  /// The value of one field of a header.
  func number(_ name: String, _ header: [UInt8]) -> Int64? {
    var place = 0
    for field in fields {
      if field.name == name { return Self.number(header[place..<place + Int(field.length)], self) }
      place += Int(field.length)
    }
    return nil
  }

  private static func number(_ bytes: ArraySlice<UInt8>, _ form: CpioForm) -> Int64? {
    switch form {
    case .new: return Int64(String(decoding: bytes, as: UTF8.self), radix: 16).flatMap { $0 < 0 ? nil : $0 }
    case .portable: return Int64(String(decoding: bytes, as: UTF8.self), radix: 8).flatMap { $0 < 0 ? nil : $0 }
    case .binary(let order):
      var value: Int64 = 0
      var rest = bytes
      while let first = rest.popFirst(), let second = rest.popFirst() {
        value = value << 16 | Int64(order == .big ? first : second) << 8 | Int64(order == .big ? second : first)
      }
      return value
    }
  }

  private var fields: [FieldRow] {
    let form = self
    let plain: Encoding = .custom { Self.number($0[...], form).map { String($0) } }
    let mode: Encoding = .custom { Self.number($0[...], form).map { "0" + String($0, radix: 8) } }
    let time: Encoding = .custom { Self.number($0[...], form).map { TimeText.text($0) } }
    let names: [(String, Encoding, Difference.Role?)]
    let lengths: [Int64]
    let early: [(String, Encoding, Difference.Role?)] = [
      ("mode", mode, .mode), ("uid", plain, .owner), ("gid", plain, .owner), ("links", plain, .data),
    ]
    switch self {
    case .new:
      names =
        [("magic", .text, nil), ("inode", plain, .platform)] + early + [
          ("mtime", time, .time), ("size", plain, .size), ("device major", plain, .platform),
          ("device minor", plain, .platform), ("special device major", plain, .data),
          ("special device minor", plain, .data), ("name length", plain, .size), ("checksum", plain, .checksum),
        ]
      lengths = [6] + [Int64](repeating: 8, count: 13)
    default:
      names =
        [("magic", isBinary ? .bytes : .text, nil), ("device", plain, .platform), ("inode", plain, .platform)] + early
        + [
          ("special device", plain, .data), ("mtime", time, .time), ("name length", plain, .size),
          ("size", plain, .size),
        ]
      lengths = isBinary ? [2, 2, 2, 2, 2, 2, 2, 2, 4, 2, 4] : [6, 6, 6, 6, 6, 6, 6, 6, 11, 6, 11]
    }
    return zip(names, lengths).map { ($0.0, $1, $0.1, $0.2) }
  }
}
