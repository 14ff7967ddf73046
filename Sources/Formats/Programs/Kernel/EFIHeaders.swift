import Model

/// The headers for UEFI that a Linux kernel image has among its own: Microsoft, PE Format.
struct EFIHeaders {
  /// Where the PE signature is.
  private let place: Int64
  private let optionalLength: Int64
  private let directories: Int64
  private let sectionCount: Int
  /// Where the signatures are; nil in an image without.
  let certificates: Range<Int64>?

  /// Reads them; nil where the image has none.
  init?(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) {
    guard range.upperBound - range.lowerBound >= 64, try source.has(Array("MZ".utf8), at: range.lowerBound) else {
      return nil
    }
    place = try range.lowerBound + source.u32(at: range.lowerBound + 60)
    guard try source.has(Array("PE\0\0".utf8), at: place) else { return nil }
    sectionCount = try source.u16(at: place + 6)
    optionalLength = Int64(try source.u16(at: place + 20))
    let magic = try source.u16(at: place + 24)
    directories = place + 24 + (magic == 0x20B ? 112 : 96)
    guard magic == 0x10B || magic == 0x20B, directories + 40 <= place + 24 + optionalLength else { return nil }
    let offset = try range.lowerBound + source.u32(at: directories + 32)
    let length = try source.u32(at: directories + 36)
    let isPresent = length > 0 && offset >= place && offset <= range.upperBound - length
    certificates = isPresent ? offset..<(offset + length) : nil
  }

  /// From the PE signature to the last section's header.
  var range: Range<Int64> { place..<(place + 24 + optionalLength + 40 * Int64(min(sectionCount, 96))) }

  /// Adds the headers; what they lie among is for the kernel's own format.
  func add(_ source: inout ByteSource, to layout: inout LayoutBuilder) throws(FormatError) {
    try layout.add("PE signature", at: place, count: 4, .field(.bytes))
    try layout.add("COFF header", at: place + 4, count: 20, .structure(FixedRecord(fields: Self.coff)))
    let isWide = directories == place + 24 + 112
    try layout.add(
      "optional header", at: place + 24, count: optionalLength,
      .structure(FixedRecord(fields: Self.optional(isWide, length: optionalLength))))
    for index in 0..<Int64(min(sectionCount, 96)) {
      let header = place + 24 + optionalLength + 40 * index
      let name = ExactText.text(Array(try source.bytes(at: header, count: 8).prefix { $0 != 0 }))
      try layout.add(
        "\(name) header", at: header, count: 40,
        .structure(FixedRecord(prefix: "\(name) header ", fields: Self.section)))
    }
    if let certificates {
      try layout.add(
        "certificate table", at: certificates.lowerBound, count: Int64(certificates.count), .opaque, role: .signature)
    }
  }

  private static let coff: [FieldRow] = [
    ("machine", 2, .names(.little, [0x14C: "i386", 0x8664: "x86-64", 0xAA64: "AArch64"]), .platform),
    ("section count", 2, .unsigned(.little), .size), ("timestamp", 4, .seconds(.little), .time),
    ("symbol table", 4, .hexadecimal(.little), .offset), ("symbol count", 4, .unsigned(.little), .size),
    ("optional header size", 2, .unsigned(.little), .size), ("characteristics", 2, .hexadecimal(.little), .flags),
  ]

  /// The fields; an optional header may have fewer tables than there are.
  private static func optional(_ isWide: Bool, length: Int64) -> [FieldRow] {
    let word: Int64 = isWide ? 8 : 4
    var fields: [FieldRow] = [
      ("optional header magic", 2, .hexadecimal(.little), .platform), ("linker version", 2, .bytes, .generator),
      ("size of code", 4, .unsigned(.little), .size), ("size of initialised data", 4, .unsigned(.little), .size),
      ("size of uninitialised data", 4, .unsigned(.little), .size),
      ("entry point", 4, .hexadecimal(.little), .offset), ("base of code", 4, .hexadecimal(.little), .offset),
    ]
    if !isWide { fields.append(("base of data", 4, .hexadecimal(.little), .offset)) }
    fields += [
      ("image base", word, .hexadecimal(.little), .data), ("section alignment", 4, .unsigned(.little), .data),
      ("file alignment", 4, .unsigned(.little), .data), ("system version", 4, .bytes, .platform),
      ("image version", 4, .bytes, .version), ("subsystem version", 4, .bytes, .platform),
      ("Win32 version", 4, .unsigned(.little), .padding), ("size of image", 4, .unsigned(.little), .size),
      ("size of headers", 4, .unsigned(.little), .size), ("checksum", 4, .hexadecimal(.little), .checksum),
      ("subsystem", 2, .unsigned(.little), .platform), ("DLL characteristics", 2, .hexadecimal(.little), .flags),
      ("stack reserve", word, .unsigned(.little), .data), ("stack commit", word, .unsigned(.little), .data),
      ("heap reserve", word, .unsigned(.little), .data), ("heap commit", word, .unsigned(.little), .data),
      ("loader flags", 4, .hexadecimal(.little), .flags), ("directory count", 4, .unsigned(.little), .size),
    ]
    for name in ["export table", "import table", "resource table", "exception table"] {
      fields.append(("\(name) address", 4, .hexadecimal(.little), .offset))
      fields.append(("\(name) size", 4, .unsigned(.little), .size))
    }
    // There is a place of certificates only where there is a signature.
    fields.append(("certificate table address", 4, .hexadecimal(.little), .signature))
    fields.append(("certificate table size", 4, .unsigned(.little), .signature))
    let rest = length - fields.reduce(0) { $0 + $1.length }
    if rest > 0 { fields.append(("further tables", rest, .bytes, .offset)) }
    return fields
  }

  private static let section: [FieldRow] = [
    ("name", 8, .text, .name), ("memory size", 4, .unsigned(.little), .size),
    ("address", 4, .hexadecimal(.little), .offset), ("file size", 4, .unsigned(.little), .size),
    ("offset", 4, .hexadecimal(.little), .offset), ("relocations", 8, .bytes, .offset),
    ("relocation counts", 4, .bytes, .size), ("characteristics", 4, .hexadecimal(.little), .flags),
  ]
}
