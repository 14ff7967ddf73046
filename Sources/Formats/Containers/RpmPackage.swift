import Model

/// An RPM package: a lead that nobody reads, a header with signatures, a header with all that is known, the payload.
struct RpmPackage: Format {
  let name = "RPM"

  private static let magic: [UInt8] = [0xED, 0xAB, 0xEE, 0xDB]

  func recognises(_ head: FileHead) -> Bool { head.has(Self.magic) }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = try layout.addFields(Self.lead, at: range.lowerBound)
    let signature = try RpmHeader.length(&source, at: place, range.upperBound)
    try layout.addPart("signature header", place..<place + signature, RpmHeader(isSignature: true), role: .signature)
    place += signature
    // The signatures are filled up to eight bytes.
    let padding = min((8 - signature % 8) % 8, range.upperBound - place)
    try layout.add("signature header padding", at: place, count: padding, .field(.bytes), role: .padding)
    place += padding
    let header = try RpmHeader.length(&source, at: place, range.upperBound)
    try layout.addPart("header", place..<place + header, RpmHeader(isSignature: false))
    place += header
    try layout.add(
      "payload", at: place, count: range.upperBound - place, .file(name: "payload"), role: .data)
  }

  private static let lead: [FieldRow] = [
    ("lead magic", 4, .bytes, nil), ("lead major version", 1, .unsigned(.big), .generator),
    ("lead minor version", 1, .unsigned(.big), .generator),
    ("lead type", 2, .names(.big, [0: "binary", 1: "source"]), .platform),
    ("lead architecture", 2, .unsigned(.big), .platform), ("lead name", 66, .text, .name),
    ("lead operating system", 2, .unsigned(.big), .platform), ("lead signature type", 2, .unsigned(.big), .signature),
    ("lead reserved", 16, .bytes, .padding),
  ]
}

/// A header of an RPM package: an index of tags, and a store with their values.
struct RpmHeader: Structure {
  let isSignature: Bool

  /// How long the header at a place is.
  static func length(_ source: inout ByteSource, at place: Int64, _ end: Int64) throws(FormatError) -> Int64 {
    guard try source.has([0x8E, 0xAD, 0xE8], at: place) else { throw .malformed(at: place, "no header is here") }
    let length = 16 + 16 * (try source.u32(at: place + 8, .big)) + (try source.u32(at: place + 12, .big))
    guard length <= end - place else { throw .truncated(at: end) }
    return length
  }

  private struct Entry {
    let tag: Int
    let type: Int64
    let count: Int64
    let place: Int64
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let prefix = isSignature ? "signature header " : "header "
    let index = try layout.addFields(
      [
        ("magic", 3, .bytes, nil), ("version", 1, .unsigned(.big), .generator), ("reserved", 4, .bytes, .padding),
        ("tag count", 4, .unsigned(.big), .size), ("store size", 4, .unsigned(.big), .size),
      ], at: range.lowerBound, prefix: prefix)
    let count = try source.u32(at: range.lowerBound + 8, .big)
    guard count <= (range.upperBound - index) / 16 else { throw .truncated(at: range.upperBound) }
    let store = index + 16 * count
    var entries: [Entry] = []
    for place in stride(from: index, to: store, by: 16) {
      let entry = Entry(
        tag: Int(try source.u32(at: place, .big)), type: try source.u32(at: place + 4, .big),
        count: try source.u32(at: place + 12, .big), place: store + (try source.u32(at: place + 8, .big)))
      let name = RpmTag.of(entry.tag, isSignature: isSignature).name
      try layout.add("\(name) index entry", at: place, count: 16, .field(.custom(Self.indexEntry)), role: .offset)
      if (store...range.upperBound).contains(entry.place) { entries.append(entry) }
    }
    let order = entries.indices.sorted { (entries[$0].place, $0) < (entries[$1].place, $1) }
    for (position, index) in order.enumerated() {
      let entry = entries[index]
      let next = position + 1 < order.count ? entries[order[position + 1]].place : range.upperBound
      let width = [0, 1, 1, 2, 4, 8, 0, 1][min(7, Int(clamping: entry.type))] as Int64
      // Only to the next value, so that no bytes are looked at twice.
      let length =
        switch entry.type {
        case 6: try Self.textLength(&source, entry.place..<next, count: 1)
        case 8, 9: try Self.textLength(&source, entry.place..<next, count: entry.count)
        default: min(next - entry.place, entry.count * width)
        }
      let tag = RpmTag.of(entry.tag, isSignature: isSignature)
      try layout.add(
        tag.name, at: entry.place, count: length, .field(Self.encoding(tag, entry.type, width)), role: tag.role)
      if entry.place + length < next {
        try layout.add(
          "\(tag.name) padding", at: entry.place + length, count: next - entry.place - length, .field(.bytes),
          role: .padding)
      }
    }
  }

  /// The length of so many texts, each with a NUL at its end.
  private static func textLength(
    _ source: inout ByteSource, _ range: Range<Int64>, count: Int64
  ) throws(FormatError) -> Int64 {
    var place = range.lowerBound
    var rest = count
    while place < range.upperBound, rest > 0 {
      let chunk = try source.bytes(at: place, count: Int(min(32 << 10, range.upperBound - place)))
      for byte in chunk where rest > 0 {
        place += 1
        if byte == 0 { rest -= 1 }
      }
    }
    return place - range.lowerBound
  }

