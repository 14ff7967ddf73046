import Model

/// What a section is for, told by its name and type.
struct ELFSectionShape {
  let image: ELFImage
  /// What debug information refers to, where there is any.
  let debug: DWARFTables?
  let index: Int

  private var section: ELFSection { image.sections[index] }
  private var prefix: String { section.name + " " }

  /// Adds the section's region, or those of its header and of what it compresses.
  func add(_ source: inout ByteSource, to layout: inout LayoutBuilder) throws(FormatError) {
    let header = ELFCompressionHeader.length(image.kind)
    if section.isCompressed, section.size >= header {
      let method = try source.unsigned(at: section.offset, count: 4, image.order)
      try layout.add(
        "\(section.name) compression", at: section.offset, count: header,
        .structure(ELFCompressionHeader(prefix: prefix, kind: image.kind)), role: .compression)
      let codec: Codec? = method == 1 ? .zlib : method == 2 ? .zstd : nil
      try layout.add(
        section.name, at: section.offset + header, count: section.size - header,
        codec.map { .file($0, name: section.name) } ?? .opaque, role: .debug)
      return
    }
    if section.name.hasPrefix(".zdebug_"), section.size > 12, try source.has(Array("ZLIB".utf8), at: section.offset) {
      try layout.add("\(section.name) magic", at: section.offset, count: 4, .field(.text), role: .compression)
      try layout.add(
        "\(section.name) uncompressed size", at: section.offset + 4, count: 8, .field(.unsigned(.big)), role: .size)
      try layout.add(
        section.name, at: section.offset + 12, count: section.size - 12, .file(.zlib, name: section.name),
        role: .debug)
      return
    }
    let (shape, role) = byType() ?? byName() ?? byFlags()
    try layout.add(section.name, at: section.offset, count: section.size, shape, role: role)
  }

  private func byType() -> (Shape, Difference.Role?)? {
    switch section.type {
    case 2, 11: (.structure(ELFSymbolTable(image: image, index: index)), .name)
    case 3 where !section.name.hasPrefix(".debug"):
      (.structure(StringSequence(prefix: prefix, role: .name)), .name)
    case 4, 9: (.structure(ELFRelocations(image: image, index: index)), .offset)
    case 5, 0x6FFF_FFF6: (.opaque, .checksum)
    case 6: (.structure(ELFDynamic(image: image, index: index)), .data)
    case 7:
      (
        .structure(ELFNotes(prefix: prefix, kind: image.kind, alignment: section.alignment == 8 ? 8 : 4)),
        section.name == ".note.gnu.build-id" ? .identity : .data
      )
    case 17, 18: (.opaque, .offset)
    case 0x7000_0003, 0x6FFF_FFF5: (.opaque, .platform)
    default: nil
    }
  }

  private func byName() -> (Shape, Difference.Role?)? {
    switch section.name {
    case ".comment", ".GCC.command.line":
      (.structure(StringSequence(prefix: prefix, role: .generator)), .generator)
    case ".gnu_debuglink":
      (.structure(ELFDebugLink(prefix: prefix, order: image.order, hasIdentity: false)), .checksum)
    case ".gnu_debugaltlink":
      (.structure(ELFDebugLink(prefix: prefix, order: image.order, hasIdentity: true)), .identity)
    case ".gnu_debugdata": (.file(.xz, name: section.name), .debug)
    case ".interp": (section.size <= 4096 ? .field(.text) : .opaque, .platform)
    case ".modinfo": (.structure(ELFModuleInformation()), .data)
    case "__versions": (.structure(ELFModuleVersions(kind: image.kind)), .checksum)
    case "__ksymtab_strings": (.structure(StringSequence(prefix: prefix, role: .name)), .name)
    case ".BTF": (.structure(ELFTypeInformation(prefix: prefix, kind: image.kind)), .debug)
    case ".BTF.ext", ".BTF_ids", ".gdb_index", ".stab", ".stabstr": (.opaque, .debug)
    case ".debug_str", ".debug_line_str": (.structure(StringSequence(prefix: prefix, role: .debug)), .debug)
    case ".debug_info", ".debug_types":
      (debug.map { .structure(DWARFUnits(tables: $0, index: index)) } ?? .opaque, .debug)
    case ".debug_line": (debug.map { .structure(DWARFLineTables(tables: $0, index: index)) } ?? .opaque, .debug)
    case ".go.buildinfo": (.opaque, .version)
    case ".eh_frame_hdr": (.opaque, .offset)
    case let name where name.hasPrefix(".debug_"): (.opaque, .debug)
    case let name where name.hasPrefix(".gnu.debuglto_"): (.opaque, .debug)
    case let name where name.hasPrefix(".gnu.lto_"): (.opaque, .code)
    default: nil
    }
  }

  private func byFlags() -> (Shape, Difference.Role?) {
    if section.isExecutable { return (.structure(ELFSymbolRegions(image: image, index: index)), .code) }
    if section.isStrings { return (.structure(StringSequence(prefix: prefix, role: .text)), .text) }
    guard section.isAllocated, section.type == 1 else { return (.opaque, .data) }
    let isSplit = [".rodata", ".data", ".init.data", ".tdata"].contains { section.name.hasPrefix($0) }
    return (isSplit ? .structure(ELFSymbolRegions(image: image, index: index)) : .opaque, .data)
  }
}
