import Model

/// The fields of one load command.
struct MachOCommandFields: Structure {
  let command: MachOImage.Command
  let image: MachOImage

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let order = image.order
    var run = FieldRun(at: range.lowerBound, prefix: "\(command.name) ")
    try run.add("kind", 4, .hexadecimal(order), to: &layout)
    try run.add("length", 4, .unsigned(order), .size, to: &layout)
    for field in fields where field.length <= range.upperBound - run.place {
      try run.add(field.name, field.length, field.encoding, field.role, to: &layout)
    }
    switch command.kind {
    case 0x1, 0x19: try addSections(&source, range, at: run.place, to: &layout)
    case 0x32:
      while range.upperBound - run.place >= 8 {
        try run.add("tool", 4, .names(order, Self.tools), .generator, to: &layout)
        try run.add("tool version", 4, Self.version(order), .generator, to: &layout)
      }
    case 0xC, 0xD, 0x8000_0018, 0x8000_001F, 0x20, 0x8000_0023, 0xE, 0xF, 0x12...0x15:
      try run.add("name", range.upperBound - run.place, .text, .name, to: &layout)
    case 0x8000_001C, 0x27: try run.add("path", range.upperBound - run.place, .text, .path, to: &layout)
    default:
      if run.place < range.upperBound { try run.add("rest", range.upperBound - run.place, .bytes, .data, to: &layout) }
    }
  }

  /// The fields that the command begins with, after its kind and length.
  private var fields: [FieldTable.Field] {
    let order = image.order
    switch command.kind {
    case 0x1, 0x19:
      let word: Int64 = command.kind == 0x19 ? 8 : 4
      return [
        ("name", 16, .text, .name), ("address", word, .hexadecimal(order), .offset),
        ("memory size", word, .unsigned(order), .size), ("offset", word, .unsigned(order), .offset),
        ("size", word, .unsigned(order), .size), ("most protection", 4, .hexadecimal(order), .flags),
        ("protection", 4, .hexadecimal(order), .flags), ("number of sections", 4, .unsigned(order), .size),
        ("flags", 4, .hexadecimal(order), .flags),
      ]
    case 0x1B: return [("UUID", 16, .custom(Self.uuid), .identity)]
    case 0xC, 0xD, 0x8000_0018, 0x8000_001F, 0x20, 0x8000_0023:
      return [
        ("name offset", 4, .unsigned(order), .offset), ("time stamp", 4, .stamp(order), .time),
        ("current version", 4, Self.version(order), .version),
        ("compatibility version", 4, Self.version(order), .version),
      ]
    case 0xE, 0xF, 0x12...0x15, 0x8000_001C, 0x27: return [("text offset", 4, .unsigned(order), .offset)]
    case 0x24, 0x25, 0x2F, 0x30:
      return [
        ("system version", 4, Self.version(order), .platform), ("SDK version", 4, Self.version(order), .generator),
      ]
    case 0x32:
      return [
        ("platform", 4, .names(order, Self.platforms), .platform),
        ("system version", 4, Self.version(order), .platform), ("SDK version", 4, Self.version(order), .generator),
        ("number of tools", 4, .unsigned(order), .size),
      ]
    case 0x2A: return [("source version", 8, Self.sourceVersion(order), .version)]
    case 0x8000_0028:
      return [("entry point", 8, .hexadecimal(order), .offset), ("stack size", 8, .unsigned(order), .data)]
    case 0x2: return pairs(["symbols", "strings"])
    case 0x22, 0x8000_0022: return pairs(["rebase", "binding", "weak binding", "lazy binding", "exports"])
    case 0x1D: return [("offset", 4, .unsigned(order), .signature), ("size", 4, .unsigned(order), .signature)]
    case 0x1E, 0x26, 0x29, 0x2B, 0x2E, 0x8000_0033, 0x8000_0034: return pairs(["data"])
    case 0xB:
      return ["first local", "locals", "first external", "externals", "first undefined", "undefined"].map {
        ("symbols \($0)", 4, .unsigned(order), .size)
      }
        + pairs(
          [
            "contents", "modules", "references", "indirect symbols", "external relocations", "local relocations",
          ])
    default: return []
    }
  }

  private func pairs(_ names: [String]) -> [FieldTable.Field] {
    names.flatMap { name -> [FieldTable.Field] in
      [("\(name) offset", 4, .unsigned(image.order), .offset), ("\(name) size", 4, .unsigned(image.order), .size)]
    }
  }

  private func addSections(
    _ source: inout ByteSource, _ range: Range<Int64>, at place: Int64, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    let isWide = command.kind == 0x19
    let (order, word, length): (ByteOrder, Int64, Int64) = (image.order, isWide ? 8 : 4, isWide ? 80 : 68)
    var place = place
    while range.upperBound - place >= length {
      let name = ExactText.text(Array(try source.bytes(at: place, count: 16).prefix { $0 != 0 }))
      let fields: [FieldTable.Field] = [
        ("name", 16, .text, .name), ("segment", 16, .text, .name), ("address", word, .hexadecimal(order), .offset),
        ("size", word, .unsigned(order), .size), ("offset", 4, .unsigned(order), .offset),
        ("alignment", 4, .unsigned(order), .data), ("relocations offset", 4, .unsigned(order), .offset),
        ("number of relocations", 4, .unsigned(order), .size), ("flags", 4, .hexadecimal(order), .flags),
        ("reserved", isWide ? 12 : 8, .bytes, .offset),
      ]
      try FieldTable(prefix: "\(command.name) section \(name) ", fields: fields)
        .layOut(&source, place..<place + length, into: &layout)
      place += length
    }
  }

  /// Two bytes, one byte, one byte, as a number.
  private static func version(_ order: ByteOrder) -> Encoding {
    .custom { bytes in
      guard bytes.count == 4 else { return nil }
      let b = order == .big ? bytes : bytes.reversed()
      return "\(Int(b[0]) << 8 | Int(b[1])).\(b[2]).\(b[3])"
    }
  }

  /// Five parts: 24 bits, then ten bits each.
  private static func sourceVersion(_ order: ByteOrder) -> Encoding {
    .custom { bytes in
      guard bytes.count == 8 else { return nil }
      let number = (order == .big ? bytes : bytes.reversed()).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let parts = [number >> 40] + [30, 20, 10, 0].map { number >> $0 & 0x3FF }
      return parts.map { String($0) }.joined(separator: ".")
    }
  }

  @Sendable private static func uuid(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 16 else { return nil }
    let digits = Hexadecimal.string(bytes)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text += "-" }
      text.append(digit)
    }
    return text
  }

  private static let platforms: [UInt64: String] = [
    1: "macOS", 2: "iOS", 3: "tvOS", 4: "watchOS", 5: "bridgeOS", 6: "Mac Catalyst", 7: "iOS simulator",
    8: "tvOS simulator", 9: "watchOS simulator", 10: "DriverKit", 11: "visionOS", 12: "visionOS simulator",
  ]

  private static let tools: [UInt64: String] = [1: "clang", 2: "swift", 3: "ld", 4: "lld"]
}
