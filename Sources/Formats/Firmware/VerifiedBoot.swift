import Model

/// Metadata of Android Verified Boot (`vbmeta.img`): a header, a signed hash, descriptors, a public key.
struct VerifiedBootMetadata: Format {
  let name = "AVB metadata"
  var prefix = ""

  func recognises(_ head: FileHead) -> Bool { head.has("AVB0") && head.size >= 256 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    guard try source.has(Array("AVB0".utf8), at: start) else { throw .malformed(at: start, "the magic is missing") }
    try layout.addFields(Self.header, at: start, prefix: prefix)
    let authentication = start + 256
    let authenticationSize = try Self.size(&source, start + 12)
    let auxiliary = authentication + authenticationSize
    let auxiliarySize = try Self.size(&source, start + 20)
    let end = auxiliary + auxiliarySize
    guard end <= range.upperBound else { throw .truncated(at: range.upperBound) }
    for (name, place, base, role) in [
      ("hash", 32, authentication, .checksum), ("signature", 48, authentication, .signature),
      ("public key", 64, auxiliary, .signature), ("public key metadata", 80, auxiliary, .signature),
    ] as [(String, Int64, Int64, Difference.Role)] {
      let offset = try Self.size(&source, start + place)
      let size = try Self.size(&source, start + place + 8)
      if size > 0 { try layout.add(prefix + name, at: base + offset, count: size, .field(.bytes), role: role) }
    }
    let descriptors = auxiliary + (try Self.size(&source, start + 96))
    let descriptorsEnd = descriptors + (try Self.size(&source, start + 104))
    guard descriptorsEnd <= end else { throw .malformed(at: start + 96, "descriptors are outside of their block") }
    try layOutDescriptors(&source, descriptors..<descriptorsEnd, into: &layout)
    if end < range.upperBound {
      try layout.add("\(prefix)end padding", at: end, count: range.upperBound - end, .opaque, role: .padding)
    }
  }

  private func layOutDescriptors(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    while place < range.upperBound {
      let tag = try source.unsigned(at: place, count: 8, .big)
      let length = 16 + (try Self.size(&source, place + 8))
      guard length <= range.upperBound - place else { throw .malformed(at: place, "a descriptor is too long") }
      let kind = VerifiedBootDescriptor.kinds[tag]
      var title = kind?.name ?? "unknown descriptor"
      if let kind, kind.nameLength > 0, length >= kind.fixed {
        // A descriptor is known by its partition, or by its key.
        let count = try source.unsigned(at: place + kind.nameLength, count: tag == 0 ? 8 : 4, .big)
        if count <= 255, Int64(count) <= length - kind.fixed {
          title += " " + ExactText.text(try source.bytes(at: place + kind.fixed, count: Int(count)))
        }
      }
      try layout.add(
        prefix + title, at: place, count: length,
        .structure(VerifiedBootDescriptor(kind: tag, prefix: "\(prefix)\(title) ")), role: .data)
      place += length
    }
  }

  /// A size or offset; one that no file has is an error.
  fileprivate static func size(_ source: inout ByteSource, _ place: Int64) throws(FormatError) -> Int64 {
    let value = try source.u64(at: place, .big)
    guard value <= 1 << 48 else { throw .malformed(at: place, "a number is too large") }
    return value
  }

  private static let header: [FieldRow] = [
    ("magic", 4, .text, nil), ("required major version", 4, .unsigned(.big), nil),
    ("required minor version", 4, .unsigned(.big), nil),
    ("authentication block size", 8, .unsigned(.big), .size),
    ("auxiliary block size", 8, .unsigned(.big), .size),
    ("algorithm", 4, .names(.big, algorithms), .signature), ("hash offset", 8, .unsigned(.big), .offset),
    ("hash size", 8, .unsigned(.big), .size), ("signature offset", 8, .unsigned(.big), .offset),
    ("signature size", 8, .unsigned(.big), .size), ("public key offset", 8, .unsigned(.big), .offset),
    ("public key size", 8, .unsigned(.big), .size),
    ("public key metadata offset", 8, .unsigned(.big), .offset),
    ("public key metadata size", 8, .unsigned(.big), .size),
    ("descriptors offset", 8, .unsigned(.big), .offset), ("descriptors size", 8, .unsigned(.big), .size),
    ("rollback index", 8, .unsigned(.big), .version),
    ("flags", 4, .bits(.big, [(1, "hash tree disabled"), (2, "verification disabled")]), .flags),
    ("rollback index location", 4, .unsigned(.big), .data), ("release", 48, .text, .generator),
    ("reserved", 80, .bytes, .padding),
  ]

  private static let algorithms: [UInt64: String] = [
    0: "none", 1: "SHA256 RSA2048", 2: "SHA256 RSA4096", 3: "SHA256 RSA8192", 4: "SHA512 RSA2048",
    5: "SHA512 RSA4096", 6: "SHA512 RSA8192",
  ]
}

/// One descriptor: fixed fields, then texts and digests of the lengths that they say.
private struct VerifiedBootDescriptor: Structure {
  let kind: UInt64
  let prefix: String

