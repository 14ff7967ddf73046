import Model

/// An Android boot image, header versions 0 to 4, from `bootimg.h` of the Android sources.
struct AndroidBootImage: Format {
  let name = "Android boot image"

  func recognises(_ head: FileHead) -> Bool { head.has("ANDROID!") && head.size >= 608 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let version = try source.u32(at: range.lowerBound + 40)
    if version == 3 || version == 4 {
      try layOutNew(&source, range, version, into: &layout)
    } else {
      try layOutOld(&source, range, version, into: &layout)
    }
  }

  private func layOutOld(
    _ source: inout ByteSource, _ range: Range<Int64>, _ version: Int64, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    try layout.addFields(Self.oldHeader, at: start)
    if version == 1 || version == 2 { try layout.addFields(Self.secondHeader, at: start + 1632) }
    if version == 2 { try layout.addFields(Self.thirdHeader, at: start + 1648) }
    var parts: [AndroidPages.Part] = []
    for (name, offset) in [("kernel", 8), ("ramdisk", 16), ("second stage", 24)] as [(String, Int64)] {
      parts.append(.file(name, try source.u32(at: start + offset)))
    }
    switch version {
    case 0: break
    case 1, 2:
      parts.append(.file("recovery device tree overlay", try source.u32(at: start + 1632)))
      if version == 2 { parts.append(.file("device tree", try source.u32(at: start + 1648))) }
    default:
      // Before there were versions, vendors had the size of a device tree here.
      parts.append(.file("device tree", version))
    }
    let header = version == 2 ? 1660 : version == 1 ? 1648 : 1632 as Int64
    try layout.addPages(parts, header: header, page: try source.u32(at: start + 36), &source, range)
  }

  private func layOutNew(
    _ source: inout ByteSource, _ range: Range<Int64>, _ version: Int64, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    try layout.addFields(Self.newHeader, at: start)
    if version == 4 { try layout.addFields([("signature size", 4, .unsigned(.little), .size)], at: start + 1580) }
    var parts: [AndroidPages.Part] = [
      .file("kernel", try source.u32(at: start + 8)), .file("ramdisk", try source.u32(at: start + 12)),
    ]
    if version == 4 {
      // Signed hashes in the form of AVB's, filled up.
      let size = try source.u32(at: start + 1580)
      parts.append(.init(name: "boot signature", size: size, shape: .file(name: "boot signature"), role: .signature))
    }
    try layout.addPages(parts, header: version == 4 ? 1584 : 1580, page: 4096, &source, range)
  }

  /// Android's and its security patches' versions in one number: 7 bits each for the three parts, year, month.
  static func osVersion(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 4 else { return nil }
    let value = bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    if value == 0 { return "none" }
    let (version, level) = (value >> 11, value & 0x7FF)
    let month = level & 15
    return "\(version >> 14).\(version >> 7 & 127).\(version & 127), patch level \(2000 + level >> 4)-"
      + (month < 10 ? "0" : "") + String(month)
  }

  private static let oldHeader: [FieldRow] = [
    ("magic", 8, .text, nil), ("kernel size", 4, .unsigned(.little), .size),
    ("kernel address", 4, .hexadecimal(.little), .data), ("ramdisk size", 4, .unsigned(.little), .size),
    ("ramdisk address", 4, .hexadecimal(.little), .data),
    ("second stage size", 4, .unsigned(.little), .size),
    ("second stage address", 4, .hexadecimal(.little), .data),
    ("tags address", 4, .hexadecimal(.little), .data), ("page size", 4, .unsigned(.little), .data),
    ("header version", 4, .unsigned(.little), nil), ("os version", 4, .custom(osVersion), .version),
    ("board name", 16, .text, .name), ("command line", 512, .text, .text),
    // SHA-1 of the parts and their sizes.
    ("id", 32, .bytes, .checksum), ("extra command line", 1024, .text, .text),
  ]

  private static let secondHeader: [FieldRow] = [
    ("recovery device tree overlay size", 4, .unsigned(.little), .size),
    ("recovery device tree overlay offset", 8, .unsigned(.little), .offset),
    ("header size", 4, .unsigned(.little), .size),
  ]

  private static let thirdHeader: [FieldRow] = [
    ("device tree size", 4, .unsigned(.little), .size),
    ("device tree address", 8, .hexadecimal(.little), .data),
  ]

  private static let newHeader: [FieldRow] = [
    ("magic", 8, .text, nil), ("kernel size", 4, .unsigned(.little), .size),
    ("ramdisk size", 4, .unsigned(.little), .size), ("os version", 4, .custom(osVersion), .version),
    ("header size", 4, .unsigned(.little), .size), ("reserved", 16, .bytes, .padding),
    ("header version", 4, .unsigned(.little), nil), ("command line", 1536, .text, .text),
  ]
}

/// An Android vendor boot image, header versions 3 and 4.
struct AndroidVendorBootImage: Format {
  let name = "Android vendor boot image"

