import Model

/// What a Linux kernel module says of itself: `key=value`, a region for each key.
struct ELFModuleInformation: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    while place < range.upperBound {
      let available = Int(min(Self.limit, range.upperBound - place))
      let bytes = try source.bytes(at: place, count: min(available, 4096))
      var text = bytes.prefix { $0 != 0 }
      if text.count == bytes.count, available > bytes.count {
        text = try source.bytes(at: place, count: available).prefix { $0 != 0 }
      }
      let ended = min(Int64(text.count) + 1, range.upperBound - place)
      if text.isEmpty {
        try layout.add(".modinfo padding", at: place, count: 1, .field(.bytes), role: .padding)
      } else {
        let key = ExactText.text(Array(text.prefix(64).prefix { $0 != UInt8(ascii: "=") }))
        try layout.add(".modinfo \(key)", at: place, count: ended, .field(.text), role: Self.roles[key] ?? .data)
      }
      place += ended
    }
  }

  private static let limit: Int64 = 64 << 10

  private static let roles: [String: Difference.Role] = [
    "vermagic": .version, "version": .version, "srcversion": .checksum, "retpoline": .flags, "intree": .flags,
    "name": .name, "depends": .name, "license": .text, "description": .text, "author": .text, "signer": .signature,
    "sig_id": .signature, "sig_key": .signature, "sig_hashalgo": .signature,
  ]
}

/// The checksums of the symbols that a Linux kernel module uses: a region for each, by name.
struct ELFModuleVersions: RowTable {
  let kind: ELFKind

  /// The whole entry, with the name's fixed length.
  private static let entryLength: Int64 = 64

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let word = Int64(kind.wordLength)
    var place = range.lowerBound
    while range.upperBound - place >= Self.entryLength {
      let stored = try source.bytes(at: place + word, count: Int(Self.entryLength - word))
      let name = ExactText.text(Array(stored.prefix { $0 != 0 }))
      try layout.add(
        "__versions \(name)", at: place, count: word, .field(.hexadecimal(kind.order)), role: .checksum)
      try layout.add(
        "__versions \(name) name", at: place + word, count: Self.entryLength - word, .field(.text), role: .name)
      place += Self.entryLength
    }
  }

  func rows(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> TableRows {
    let (length, word) = (Int(Self.entryLength), Int64(kind.wordLength))
    guard range.count <= ByteSource.readLimit else { throw .tooMuch("it has \(range.count) bytes") }
    let bytes = try source.bytes(at: range.lowerBound, count: range.count)
    @Sendable func name(_ row: Int) -> ArraySlice<UInt8> {
      bytes[row * length + Int(word)..<(row + 1) * length].prefix { $0 != 0 }
    }
    return TableRows(
      bytes: bytes, rowLength: length,
      fields: [
        ("", word, .hexadecimal(kind.order), .checksum), ("name", Self.entryLength - word, .text, .name),
      ],
      keys: (0..<bytes.count / length).map { TableRows.key(name($0)) }, noun: "versions", role: .checksum,
      title: { ExactText.text(Array(name($0))) })
  }
}

/// Type information of the Linux kernel: a header, types, their names.
struct ELFTypeInformation: Structure {
  let prefix: String
  let kind: ELFKind

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let order = kind.order
    let header = try source.u32(at: range.lowerBound + 4, order)
    guard (24...1024).contains(header), header <= range.upperBound - range.lowerBound else {
      throw .malformed(at: range.lowerBound, "its header has an odd length")
    }
    var fields = ELFFieldWriter(prefix: prefix, place: range.lowerBound)
    try fields.add("magic", 2, .bytes, nil, to: &layout)
    try fields.add("version", 1, .unsigned(order), .generator, to: &layout)
    try fields.add("flags", 1, .hexadecimal(order), .flags, to: &layout)
    try fields.add("header length", 4, .unsigned(order), .size, to: &layout)
    for name in ["types offset", "types length", "names offset", "names length"] {
      try fields.add(name, 4, .unsigned(order), name.hasSuffix("length") ? .size : .offset, to: &layout)
    }
    if header > 24 { try fields.add("further header", Int(header) - 24, .bytes, .debug, to: &layout) }
    let start = range.lowerBound + header
    let types = (try source.u32(at: range.lowerBound + 8, order), try source.u32(at: range.lowerBound + 12, order))
    let names = (try source.u32(at: range.lowerBound + 16, order), try source.u32(at: range.lowerBound + 20, order))
    try layout.addAvailable(prefix + "types", at: start + types.0, count: types.1, role: .debug)
    try layout.addAvailable(
      prefix + "names", at: start + names.0, count: names.1,
      .structure(StringSequence(prefix: prefix, role: .debug)), role: .debug)
  }
}