  /// What is known of a kind: where the length of its name is, and how long the fields are that come first.
  static let kinds: [UInt64: (name: String, nameLength: Int64, fixed: Int64)] = [
    0: ("property", 16, 32), 1: ("hash tree of", 104, 180), 2: ("hash of", 56, 132), 3: ("kernel command line", 0, 24),
    4: ("chain to", 20, 92),
  ]

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    let fields = Self.fields[kind] ?? []
    try layout.addFields(Self.head + fields, at: start, prefix: prefix)
    var place = (Self.head + fields).reduce(start) { $0 + $1.length }
    for (name, lengthPlace, lengthSize, extra, encoding, role) in Self.parts[kind] ?? [] {
      let length = try source.unsigned(at: start + lengthPlace, count: lengthSize, .big)
      guard length <= UInt64(range.count) else { throw .malformed(at: start, "a part is longer than its descriptor") }
      let count = Int64(length) + extra
      if count > 0 { try layout.add(prefix + name, at: place, count: count, .field(encoding), role: role) }
      place += count
    }
    if place < range.upperBound {
      try layout.add("\(prefix)padding", at: place, count: range.upperBound - place, .opaque, role: .padding)
    }
  }

  private static let head: [FieldRow] = [
    ("kind", 8, .unsigned(.big), nil), ("size", 8, .unsigned(.big), .size),
  ]

  private static let fields: [UInt64: [FieldRow]] = [
    0: [("key length", 8, .unsigned(.big), .size), ("value length", 8, .unsigned(.big), .size)],
    1: [
      ("dm-verity version", 4, .unsigned(.big), nil), ("image size", 8, .unsigned(.big), .size),
      ("tree offset", 8, .unsigned(.big), .offset), ("tree size", 8, .unsigned(.big), .size),
      ("data block size", 4, .unsigned(.big), .data), ("hash block size", 4, .unsigned(.big), .data),
      ("error correction roots", 4, .unsigned(.big), .data),
      ("error correction offset", 8, .unsigned(.big), .offset),
      ("error correction size", 8, .unsigned(.big), .size), ("hash algorithm", 32, .text, nil),
      ("name length", 4, .unsigned(.big), .size), ("salt length", 4, .unsigned(.big), .size),
      ("digest length", 4, .unsigned(.big), .size), ("flags", 4, .hexadecimal(.big), .flags),
      ("reserved", 60, .bytes, .padding),
    ],
    2: [
      ("image size", 8, .unsigned(.big), .size), ("hash algorithm", 32, .text, nil),
      ("name length", 4, .unsigned(.big), .size), ("salt length", 4, .unsigned(.big), .size),
      ("digest length", 4, .unsigned(.big), .size), ("flags", 4, .hexadecimal(.big), .flags),
      ("reserved", 60, .bytes, .padding),
    ],
    3: [("flags", 4, .hexadecimal(.big), .flags), ("length", 4, .unsigned(.big), .size)],
    4: [
      ("rollback index location", 4, .unsigned(.big), .data), ("name length", 4, .unsigned(.big), .size),
      ("key length", 4, .unsigned(.big), .size), ("flags", 4, .hexadecimal(.big), .flags),
      ("reserved", 60, .bytes, .padding),
    ],
  ]

  /// The parts behind the fixed fields: name, where its length is, of how many bytes, what it has beyond it.
  private static let parts: [UInt64: [(String, Int64, Int, Int64, Encoding, Difference.Role)]] = [
    0: [("key", 16, 8, 1, .text, .name), ("value", 24, 8, 1, .text, .version)],
    1: [
      ("partition", 104, 4, 0, .text, .name), ("salt", 108, 4, 0, .bytes, .identity),
      ("root digest", 112, 4, 0, .bytes, .checksum),
    ],
    2: [
      ("partition", 56, 4, 0, .text, .name), ("salt", 60, 4, 0, .bytes, .identity),
      ("digest", 64, 4, 0, .bytes, .checksum),
    ],
    3: [("command line", 20, 4, 0, .text, .text)],
    4: [("partition", 20, 4, 0, .text, .name), ("public key", 24, 4, 0, .bytes, .signature)],
  ]
}

/// A partition's image with a footer of Android Verified Boot: the image, its hash tree, its metadata, the footer.
struct VerifiedBootImage: Format {
  let name = "AVB image"

  private static let footerLength: Int64 = 64

  func recognises(_ head: FileHead) -> Bool {
    head.size > Self.footerLength && head.tail.suffix(Int(Self.footerLength)).starts(with: Array("AVBf".utf8))
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let footer = range.upperBound - Self.footerLength
    guard try source.has(Array("AVBf".utf8), at: footer) else { throw .malformed(at: footer, "the footer is missing") }
    try layout.addFields(Self.footer, at: footer, prefix: "AVB footer ")
    let image = try VerifiedBootMetadata.size(&source, footer + 12)
    let metadata = try VerifiedBootMetadata.size(&source, footer + 20)
    let size = try VerifiedBootMetadata.size(&source, footer + 28)
    let (start, end) = (range.lowerBound, range.lowerBound + metadata + size)
    guard image <= metadata, end <= footer else { throw .malformed(at: footer, "its parts are outside of the image") }
    try layout.add("image", at: start, count: image, .file(name: "image"), role: .data)
    if metadata > image {
      // The padding up to a block, and where the descriptor is one of a hash tree, that and its correction codes.
      try layout.add("padding and hash tree", at: start + image, count: metadata - image, .opaque, role: .checksum)
    }
    try layout.add(
      "AVB metadata", at: start + metadata, count: size, .structure(VerifiedBootMetadata(prefix: "AVB ")),
      role: .signature)
    if end < footer { try layout.add("footer padding", at: end, count: footer - end, .opaque, role: .padding) }
  }

  private static let footer: [FieldRow] = [
    ("magic", 4, .text, nil), ("major version", 4, .unsigned(.big), nil), ("minor version", 4, .unsigned(.big), nil),
    ("image size", 8, .unsigned(.big), .size), ("metadata offset", 8, .unsigned(.big), .offset),
    ("metadata size", 8, .unsigned(.big), .size), ("reserved", 28, .bytes, .padding),
  ]
}
