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
    try layout.add("COFF header", at: place + 4, count: 20, .structure(CoffHeader()))
    try layout.add(
      "optional header", at: place + 24, count: optionalLength,
      .structure(PEOptionalHeader(is64: directories == place + 24 + 112)))
    for index in 0..<Int64(min(sectionCount, 96)) {
      let header = place + 24 + optionalLength + 40 * index
      let name = ExactText.text(Array(try source.bytes(at: header, count: 8).prefix { $0 != 0 }))
      try layout.add(
        "\(name) header", at: header, count: 40,
        .structure(CoffSectionHeader(prefix: "\(name) header ")))
    }
    if let certificates {
      try layout.add(
        "certificate table", at: certificates.lowerBound, count: Int64(certificates.count),
        .structure(PECertificates()), role: .signature)
    }
  }
}
