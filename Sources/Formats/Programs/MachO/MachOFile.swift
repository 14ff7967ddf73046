import Model

/// A program, library or object file of Apple's systems.
struct MachOFile: Format {
  let name = "Mach-O"

  static let magics: [[UInt8]] = [
    [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE], [0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF],
  ]

  func recognises(_ head: FileHead) -> Bool {
    head.bytes.count >= 28 && Self.magics.contains { head.has($0) }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let image = try MachOImage(&source, range)
    try layout.add(
      "header", at: range.lowerBound, count: image.headerLength, .structure(Self.header(image)))
    for command in image.commands {
      let group = layout.group(command.name)
      try layout.add(
        "command", at: command.range.lowerBound, count: Int64(command.range.count),
        .structure(MachOCommandFields(command: command, image: image)), in: group)
    }
    var codeSections = 0
    for section in image.sections {
      guard section.size > 0, section.place > range.lowerBound else { continue }
      let group = layout.group(section.name)
      let isCode = section.isCode && codeSections < MachOSectionContent.codeSectionLimit
      if isCode { codeSections += 1 }
      let symbols = isCode ? image.symbols : nil
      try layout.addAvailable(
        "content", at: section.place, count: section.size,
        symbols.map {
          .structure(MachOSectionContent(section: section, symbols: $0, is64: image.is64, order: image.order))
        }
          ?? .opaque, role: section.role, in: group)
      if section.relocationCount > 0 {
        try layout.addAvailable(
          "relocations", at: section.relocationPlace, count: 8 * section.relocationCount, role: .data, in: group)
      }
    }
    for table in image.tables where table.size > 0 {
      try layout.addAvailable(table.name, at: table.place, count: table.size, table.shape, role: table.role)
    }
    try addPadding(image, &source, range, to: &layout)
  }

  /// Names what fills up to alignments: short holes, and longer ones of nothing but zeros.
  private func addPadding(
    _ image: MachOImage, _ source: inout ByteSource, _ range: Range<Int64>, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    var known = image.sections.filter { $0.size > 0 && $0.place > range.lowerBound }.map { ($0.place, $0.size) }
    known += image.sections.filter { $0.relocationCount > 0 }.map { ($0.relocationPlace, 8 * $0.relocationCount) }
    known += image.tables.map { ($0.place, $0.size) }
    known.append((range.upperBound, 0))
    var end = image.commandsEnd
    for (place, size) in known.sorted(by: { $0.0 < $1.0 }) {
      let hole = place - end
      if hole > 0, place <= range.upperBound {
        // Longer than a page of any processor it would be no alignment.
        let bytes = hole <= 1 << 16 ? try source.bytes(at: end, count: Int(hole)) : [1]
        if hole < 16 || bytes.allSatisfy({ $0 == 0 }) {
          try layout.add("padding", at: end, count: hole, role: .padding)
        }
      }
      end = max(end, place + size)
    }
  }

  private static func header(_ image: MachOImage) -> FieldTable {
    let order = image.order
    return FieldTable(fields: [
      ("magic", 4, .bytes, nil), ("processor", 4, .hexadecimal(order), .platform),
      ("processor kind", 4, .hexadecimal(order), .platform),
      ("file type", 4, .names(order, fileTypes), .data),
      ("number of commands", 4, .unsigned(order), .size), ("size of commands", 4, .unsigned(order), .size),
      ("flags", 4, .hexadecimal(order), .flags), ("reserved", 4, .bytes, .padding),
    ])
  }

  private static let fileTypes: [UInt64: String] = [
    1: "object", 2: "program", 4: "core", 5: "preloaded", 6: "library", 7: "dynamic linker", 8: "bundle",
    9: "library stub", 10: "debug symbols", 11: "kernel extension", 12: "file set",
  ]
}