  private static func indexEntry(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 16 else { return nil }
    func number(_ start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    return "type \(number(4)), offset \(number(8)), count \(number(12))"
  }

  private static func encoding(_ tag: RpmTag, _ type: Int64, _ width: Int64) -> Encoding {
    switch type {
    case 6: return .text
    case 8, 9:
      return .custom { bytes in
        (bytes.last == 0 ? bytes.dropLast() : bytes[...]).split(separator: 0, omittingEmptySubsequences: false).map {
          ExactText.text(Array($0))
        }
        .joined(separator: "\n")
      }
    case 2...5:
      let one: Encoding = tag.role == .time ? .seconds(.big) : tag.role == .mode ? .mode(.big) : .unsigned(.big)
      return .custom { bytes in
        stride(from: 0, to: bytes.count, by: Int(width))
          .map { one.text(Array(bytes[$0..<min(bytes.count, $0 + Int(width))])) }.joined(separator: ", ")
      }
    default: return .bytes
    }
  }
}

/// What a tag of an RPM header is called and for.
struct RpmTag {
  let name: String
  let role: Difference.Role?

  /// The tag of a number; signature headers have numbers of their own.
  static func of(_ number: Int, isSignature: Bool) -> RpmTag {
    let prefix = isSignature ? "signature " : ""
    let found = isSignature ? signatures[number] ?? tags[number] : tags[number]
    guard let found else { return RpmTag(name: "\(prefix)tag \(number)", role: nil) }
    return RpmTag(name: prefix + found.0, role: found.1)
  }

  private static let signatures: [Int: (String, Difference.Role?)] = [
    1000: ("size", .size), 1002: ("PGP signature", .signature), 1004: ("MD5", .checksum),
    1005: ("GPG signature", .signature),
    1007: ("payload size", .size), 1008: ("reserved space", .padding),
  ]

  private static let tags: [Int: (String, Difference.Role?)] = [
    61: ("header image", .offset), 62: ("header signatures", .offset), 63: ("header immutable", .offset),
    100: ("languages", .text), 257: ("signature size", .size), 261: ("MD5", .checksum),
    267: ("DSA signature", .signature),
    268: ("RSA signature", .signature), 269: ("SHA-1", .checksum), 270: ("long size", .size),
    271: ("long archive size", .size), 273: ("SHA-256", .checksum), 274: ("file signatures", .signature),
    276: ("verity signatures", .signature), 278: ("OpenPGP signature", .signature), 1000: ("NAME", .name),
    1001: ("VERSION", .version), 1002: ("RELEASE", .version), 1003: ("EPOCH", .version), 1004: ("SUMMARY", .text),
    1005: ("DESCRIPTION", .text), 1006: ("BUILDTIME", .time), 1007: ("BUILDHOST", .host), 1009: ("SIZE", .size),
    1010: ("DISTRIBUTION", .text), 1011: ("VENDOR", .text), 1014: ("LICENSE", .text), 1015: ("PACKAGER", .text),
    1016: ("GROUP", .text), 1020: ("URL", .text), 1021: ("OS", .platform), 1022: ("ARCH", .platform),
    1023: ("PREIN", .text), 1024: ("POSTIN", .text), 1025: ("PREUN", .text), 1026: ("POSTUN", .text),
    1027: ("OLDFILENAMES", .name), 1028: ("FILESIZES", .size), 1029: ("FILESTATES", .flags), 1030: ("FILEMODES", .mode),
    1033: ("FILERDEVS", .data), 1034: ("FILEMTIMES", .time), 1035: ("FILEDIGESTS", .checksum),
    1036: ("FILELINKTOS", .name), 1037: ("FILEFLAGS", .flags), 1039: ("FILEUSERNAME", .owner),
    1040: ("FILEGROUPNAME", .owner), 1044: ("SOURCERPM", .name), 1045: ("FILEVERIFYFLAGS", .flags),
    1046: ("ARCHIVESIZE", .size), 1047: ("PROVIDENAME", .name), 1048: ("REQUIREFLAGS", .flags),
    1049: ("REQUIRENAME", .name), 1050: ("REQUIREVERSION", .version), 1064: ("RPMVERSION", .generator),
    1080: ("CHANGELOGTIME", .time), 1081: ("CHANGELOGNAME", .text), 1082: ("CHANGELOGTEXT", .text),
    1085: ("PREINPROG", .text), 1086: ("POSTINPROG", .text), 1094: ("COOKIE", .host), 1095: ("FILEDEVICES", .platform),
    1096: ("FILEINODES", .platform), 1097: ("FILELANGS", .text), 1112: ("PROVIDEFLAGS", .flags),
    1113: ("PROVIDEVERSION", .version), 1116: ("DIRINDEXES", .data), 1117: ("BASENAMES", .name),
    1118: ("DIRNAMES", .name), 1122: ("OPTFLAGS", .flags), 1123: ("DISTURL", .version),
    1124: ("PAYLOADFORMAT", .compression),
    1125: ("PAYLOADCOMPRESSOR", .compression), 1126: ("PAYLOADFLAGS", .compression), 1131: ("RHNPLATFORM", .platform),
    1132: ("PLATFORM", .platform), 1140: ("FILECOLORS", .data), 1141: ("FILECLASS", .data), 1142: ("CLASSDICT", .text),
    1143: ("FILEDEPENDSX", .data), 1144: ("FILEDEPENDSN", .data), 1145: ("DEPENDSDICT", .data),
    1146: ("SOURCEPKGID", .checksum), 5008: ("LONGFILESIZES", .size), 5009: ("LONGSIZE", .size),
    5011: ("FILEDIGESTALGO", .data), 5012: ("BUGURL", .text), 5034: ("VCS", .version), 5062: ("ENCODING", .text),
    5092: ("PAYLOADDIGEST", .checksum), 5093: ("PAYLOADDIGESTALGO", .data), 5097: ("PAYLOADDIGESTALT", .checksum),
    5098: ("MODULARITYLABEL", .version),
  ]
}