  func recognises(_ head: FileHead) -> Bool { head.has("VNDRBOOT") && head.size >= 2112 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    try layout.addFields(Self.header, at: start)
    let version = try source.u32(at: start + 8)
    let page = try source.u32(at: start + 12)
    let header: Int64 = version >= 4 ? 2128 : 2112
    var parts: [AndroidPages.Part] = [
      .file("vendor ramdisk", try source.u32(at: start + 24)), .file("device tree", try source.u32(at: start + 2100)),
    ]
    if version >= 4 {
      try layout.addFields(Self.fourthHeader, at: start + 2112)
      let table = AndroidPages.end(header, page) + parts.reduce(0) { $0 + AndroidPages.end($1.size, page) }
      let hasTable = try layOutTable(
        &source, start..<range.upperBound, at: start + table, ramdisk: start + AndroidPages.end(header, page),
        into: &layout)
      if hasTable { parts[0].shape = nil }
      let tableSize = try source.u32(at: start + 2112)
      parts.append(.init(name: "vendor ramdisk table", size: tableSize, shape: hasTable ? nil : .opaque, role: .data))
      parts.append(.file("bootconfig", try source.u32(at: start + 2124)))
    }
    try layout.addPages(parts, header: header, page: page, &source, range)
  }

  /// The table names the ramdisks, which follow one another in the vendor ramdisk.
  private func layOutTable(
    _ source: inout ByteSource, _ range: Range<Int64>, at table: Int64, ramdisk: Int64,
    into layout: inout LayoutBuilder
  ) throws(FormatError) -> Bool {
    let count = try source.u32(at: range.lowerBound + 2116)
    let length = try source.u32(at: range.lowerBound + 2120)
    guard count > 0 else { return false }
    guard length == 108, count <= 1024 else { throw .malformed(at: 2116, "the ramdisk table's form is unknown") }
    for index in 0..<count {
      let place = table + index * length
      let entry = try source.bytes(at: place, count: Int(length))
      let size = try source.u32(at: place)
      let offset = try source.u32(at: place + 4)
      let name = ExactText.text(Array(entry[12..<44].prefix { $0 != 0 }))
      let title = name.isEmpty ? "unnamed ramdisk" : name
      let group = layout.group("vendor ramdisk \(title)")
      try layout.addFields(Self.entry, at: place, in: group)
      try layout.addAvailable(
        "content", at: min(ramdisk + offset, range.upperBound), count: size, .file(name: title), role: .data, in: group)
    }
    return true
  }

  private static let header: [FieldRow] = [
    ("magic", 8, .text, nil), ("header version", 4, .unsigned(.little), nil),
    ("page size", 4, .unsigned(.little), .data), ("kernel address", 4, .hexadecimal(.little), .data),
    ("ramdisk address", 4, .hexadecimal(.little), .data),
    ("vendor ramdisk size", 4, .unsigned(.little), .size), ("command line", 2048, .text, .text),
    ("tags address", 4, .hexadecimal(.little), .data), ("board name", 16, .text, .name),
    ("header size", 4, .unsigned(.little), .size), ("device tree size", 4, .unsigned(.little), .size),
    ("device tree address", 8, .hexadecimal(.little), .data),
  ]

  private static let fourthHeader: [FieldRow] = [
    ("vendor ramdisk table size", 4, .unsigned(.little), .size),
    ("vendor ramdisk table entry count", 4, .unsigned(.little), .size),
    ("vendor ramdisk table entry size", 4, .unsigned(.little), .size),
    ("bootconfig size", 4, .unsigned(.little), .size),
  ]

  private static let entry: [FieldRow] = [
    ("size", 4, .unsigned(.little), .size), ("offset", 4, .unsigned(.little), .offset),
    ("type", 4, .names(.little, [0: "none", 1: "platform", 2: "recovery", 3: "loadable modules"]), .data),
    ("name", 32, .text, .name), ("board id", 64, .bytes, .data),
  ]
}

private enum AndroidPages {
  /// What begins at the start of a page.
  struct Part {
    let name: String
    let size: Int64
    /// Nil where its parts have names of their own.
    var shape: Shape?
    let role: Difference.Role

    static func file(_ name: String, _ size: Int64) -> Part {
      Part(name: name, size: size, shape: .file(name: name), role: .data)
    }
  }

  /// A size, filled up to whole pages.
  static func end(_ size: Int64, _ page: Int64) -> Int64 { page > 0 ? (size + page - 1) / page * page : size }
}

extension LayoutBuilder {
  /// Adds parts that follow the header, each from the start of a page.
  fileprivate mutating func addPages(
    _ parts: [AndroidPages.Part], header: Int64, page: Int64, _ source: inout ByteSource,
    _ range: Range<Int64>
  ) throws(FormatError) {
    guard page > 0, page <= 1 << 20 else { throw .malformed(at: range.lowerBound, "a page size makes no sense") }
    var place = range.lowerBound + header
    try addPadding("header", &place, page, range)
    for part in parts where part.size > 0 {
      if let shape = part.shape {
        try addAvailable(part.name, at: place, count: part.size, shape, role: part.role)
      }
      place += part.size
      try addPadding(part.name, &place, page, range)
    }
    try addTrailer("trailer", at: place, end: range.upperBound, &source)
  }

  private mutating func addPadding(
    _ name: String, _ place: inout Int64, _ page: Int64, _ range: Range<Int64>
  ) throws(FormatError) {
    let from = place - range.lowerBound
    let padding = min(AndroidPages.end(from, page) - from, max(0, range.upperBound - place))
    if padding > 0 { try add("\(name) padding", at: place, count: padding, .opaque, role: .padding) }
    place += padding
  }
}
