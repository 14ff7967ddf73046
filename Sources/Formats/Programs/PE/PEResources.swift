import Model

/// The tree of an image's resources: by type, name and language.
struct PEResources: Structure {
  let image: PEImage

  /// The tree has three levels by convention; what is deeper is not followed.
  private static let depthLimit = 8
  /// The most resources and folders of them that are looked at.
  fileprivate static let countLimit = 16_384

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var found = Found()
    try directory(&source, range, at: range.lowerBound, path: [], &found, into: &layout)
    // Resources begin at multiples of four or eight.
    var end = range.upperBound
    for data in found.data.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if data.lowerBound > end, data.lowerBound - end < 8 {
        try layout.add("resource padding", at: end, count: data.lowerBound - end, role: .padding)
      }
      end = data.upperBound
    }
  }

  /// What was come upon in the tree.
  private struct Found {
    var places: Set<Int64> = []
    var data: [Range<Int64>] = []

    /// Whether a place is a new one; there may not be too many.
    mutating func isNew(_ place: Int64) -> Bool {
      places.count < PEResources.countLimit && places.insert(place).inserted
    }
  }

  private func directory(
    _ source: inout ByteSource, _ range: Range<Int64>, at place: Int64, path: [String], _ found: inout Found,
    into layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard path.count < Self.depthLimit, found.isNew(place) else {
      throw .malformed(at: place, "the resources are no tree")
    }
    let name = path.isEmpty ? "resource directory" : "resource directory \(path.joined(separator: "/"))"
    let count = try Int64(source.u16(at: place + 12)) + Int64(source.u16(at: place + 14))
    try layout.add(
      name, at: place, count: 16, .structure(FieldTable(prefix: "\(name) ", fields: Self.directoryFields)),
      role: .data)
    try layout.add("\(name) entries", at: place + 16, count: 8 * count, .opaque, role: .offset)
    for index in 0..<count {
      let entry = place + 16 + 8 * index
      let (key, value) = try (source.u32(at: entry), source.u32(at: entry + 4))
      let component = try component(&source, range, key, isType: path.isEmpty, into: &layout)
      if value & 0x8000_0000 != 0 {
        let next = range.lowerBound + (value & 0x7FFF_FFFF)
        try directory(&source, range, at: next, path: path + [component], &found, into: &layout)
      } else {
        let next = range.lowerBound + value
        guard found.isNew(next) else {
          throw .malformed(at: entry, "the resources are no tree")
        }
        try leaf(&source, range, at: next, path: path + [component], &found, into: &layout)
      }
    }
  }

  private func leaf(
    _ source: inout ByteSource, _ range: Range<Int64>, at place: Int64, path: [String], _ found: inout Found,
    into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let group = layout.group("resource \(path.joined(separator: "/"))")
    try layout.add(
      "entry", at: place, count: 16,
      .structure(FieldTable(prefix: "resource \(path.joined(separator: "/")) ", fields: Self.leafFields)),
      role: .offset, in: group)
    let (address, size) = try (source.u32(at: place), source.u32(at: place + 4))
    guard let data = image.place(of: address, count: size) else { return }
    // Data elsewhere in the image is not a part of this table.
    guard range.contains(data.lowerBound), data.upperBound <= range.upperBound else { return }
    found.data.append(data)
    let shape: Shape =
      switch path.first {
      case "version": .structure(PEVersionInformation())
      default: .file(name: "resource \(path.joined(separator: "/"))")
      }
    try layout.add(
      "content", at: data.lowerBound, count: Int64(data.count), shape, role: path.first == "version" ? .version : .data,
      in: group)
  }

  /// The name or number of an entry; a name's text gets its region.
  private func component(
    _ source: inout ByteSource, _ range: Range<Int64>, _ key: Int64, isType: Bool, into layout: inout LayoutBuilder
  ) throws(FormatError) -> String {
    guard key & 0x8000_0000 != 0 else { return isType ? Self.types[key] ?? String(key) : String(key) }
    let place = range.lowerBound + (key & 0x7FFF_FFFF)
    let length = min(256, Int64(try source.u16(at: place)))
    let text = Encoding.utf16.text(try source.bytes(at: place + 2, count: Int(2 * length)))
    try layout.add("resource name \(text)", at: place, count: 2 + 2 * length, .field(.bytes), role: .name)
    return text
  }

  private static let directoryFields: [FieldTable.Field] = [
    ("characteristics", 4, .hexadecimal(.little), .flags), ("time stamp", 4, .stamp(.little), .time),
    ("major version", 2, .unsigned(.little), .version), ("minor version", 2, .unsigned(.little), .version),
    ("number of names", 2, .unsigned(.little), .size), ("number of numbers", 2, .unsigned(.little), .size),
  ]

  private static let leafFields: [FieldTable.Field] = [
    ("address", 4, .hexadecimal(.little), .offset), ("size", 4, .unsigned(.little), .size),
    ("code page", 4, .unsigned(.little), .data), ("reserved", 4, .bytes, .padding),
  ]

  private static let types: [Int64: String] = [
    1: "cursor", 2: "bitmap", 3: "icon", 4: "menu", 5: "dialogue", 6: "strings", 7: "font directory", 8: "font",
    9: "accelerators", 10: "data", 11: "messages", 12: "cursor group", 14: "icon group", 16: "version",
    17: "dialogue include", 19: "plug and play", 20: "VXD", 21: "animated cursor", 22: "animated icon", 23: "HTML",
    24: "manifest",
  ]
}

