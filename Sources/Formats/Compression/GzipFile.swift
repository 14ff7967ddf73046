import Model

/// A gzip file, RFC 1952: one or more members, each with a header of its own.
struct GzipFile: Format {
  let name = "gzip"

  func recognises(_ head: FileHead) -> Bool { head.has([0x1F, 0x8B, 0x08]) }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    let flags = try source.byte(at: place + 3)
    try layout.add("gzip magic", at: place, count: 3, .field(.bytes))
    try layout.add("gzip flags", at: place + 3, count: 1, .field(.bits(.little, Self.flags)), role: .flags)
    try layout.add("gzip mtime", at: place + 4, count: 4, .field(.custom(Self.time)), role: .time)
    try layout.add(
      "gzip level", at: place + 8, count: 1, .field(.names(.little, [0: "usual", 2: "best", 4: "fastest"])),
      role: .compression)
    try layout.add(
      "gzip operating system", at: place + 9, count: 1, .field(.names(.little, Self.systems)), role: .platform)
    place += 10
    if flags & 4 != 0 {
      let length = Int64(try source.u16(at: place)) + 2
      guard length <= range.upperBound - place else { throw .truncated(at: range.upperBound) }
      try layout.addPart("gzip extra field", place..<place + length, GzipExtraField())
      place += length
    }
    for (flag, name, role) in [(8, "gzip name", Difference.Role.name), (16, "gzip comment", .text)]
      as [(UInt8, String, Difference.Role)]
    where flags & flag != 0 {
      let length = Int64(try source.zeroTerminated(at: place, limit: 32 << 10).count) + 1
      try layout.add(name, at: place, count: length, .field(.text), role: role)
      place += length
    }
    if flags & 2 != 0 {
      try layout.add("gzip header checksum", at: place, count: 2, .field(.hexadecimal(.little)), role: .checksum)
      place += 2
    }
    // Where a member ends only decoding can tell, so what follows is told from the end: the last member's trailer.
    guard range.upperBound - place >= 8 else { throw .truncated(at: range.upperBound) }
    let trailer = try source.unsigned(at: range.upperBound - 8, count: 8)
    if trailer == 0, range.upperBound - place > 10 {
      // Data that is not empty has another trailer: the file was filled up with zeros.
      return try layout.add(
        "compressed data", at: place, count: range.upperBound - place, .file(.gzip, from: range), role: .compression)
    }
    try layout.add(
      "compressed data", at: place, count: range.upperBound - place - 8, .file(.gzip, from: range), role: .compression)
    try layout.add(
      "gzip checksum", at: range.upperBound - 8, count: 4, .field(.hexadecimal(.little)), role: .checksum)
    try layout.add("gzip size", at: range.upperBound - 4, count: 4, .field(.unsigned(.little)), role: .size)
  }

  private static func time(_ bytes: [UInt8]) -> String? {
    bytes.allSatisfy { $0 == 0 } ? "none" : Encoding.seconds(.little).text(bytes)
  }

  private static let flags: [(bit: UInt64, name: String)] = [
    (1, "text"), (2, "header checksum"), (4, "extra field"), (8, "name"), (16, "comment"),
  ]

  private static let systems: [UInt64: String] = [0: "FAT", 3: "Unix", 7: "Macintosh", 11: "NTFS", 255: "unknown"]
}

/// The parts of a gzip header's extra field, each named by two letters.
struct GzipExtraField: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add("gzip extra length", at: range.lowerBound, count: 2, .field(.unsigned(.little)), role: .size)
    var place = range.lowerBound + 2
    while range.upperBound - place >= 4 {
      let name = "gzip extra \(ExactText.text(try source.bytes(at: place, count: 2)))"
      let length = Int64(try source.u16(at: place + 2))
      guard length <= range.upperBound - place - 4 else { throw .truncated(at: range.upperBound) }
      try layout.add("\(name) header", at: place, count: 4, .field(.bytes), role: .size)
      try layout.add(name, at: place + 4, count: length, .opaque, role: .data)
      place += 4 + length
    }
  }
}
