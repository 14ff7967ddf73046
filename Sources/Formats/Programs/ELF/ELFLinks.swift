import Model

/// Where a program's debug information is: a file's name and a checksum of it, or its build-id.
struct ELFDebugLink: Structure {
  let prefix: String
  let order: ByteOrder
  /// Whether a build-id follows the name rather than a checksum.
  let hasIdentity: Bool

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let length = Int(min(range.upperBound - range.lowerBound, 4096))
    let name = try source.bytes(at: range.lowerBound, count: length).prefix { $0 != 0 }
    let ended = range.lowerBound + Int64(min(name.count + 1, length))
    // The file is usually named by the build-id, from which the name then follows.
    try layout.add(
      prefix + "file name", at: range.lowerBound, count: ended - range.lowerBound, .field(.text),
      role: hasIdentity ? .path : .checksum)
    if hasIdentity {
      try layout.add(prefix + "build-id", at: ended, count: range.upperBound - ended, .field(.bytes), role: .identity)
      return
    }
    let checksum = range.upperBound - 4
    guard checksum >= ended else { throw .truncated(at: range.upperBound) }
    if checksum > ended {
      try layout.add(prefix + "padding", at: ended, count: checksum - ended, .field(.bytes), role: .padding)
    }
    try layout.add(prefix + "checksum", at: checksum, count: 4, .field(.hexadecimal(order)), role: .checksum)
  }
}

/// The header of a compressed section.
struct ELFCompressionHeader: Structure {
  let prefix: String
  let kind: ELFKind

  static func length(_ kind: ELFKind) -> Int64 { kind.is64 ? 24 : 12 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var fields = ELFFieldWriter(prefix: prefix, place: range.lowerBound)
    try fields.add("compression", 4, .names(kind.order, [1: "zlib", 2: "zstd"]), .compression, to: &layout)
    if kind.is64 { try fields.add("compression reserved", 4, .bytes, .padding, to: &layout) }
    try fields.add("uncompressed size", kind.wordLength, .unsigned(kind.order), .size, to: &layout)
    try fields.add("uncompressed alignment", kind.wordLength, .unsigned(kind.order), .flags, to: &layout)
  }
}
