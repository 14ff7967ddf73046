import Model

/// What the headers of a PE image say.
struct PEImage: Sendable {
  /// The tables that the optional header points at, by their index.
  enum Directory: Int {
    case exports, imports, resources, exceptions, certificates, relocations, debug, architecture, globalPointer
    case threadStorage, loadConfiguration, boundImports, importAddresses, delayImports, cliHeader, reserved
  }

  let range: Range<Int64>
  /// Where the COFF header is.
  let coffPlace: Int64
  let is64: Bool
  let sections: [CoffSection]
  let directories: [(address: Int64, size: Int64)]
  let symbolPlace: Int64
  let symbolCount: Int64
  private let optionalLength: Int64

  /// Reads the headers; throws where they are cut off or contradict each other.
  init(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) {
    self.range = range
    let start = range.lowerBound
    let signature = try start + source.u32(at: start + 60)
    guard try source.has(Array("PE\0\0".utf8), at: signature) else {
      throw .malformed(at: start + 60, "the PE header is not where the DOS header says")
    }
    coffPlace = signature + 4
    let sectionCount = try source.u16(at: coffPlace + 2)
    symbolPlace = try start + source.u32(at: coffPlace + 8)
    symbolCount = try source.u32(at: coffPlace + 12)
    optionalLength = Int64(try source.u16(at: coffPlace + 16))
    let optional = coffPlace + 20
    guard optionalLength >= 2 else { throw .malformed(at: coffPlace + 16, "there is no optional header") }
    let magic = try source.u16(at: optional)
    guard magic == 0x10B || magic == 0x20B else { throw .malformed(at: optional, "the optional header is of no kind") }
    is64 = magic == 0x20B
    let directoriesAt: Int64 = magic == 0x20B ? 112 : 96
    var directories: [(address: Int64, size: Int64)] = []
    if optionalLength >= directoriesAt {
      let announced = try source.u32(at: optional + directoriesAt - 4)
      for index in 0..<min(16, announced, (optionalLength - directoriesAt) / 8) {
        let place = optional + directoriesAt + 8 * index
        directories.append((try source.u32(at: place), try source.u32(at: place + 4)))
      }
    }
    self.directories = directories
    let names =
      try symbolPlace > start
      ? CoffSymbolTable.strings(&source, range, at: symbolPlace + symbolCount * 18) : []
    var sections: [CoffSection] = []
    for index in 0..<Int64(sectionCount) {
      sections.append(try CoffSection(&source, at: optional + optionalLength + 40 * index, in: range, names: names))
    }
    self.sections = sections
  }

  /// The first byte behind the section headers.
  var headersEnd: Int64 { coffPlace + 20 + optionalLength + 40 * Int64(sections.count) }

  /// Where a table is and how long; zeros when there is none.
  func directory(_ directory: Directory) -> (address: Int64, size: Int64) {
    directory.rawValue < directories.count ? directories[directory.rawValue] : (0, 0)
  }

  /// The bytes of the file that are loaded at an address; nil where not all of them are in one section.
  func place(of address: Int64, count: Int64) -> Range<Int64>? {
    guard address > 0, count > 0 else { return nil }
    for section in sections.prefix(256) where address >= section.address && address - section.address < section.rawSize
    {
      let place = section.rawPlace + (address - section.address)
      guard count <= section.rawSize - (address - section.address), place + count <= range.upperBound else {
        return nil
      }
      return place..<place + count
    }
    return nil
  }

  /// Adds what precedes the section headers.
  func addHeaders(_ source: inout ByteSource, to layout: inout LayoutBuilder) throws(FormatError) {
    let start = range.lowerBound
    try layout.add("DOS header", at: start, count: 64, .structure(FieldTable(prefix: "DOS ", fields: Self.dosFields)))
    let stubEnd = coffPlace - 4
    if stubEnd > start + 64 {
      let rich = try RichHeader.place(&source, (start + 64)..<stubEnd)
      try layout.add("DOS stub", at: start + 64, count: (rich?.lowerBound ?? stubEnd) - start - 64, role: .code)
      if let rich {
        try layout.add(
          "Rich header", at: rich.lowerBound, count: Int64(rich.count), .structure(RichHeader()), role: .generator)
        if rich.upperBound < stubEnd {
          try layout.add(
            "padding after Rich header", at: rich.upperBound, count: stubEnd - rich.upperBound, role: .padding)
        }
      }
    }
    try layout.add("PE signature", at: stubEnd, count: 4, .field(.bytes))
    let hasDigest = try PEDirectories(image: self).hasDigest(&source)
    try layout.add("COFF header", at: coffPlace, count: 20, .structure(CoffHeader(stampIsDigest: hasDigest)))
    try layout.add(
      "optional header", at: coffPlace + 20, count: optionalLength, .structure(PEOptionalHeader(is64: is64)))
  }

  private static let dosFields: [FieldTable.Field] = [
    ("magic", 2, .text, nil), ("header", 38, .bytes, .data), ("reserved", 20, .bytes, .padding),
    ("PE header offset", 4, .hexadecimal(.little), .offset),
  ]
}

