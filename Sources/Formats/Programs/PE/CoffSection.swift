import Model

/// A section of a PE image or a COFF object.
struct CoffSection: Sendable {
  let name: String
  /// Where its header is in the file.
  let headerPlace: Int64
  /// Where it is loaded, from the image's base.
  let address: Int64
  /// How much memory it takes; zero in objects.
  let virtualSize: Int64
  let rawPlace: Int64
  /// How many bytes of the file it has; zero when it only takes memory.
  let rawSize: Int64
  let relocationPlace: Int64
  let relocationCount: Int64
  let linesPlace: Int64
  let linesCount: Int64
  let characteristics: Int64

  /// Reads a section header; `names` is the string table, for names of more than eight bytes.
  init(
    _ source: inout ByteSource, at place: Int64, in range: Range<Int64>, names: [UInt8]
  ) throws(FormatError) {
    headerPlace = place
    let stored = Array(try source.bytes(at: place, count: 8).prefix { $0 != 0 })
    if stored.first == UInt8(ascii: "/"), let offset = Int(String(decoding: stored.dropFirst(), as: UTF8.self)),
      offset >= 0, offset < names.count
    {
      name = ExactText.text(Array(names[offset...].prefix(256).prefix { $0 != 0 }))
    } else {
      name = ExactText.text(stored)
    }
    virtualSize = try source.u32(at: place + 8)
    address = try source.u32(at: place + 12)
    characteristics = try source.u32(at: place + 36)
    let raw = try source.u32(at: place + 20)
    rawSize = raw == 0 ? 0 : try source.u32(at: place + 16)
    rawPlace = range.lowerBound + raw
    relocationPlace = try range.lowerBound + source.u32(at: place + 24)
    linesPlace = try range.lowerBound + source.u32(at: place + 28)
    relocationCount = Int64(try source.u16(at: place + 32))
    linesCount = Int64(try source.u16(at: place + 34))
  }

  /// What its content is for.
  var role: Difference.Role {
    if name.hasPrefix(".debug") || name.hasPrefix(".zdebug") { return .debug }
    if name == ".drectve" { return .text }
    return characteristics & 0x2000_0020 != 0 ? .code : .data
  }
}

/// The header of a COFF object or of a PE image.
struct CoffHeader: Structure {
  var prefix = ""
  /// Whether the time stamp is a digest of the content, as linkers make it for reproducible builds.
  var stampIsDigest = false

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try FieldTable(
      prefix: prefix,
      fields: [
        ("machine", 2, .names(.little, Self.machines), .platform),
        ("number of sections", 2, .unsigned(.little), .size),
        ("time stamp", 4, .stamp(.little), stampIsDigest ? .identity : .time),
        ("symbol table offset", 4, .unsigned(.little), .offset),
        ("number of symbols", 4, .unsigned(.little), .size),
        ("size of optional header", 2, .unsigned(.little), .size),
        ("characteristics", 2, .bits(.little, Self.characteristics), .flags),
      ]
    ).layOut(&source, range, into: &layout)
  }

  static let machines: [UInt64: String] = [
    0: "any", 0x14C: "i386", 0x166: "MIPS", 0x1C0: "ARM", 0x1C2: "Thumb", 0x1C4: "ARM Thumb-2", 0x200: "Itanium",
    0xEBC: "EFI byte code", 0x5032: "RISC-V 32", 0x5064: "RISC-V 64", 0x6264: "LoongArch 64", 0x8664: "x86-64",
    0xA641: "ARM64EC", 0xAA64: "ARM64",
  ]

  private static let characteristics: [(bit: UInt64, name: String)] = [
    (1, "no relocations"), (2, "executable"), (4, "no line numbers"), (8, "no local symbols"),
    (0x20, "large addresses"), (0x100, "32-bit machine"), (0x200, "no debug information"),
    (0x400, "run from swap if removable"), (0x800, "run from swap if on network"), (0x1000, "system file"),
    (0x2000, "DLL"), (0x4000, "one processor"),
  ]
}

/// A section's header.
struct CoffSectionHeader: Structure {
  let prefix: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try FieldTable(
      prefix: prefix,
      fields: [
        ("stored name", 8, .text, .name), ("virtual size", 4, .unsigned(.little), .size),
        ("virtual address", 4, .hexadecimal(.little), .offset), ("raw size", 4, .unsigned(.little), .size),
        ("raw offset", 4, .hexadecimal(.little), .offset), ("relocations offset", 4, .hexadecimal(.little), .offset),
        ("line numbers offset", 4, .hexadecimal(.little), .offset),
        ("number of relocations", 2, .unsigned(.little), .size),
        ("number of line numbers", 2, .unsigned(.little), .size),
        ("characteristics", 4, .bits(.little, Self.characteristics), .flags),
      ]
    ).layOut(&source, range, into: &layout)
  }

  private static let characteristics: [(bit: UInt64, name: String)] = [
    (0x20, "code"), (0x40, "initialised data"), (0x80, "uninitialised data"), (0x200, "information"),
    (0x800, "removed when linked"), (0x1000, "COMDAT"), (0x0100_0000, "more relocations"),
    (0x0200_0000, "discardable"), (0x0400_0000, "not cached"), (0x0800_0000, "not paged"), (0x1000_0000, "shared"),
    (0x2000_0000, "executable"), (0x4000_0000, "readable"), (0x8000_0000, "writable"),
  ]
}

/// A stretch of a section that has a meaning of its own.
struct CoffPart: Sendable {
  let name: String
  let range: Range<Int64>
  let shape: Shape
  let role: Difference.Role?
}

/// What a section holds: tables that headers point at, functions that symbols name, and the rest.
struct CoffSectionContent: Structure {
  let section: CoffSection
  let parts: [CoffPart]
  let symbols: [CoffSymbolTable.Symbol]

  /// Whether nothing more is known of it than its name.
  var isPlain: Bool { parts.isEmpty && symbols.isEmpty }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    for part in parts {
      let clamped = part.range.clamped(to: range)
      guard !clamped.isEmpty else { continue }
      try layout.add(
        part.name, at: clamped.lowerBound, count: Int64(clamped.count), clamped == part.range ? part.shape : .opaque,
        role: part.role)
    }
    // What the parts leave is told by the symbols, each of which reaches to the next.
    let holes = holes(in: range)
    let starts = symbols.map { (place: range.lowerBound + $0.value, name: $0.name) }.sorted {
      ($0.place, $0.name) < ($1.place, $1.name)
    }
    var next = 0
    var name: String?
    for hole in holes {
      var place = hole.lowerBound
      while place < hole.upperBound {
        while next < starts.count, starts[next].place <= place {
          // Of several names for one place the first is taken.
          if name == nil || next == 0 || starts[next - 1].place != starts[next].place { name = starts[next].name }
          next += 1
        }
        let end = next < starts.count ? min(hole.upperBound, starts[next].place) : hole.upperBound
        let what = section.role == .code ? "function" : "object"
        try layout.add(
          name.map { "\(what) \($0)" } ?? "\(section.name) content", at: place, count: end - place, role: section.role)
        place = end
      }
    }
  }

  private func holes(in range: Range<Int64>) -> [Range<Int64>] {
    var holes: [Range<Int64>] = []
    var place = range.lowerBound
    for part in parts.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      if part.range.lowerBound > place { holes.append(place..<min(part.range.lowerBound, range.upperBound)) }
      place = max(place, min(part.range.upperBound, range.upperBound))
    }
    if place < range.upperBound { holes.append(place..<range.upperBound) }
    return holes
  }
}
