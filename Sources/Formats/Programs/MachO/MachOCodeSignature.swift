import Model

/// The code signature of a Mach-O file: a blob of blobs, all numbers big-endian.
struct MachOCodeSignature: Structure {
  private static let blobLimit: Int64 = 64

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    let magic = try source.u32(at: start, .big)
    guard magic == 0xFADE_0CC0 else { throw .malformed(at: start, "the code signature has no magic") }
    let length = try min(Int64(range.count), source.u32(at: start + 4, .big))
    let count = min(Self.blobLimit, try source.u32(at: start + 8, .big))
    try layout.add("code signature header", at: start, count: 12, .field(.bytes), role: .signature)
    try layout.add("code signature index", at: start + 12, count: 8 * count, .field(.bytes), role: .signature)
    for index in 0..<count {
      let kind = try source.u32(at: start + 12 + 8 * index, .big)
      let place = try start + source.u32(at: start + 16 + 8 * index, .big)
      let blob = try place..<place + max(8, source.u32(at: place + 4, .big))
      guard blob.upperBound <= range.upperBound else { throw .truncated(at: range.upperBound) }
      try Self.add(kind, blob, &source, to: &layout)
    }
    if start + length < range.upperBound {
      try layout.add(
        "code signature padding", at: start + length, count: Int64(range.count) - length, role: .signature)
    }
  }

  private static func add(
    _ kind: Int64, _ blob: Range<Int64>, _ source: inout ByteSource, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    let name = names[kind] ?? "signature blob 0x\(String(kind, radix: 16))"
    let content = Int64(blob.count) - 8
    switch try source.u32(at: blob.lowerBound, .big) {
    case 0xFADE_0C02:
      try addDirectory(name, blob, &source, to: &layout)
    case 0xFADE_0B01:
      try layout.add("\(name) header", at: blob.lowerBound, count: 8, .field(.bytes), role: .signature)
      try layout.add(name, at: blob.lowerBound + 8, count: content, .file(name: name), role: .signature)
    case 0xFADE_7171:
      try layout.add("\(name) header", at: blob.lowerBound, count: 8, .field(.bytes), role: .signature)
      try layout.add(name, at: blob.lowerBound + 8, count: content, .field(.text), role: .signature)
    default:
      try layout.add(name, at: blob.lowerBound, count: Int64(blob.count), .field(.bytes), role: .signature)
    }
  }

  /// What is signed: digests of the file's pages and of other parts.
  private static func addDirectory(
    _ name: String, _ blob: Range<Int64>, _ source: inout ByteSource, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard blob.count >= 44 else { throw .malformed(at: blob.lowerBound, "a code directory is too short") }
    let start = blob.lowerBound
    let fields: [FieldTable.Field] = [
      ("header", 8, .bytes, .signature), ("version", 4, .hexadecimal(.big), .signature),
      ("flags", 4, .bits(.big, flags), .signature), ("digests offset", 4, .unsigned(.big), .offset),
      ("identifier offset", 4, .unsigned(.big), .offset), ("number of special digests", 4, .unsigned(.big), .size),
      ("number of digests", 4, .unsigned(.big), .size), ("signed length", 4, .unsigned(.big), .size),
      ("digest size", 1, .unsigned(.big), .signature), ("digest type", 1, .unsigned(.big), .signature),
      ("platform", 1, .unsigned(.big), .signature), ("page size", 1, .unsigned(.big), .signature),
      ("reserved", 4, .bytes, .padding),
    ]
    try FieldTable(prefix: "\(name) ", fields: fields).layOut(&source, start..<start + 44, into: &layout)
    let (digests, identifier) = try (source.u32(at: start + 16, .big), source.u32(at: start + 20, .big))
    let (special, count) = try (source.u32(at: start + 24, .big), source.u32(at: start + 28, .big))
    let size = Int64(try source.byte(at: start + 36))
    if identifier >= 44, identifier < Int64(blob.count) {
      let text = try source.zeroTerminated(at: start + identifier)
      try layout.add(
        "\(name) identifier", at: start + identifier, count: Int64(text.count) + 1, .field(.text), role: .signature)
    }
    let version = try source.u32(at: start + 8, .big)
    if version >= 0x20200, blob.count >= 52 {
      let team = try source.u32(at: start + 48, .big)
      if team >= 52, team < Int64(blob.count) {
        let text = try source.zeroTerminated(at: start + team)
        try layout.add("\(name) team", at: start + team, count: Int64(text.count) + 1, .field(.text), role: .signature)
      }
    }
    guard special * size <= digests, digests + count * size <= Int64(blob.count) else { return }
    try layout.add(
      "\(name) special digests", at: start + digests - special * size, count: special * size, role: .checksum)
    try layout.add("\(name) digests", at: start + digests, count: count * size, role: .checksum)
    if identifier > 44 {
      try layout.add("\(name) more", at: start + 44, count: identifier - 44, .field(.bytes), role: .signature)
    }
  }

  private static let names: [Int64: String] = [
    0: "code directory", 1: "information slot", 2: "requirements", 3: "resource directory", 4: "application slot",
    5: "entitlements", 6: "disk image slot", 7: "entitlements in DER", 0x1000: "second code directory",
    0x10000: "signature in CMS", 0x10001: "identification",
  ]

  private static let flags: [(bit: UInt64, name: String)] = [
    (1, "host"), (2, "ad hoc"), (0x100, "hard"), (0x200, "kill"), (0x400, "expiration"), (0x800, "restrict"),
    (0x1000, "enforcement"), (0x2000, "library validation"), (0x10000, "runtime"), (0x20000, "linker signed"),
  ]
}
