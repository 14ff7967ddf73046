import Model

/// The dynamic section: a region for each entry, by its tag.
struct ELFDynamic: Structure {
  let image: ELFImage
  let index: Int

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let (section, kind) = (image.sections[index], image.kind)
    let word = kind.wordLength
    let bytes = try source.bytes(at: section.offset, count: Int(min(section.size, Self.limit)))
    let count = bytes.count / (2 * word)
    var names = ELFNames(try image.contents(of: section.link, &source), uses: count)
    for index in 0..<count {
      let place = index * 2 * word
      let tag = kind.word(bytes, place)
      if tag == 0 {
        let rest = range.upperBound - range.lowerBound - Int64(place)
        return try layout.add(
          "\(section.name) end", at: range.lowerBound + Int64(place), count: rest, .field(.bytes), role: .padding)
      }
      let entry = Self.entries[tag]
      let value = kind.word(bytes, place + word)
      var encoding = entry?.encoding(kind) ?? .hexadecimal(kind.order)
      if entry?.isText == true, let text = try names.name(Int(clamping: value)) {
        let stored = Array(bytes[(place + word)..<(place + 2 * word)])
        encoding = .custom { $0 == stored ? text : nil }
      }
      let name = "\(section.name) \(entry?.name ?? "tag 0x" + String(tag, radix: 16))"
      let start = range.lowerBound + Int64(place)
      try layout.add("\(name) tag", at: start, count: Int64(word), .field(.hexadecimal(kind.order)))
      try layout.add(name, at: start + Int64(word), count: Int64(word), .field(encoding), role: entry?.role ?? .data)
    }
  }

  /// More than any linker writes, in bytes.
  private static let limit: Int64 = 1 << 20

  private struct Entry {
    let name: String
    let role: Difference.Role
    var isText = false

    func encoding(_ kind: ELFKind) -> Encoding {
      switch role {
      case .size: .unsigned(kind.order)
      default: .hexadecimal(kind.order)
      }
    }
  }

  private static let entries: [UInt64: Entry] = [
    1: Entry(name: "NEEDED", role: .name, isText: true), 14: Entry(name: "SONAME", role: .name, isText: true),
    15: Entry(name: "RPATH", role: .path, isText: true), 29: Entry(name: "RUNPATH", role: .path, isText: true),
    0x7FFF_FFFD: Entry(name: "AUXILIARY", role: .name, isText: true),
    0x7FFF_FFFF: Entry(name: "FILTER", role: .name, isText: true),
    2: Entry(name: "PLTRELSZ", role: .size), 3: Entry(name: "PLTGOT", role: .offset),
    4: Entry(name: "HASH", role: .offset), 5: Entry(name: "STRTAB", role: .offset),
    6: Entry(name: "SYMTAB", role: .offset), 7: Entry(name: "RELA", role: .offset),
    8: Entry(name: "RELASZ", role: .size), 9: Entry(name: "RELAENT", role: .size),
    10: Entry(name: "STRSZ", role: .size), 11: Entry(name: "SYMENT", role: .size),
    12: Entry(name: "INIT", role: .offset), 13: Entry(name: "FINI", role: .offset),
    16: Entry(name: "SYMBOLIC", role: .flags), 17: Entry(name: "REL", role: .offset),
    18: Entry(name: "RELSZ", role: .size), 19: Entry(name: "RELENT", role: .size),
    20: Entry(name: "PLTREL", role: .flags), 21: Entry(name: "DEBUG", role: .data),
    22: Entry(name: "TEXTREL", role: .flags), 23: Entry(name: "JMPREL", role: .offset),
    24: Entry(name: "BIND_NOW", role: .flags), 25: Entry(name: "INIT_ARRAY", role: .offset),
    26: Entry(name: "FINI_ARRAY", role: .offset), 27: Entry(name: "INIT_ARRAYSZ", role: .size),
    28: Entry(name: "FINI_ARRAYSZ", role: .size), 30: Entry(name: "FLAGS", role: .flags),
    32: Entry(name: "PREINIT_ARRAY", role: .offset), 33: Entry(name: "PREINIT_ARRAYSZ", role: .size),
    35: Entry(name: "RELRSZ", role: .size), 36: Entry(name: "RELR", role: .offset),
    37: Entry(name: "RELRENT", role: .size), 0x6FFF_FDF5: Entry(name: "GNU_PRELINKED", role: .time),
    0x6FFF_FEF5: Entry(name: "GNU_HASH", role: .offset), 0x6FFF_FFF0: Entry(name: "VERSYM", role: .offset),
    0x6FFF_FFF9: Entry(name: "RELACOUNT", role: .size), 0x6FFF_FFFA: Entry(name: "RELCOUNT", role: .size),
    0x6FFF_FFFB: Entry(name: "FLAGS_1", role: .flags), 0x6FFF_FFFC: Entry(name: "VERDEF", role: .offset),
    0x6FFF_FFFD: Entry(name: "VERDEFNUM", role: .size), 0x6FFF_FFFE: Entry(name: "VERNEED", role: .offset),
    0x6FFF_FFFF: Entry(name: "VERNEEDNUM", role: .size),
  ]
}