/// The optional header of an image, and the places of its tables.
struct PEOptionalHeader: Structure {
  let is64: Bool

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let word: Int64 = is64 ? 8 : 4
    var fields: [FieldTable.Field] = [
      ("magic", 2, .names(.little, [0x10B: "PE32", 0x20B: "PE32+"]), .platform),
      ("linker version", 2, .majorMinorBytes, .generator),
      ("size of code", 4, .unsigned(.little), .size), ("size of initialised data", 4, .unsigned(.little), .size),
      ("size of uninitialised data", 4, .unsigned(.little), .size),
      ("entry point", 4, .hexadecimal(.little), .offset), ("base of code", 4, .hexadecimal(.little), .offset),
    ]
    if !is64 { fields.append(("base of data", 4, .hexadecimal(.little), .offset)) }
    fields += [
      ("image base", word, .hexadecimal(.little), .data),
      ("section alignment", 4, .unsigned(.little), .data), ("file alignment", 4, .unsigned(.little), .data),
      ("system version", 4, .custom(Self.version), .platform),
      ("image version", 4, .custom(Self.version), .version),
      ("subsystem version", 4, .custom(Self.version), .platform),
      ("Win32 version", 4, .unsigned(.little), .padding),
      ("size of image", 4, .unsigned(.little), .size), ("size of headers", 4, .unsigned(.little), .size),
      ("checksum", 4, .hexadecimal(.little), .checksum),
      ("subsystem", 2, .names(.little, Self.subsystems), .platform),
      ("DLL characteristics", 2, .bits(.little, Self.characteristics), .flags),
      ("stack reserve", word, .unsigned(.little), .data), ("stack commit", word, .unsigned(.little), .data),
      ("heap reserve", word, .unsigned(.little), .data), ("heap commit", word, .unsigned(.little), .data),
      ("loader flags", 4, .hexadecimal(.little), .flags), ("directory count", 4, .unsigned(.little), .size),
    ]
    for name in Self.directories {
      // The place of certificates belongs to the signature: it is there only when one is.
      let role = name == "certificate table" ? Difference.Role.signature : nil
      fields.append(("\(name) address", 4, .hexadecimal(.little), role ?? .offset))
      fields.append(("\(name) size", 4, .unsigned(.little), role ?? .size))
    }
    try FieldTable(fields: fields).layOut(&source, range, into: &layout)
  }

  @Sendable private static func version(_ bytes: [UInt8]) -> String? {
    bytes.count == 4
      ? "\(Int(bytes[0]) | Int(bytes[1]) << 8).\(Int(bytes[2]) | Int(bytes[3]) << 8)" : nil
  }

  private static let directories = [
    "export table", "import table", "resource table", "exception table", "certificate table",
    "base relocation table", "debug table", "architecture table", "global pointer", "thread storage table",
    "load configuration", "bound import table", "import address table", "delay import table", "CLI header",
    "reserved table",
  ]

  private static let subsystems: [UInt64: String] = [
    1: "native", 2: "Windows", 3: "Windows console", 7: "POSIX", 10: "EFI application", 11: "EFI boot driver",
    12: "EFI runtime driver", 13: "EFI ROM", 14: "Xbox", 16: "Windows boot",
  ]

  private static let characteristics: [(bit: UInt64, name: String)] = [
    (0x20, "high entropy addresses"), (0x40, "dynamic base"), (0x80, "forced integrity"), (0x100, "NX compatible"),
    (0x200, "no isolation"), (0x400, "no SEH"), (0x800, "no bind"), (0x1000, "app container"),
    (0x2000, "WDM driver"), (0x4000, "control flow guard"), (0x8000, "terminal server aware"),
  ]
}

/// The tools whose objects went into an image, as Microsoft's linker notes them.
struct RichHeader: Structure {
  /// Where the header is within the DOS stub; nil when there is none.
  static func place(_ source: inout ByteSource, _ stub: Range<Int64>) throws(FormatError) -> Range<Int64>? {
    let searched = stub.lowerBound..<min(stub.upperBound, stub.lowerBound + 8192)
    guard let mark = try source.find(Array("Rich".utf8), in: searched), mark + 8 <= stub.upperBound else { return nil }
    let key = try source.bytes(at: mark + 4, count: 4)
    let start = zip(Array("DanS".utf8), key).map { $0 ^ $1 }
    guard let place = try source.find(start, in: stub.lowerBound..<mark) else { return nil }
    return place..<mark + 8
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let key = try source.bytes(at: range.upperBound - 4, count: 4)
    let plain: @Sendable ([UInt8]) -> [UInt8] = { bytes in bytes.indices.map { bytes[$0] ^ key[$0 % 4] } }
    var run = FieldRun(at: range.lowerBound, prefix: "Rich header ")
    try run.add("start", min(16, Int64(range.count) - 8), .bytes, .generator, to: &layout)
    while range.upperBound - 8 - run.place >= 8 {
      let entry = Encoding.custom { bytes in
        let entry = plain(bytes)
        guard entry.count == 8 else { return nil }
        let numbers = stride(from: 0, to: 8, by: 2).map { Int(entry[$0]) | Int(entry[$0 + 1]) << 8 }
        return "tool \(numbers[1]), build \(numbers[0]), used \(numbers[2] | numbers[3] << 16) times"
      }
      try run.add("tool", 8, entry, .generator, to: &layout)
    }
    try run.add("mark", range.upperBound - 4 - run.place, .text, to: &layout)
    try run.add("key", 4, .hexadecimal(.little), .checksum, to: &layout)
  }
}
