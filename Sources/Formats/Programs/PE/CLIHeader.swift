import Model

/// The header of a .NET assembly and its metadata, ECMA-335 II.24 and II.25.3.3.
enum CLIHeader {
  /// The parts of an image that are of .NET; none when there is no such header.
  static func parts(_ source: inout ByteSource, _ image: PEImage) throws(FormatError) -> [CoffPart] {
    let (address, size) = image.directory(.cliHeader)
    guard size >= 72, let place = image.place(of: address, count: 72) else { return [] }
    var parts = [CoffPart(name: "CLI header", range: place, shape: .structure(header), role: .data)]
    let metadata = try (source.u32(at: place.lowerBound + 8), source.u32(at: place.lowerBound + 12))
    if let place = image.place(of: metadata.0, count: metadata.1) {
      parts.append(CoffPart(name: "CLI metadata", range: place, shape: .structure(CLIMetadata()), role: .data))
    }
    let resources = try (source.u32(at: place.lowerBound + 24), source.u32(at: place.lowerBound + 28))
    if let place = image.place(of: resources.0, count: resources.1) {
      parts.append(CoffPart(name: "CLI resources", range: place, shape: .opaque, role: .data))
    }
    let signature = try (source.u32(at: place.lowerBound + 32), source.u32(at: place.lowerBound + 36))
    if let place = image.place(of: signature.0, count: signature.1) {
      parts.append(CoffPart(name: "strong name signature", range: place, shape: .field(.bytes), role: .signature))
    }
    return parts
  }

  private static let header = FieldTable(
    prefix: "CLI ",
    fields: [
      ("header size", 4, .unsigned(.little), .size), ("runtime version", 4, .bytes, .platform),
      ("metadata address", 4, .hexadecimal(.little), .offset), ("metadata size", 4, .unsigned(.little), .size),
      ("flags", 4, .hexadecimal(.little), .flags), ("entry point", 4, .hexadecimal(.little), .data),
      ("resources address", 4, .hexadecimal(.little), .offset), ("resources size", 4, .unsigned(.little), .size),
      ("strong name address", 4, .hexadecimal(.little), .offset),
      ("strong name size", 4, .unsigned(.little), .size), ("other tables", 32, .bytes, .offset),
    ])
}

/// The streams of .NET metadata.
struct CLIMetadata: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    guard try source.has(Array("BSJB".utf8), at: start) else {
      throw .malformed(at: start, "the metadata has no signature")
    }
    let versionLength = try source.u32(at: start + 12)
    guard versionLength <= 256 else { throw .malformed(at: start + 12, "the version is too long") }
    try layout.add("CLI metadata header", at: start, count: 16, .field(.bytes), role: .data)
    try layout.add("CLI metadata version", at: start + 16, count: versionLength, .field(.text), role: .platform)
    var place = start + 16 + versionLength
    let count = try source.u16(at: place + 2)
    try layout.add("CLI stream count", at: place, count: 4, .field(.bytes), role: .size)
    place += 4
    for _ in 0..<min(count, 64) {
      let stream = try (offset: source.u32(at: place), size: source.u32(at: place + 4))
      let nameBytes = try source.zeroTerminated(at: place + 8, limit: 32)
      let name = ExactText.text(nameBytes)
      let headerLength = 8 + (Int64(nameBytes.count) + 4) / 4 * 4
      try layout.add("\(name) stream header", at: place, count: headerLength, .field(.bytes), role: .offset)
      place += headerLength
      if name == "#GUID", stream.size >= 16 {
        // Compilers put the module's own identity first.
        try layout.add("MVID", at: start + stream.offset, count: 16, .field(.guid), role: .identity)
        try layout.add(
          "#GUID stream", at: start + stream.offset + 16, count: stream.size - 16, .field(.bytes), role: .identity)
      } else {
        let role: Difference.Role = name == "#Strings" ? .name : name == "#US" ? .text : .data
        try layout.add("\(name) stream", at: start + stream.offset, count: stream.size, role: role)
      }
    }
  }
}