/// The version resource: numbers, and texts by key.
struct PEVersionInformation: Structure {
  private static let depthLimit = 8

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try block(&source, range, depth: 0, into: &layout)
  }

  /// A block: lengths, a key, a value, and blocks within.
  private func block(
    _ source: inout ByteSource, _ range: Range<Int64>, depth: Int, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard depth < Self.depthLimit else { throw .tooMuch("blocks within blocks") }
    let start = range.lowerBound
    var valueLength = Int64(try source.u16(at: start + 2))
    let isText = try source.u16(at: start + 4) == 1
    let keyBytes = try source.bytes(at: start + 6, count: Int(min(256, range.upperBound - start - 6)))
    var keyUnits = 0
    while 2 * keyUnits + 1 < keyBytes.count, keyBytes[2 * keyUnits] != 0 || keyBytes[2 * keyUnits + 1] != 0 {
      keyUnits += 1
    }
    let key = Encoding.utf16.text(Array(keyBytes.prefix(2 * keyUnits)))
    let valueStart = min(range.upperBound, Self.aligned(start + 6 + 2 * Int64(keyUnits) + 2, from: start))
    // Lengths of texts count characters.
    if isText { valueLength *= 2 }
    let valueEnd = min(range.upperBound, valueStart + valueLength)
    try layout.add("\(key) header", at: start, count: valueStart - start, .field(.bytes), role: .size)
    if valueEnd > valueStart {
      let shape: Shape =
        key == "VS_VERSION_INFO" ? .structure(Self.numbers) : .field(isText ? .utf16 : .bytes)
      try layout.add(
        key == "VS_VERSION_INFO" ? "version numbers" : "version text \(key)", at: valueStart,
        count: valueEnd - valueStart, shape, role: .version)
    }
    var place = min(range.upperBound, Self.aligned(valueEnd, from: start))
    if place > valueEnd { try layout.add("\(key) padding", at: valueEnd, count: place - valueEnd, role: .padding) }
    while range.upperBound - place >= 6 {
      let length = Int64(try source.u16(at: place))
      guard length >= 6 else { return }
      let end = min(range.upperBound, place + length)
      try block(&source, place..<end, depth: depth + 1, into: &layout)
      let next = min(range.upperBound, Self.aligned(end, from: start))
      if next > end { try layout.add("\(key) padding", at: end, count: next - end, role: .padding) }
      place = next
    }
  }

  /// The next multiple of four; the resource itself begins at one.
  private static func aligned(_ place: Int64, from start: Int64) -> Int64 { start + (place - start + 3) / 4 * 4 }

  private static let numbers = FieldTable(
    prefix: "version ",
    fields: [
      ("signature", 4, .hexadecimal(.little), nil), ("structure version", 4, .hexadecimal(.little), .version),
      ("of file", 8, .custom(four), .version), ("of product", 8, .custom(four), .version),
      ("flags mask", 4, .hexadecimal(.little), .flags), ("flags", 4, .hexadecimal(.little), .flags),
      ("system", 4, .hexadecimal(.little), .platform), ("type", 4, .hexadecimal(.little), .data),
      ("subtype", 4, .hexadecimal(.little), .data), ("date", 8, .bytes, .time),
    ])

  /// Four numbers of two bytes each, the halves of each pair exchanged.
  @Sendable private static func four(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 8 else { return nil }
    return [2, 0, 6, 4].map { String(Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8) }.joined(separator: ".")
  }
}
