import Model

/// The tables of an image that its optional header points at, as parts of the sections that hold them.
struct PEDirectories {
  let image: PEImage

  /// The most debug entries that are looked at.
  private static let debugLimit: Int64 = 64

  /// Whether the linker made the time stamps digests of the content, as it says in the debug table.
  func hasDigest(_ source: inout ByteSource) throws(FormatError) -> Bool {
    try debugEntries(&source).contains { $0.kind == 16 }
  }

  /// All parts that lie within sections.
  func parts(_ source: inout ByteSource) throws(FormatError) -> [CoffPart] {
    var parts: [CoffPart] = []
    let hasDigest = try hasDigest(&source)
    let stampRole: Difference.Role = hasDigest ? .identity : .time
    if let place = place(.exports), place.count >= 40 {
      let header = place.lowerBound..<place.lowerBound + 40
      parts.append(
        CoffPart(
          name: "export directory", range: header, shape: .structure(Self.exports(stampRole)), role: .data))
      if place.count > 40 {
        parts.append(
          CoffPart(name: "export tables", range: header.upperBound..<place.upperBound, shape: .opaque, role: .name))
      }
    }
    for (directory, name, shape, role) in Self.plain(image, stampRole) {
      guard let place = place(directory) else { continue }
      parts.append(CoffPart(name: name, range: place, shape: shape, role: role))
    }
    for entry in try debugEntries(&source) {
      let kind = Self.debugKinds[entry.kind] ?? "kind \(entry.kind)"
      parts.append(
        CoffPart(
          name: "debug entry \(kind)", range: entry.place..<entry.place + 28,
          shape: .structure(Self.debugEntry(kind, stampRole)), role: .debug))
      if let data = entry.data {
        parts.append(
          CoffPart(
            name: "debug data \(kind)", range: data, shape: .structure(PEDebugData(kind: entry.kind)), role: .debug))
      }
    }
    parts += try CLIHeader.parts(&source, image)
    return parts
  }

  private func place(_ directory: PEImage.Directory) -> Range<Int64>? {
    let (address, size) = image.directory(directory)
    return image.place(of: address, count: size)
  }

  private func debugEntries(
    _ source: inout ByteSource
  ) throws(FormatError) -> [(place: Int64, kind: Int64, data: Range<Int64>?)] {
    guard let place = place(.debug) else { return [] }
    var entries: [(place: Int64, kind: Int64, data: Range<Int64>?)] = []
    for index in 0..<min(Self.debugLimit, Int64(place.count) / 28) {
      let entry = place.lowerBound + 28 * index
      let size = try source.u32(at: entry + 16)
      let offset = try image.range.lowerBound + source.u32(at: entry + 24)
      let isInside = size > 0 && offset > image.range.lowerBound && offset + size <= image.range.upperBound
      entries.append((entry, try source.u32(at: entry + 12), isInside ? offset..<offset + size : nil))
    }
    return entries
  }

  /// The tables that are named as a whole, or whose fields need nothing else.
  private static func plain(
    _ image: PEImage, _ stampRole: Difference.Role
  ) -> [(PEImage.Directory, String, Shape, Difference.Role)] {
    [
      (.imports, "import directory", .structure(PEImports(image: image)), .data),
      (.resources, "resources", .structure(PEResources(image: image)), .data),
      (.exceptions, "exception table", .opaque, .offset), (.relocations, "base relocations", .opaque, .offset),
      (.threadStorage, "thread storage table", .opaque, .data),
      (
        .loadConfiguration, "load configuration",
        .structure(
          FieldTable(
            prefix: "load configuration ",
            fields: [
              ("size", 4, .unsigned(.little), .size), ("time stamp", 4, .stamp(.little), stampRole),
              ("version", 4, .bytes, .version),
            ], rest: ("rest", .data))), .data
      ),
      (.boundImports, "bound import table", .opaque, .data),
      (.importAddresses, "import address table", .opaque, .offset),
      (.delayImports, "delay import table", .opaque, .data),
    ]
  }

  private static func exports(_ stampRole: Difference.Role) -> FieldTable {
    FieldTable(
      prefix: "export directory ",
      fields: [
        ("flags", 4, .hexadecimal(.little), .flags), ("time stamp", 4, .stamp(.little), stampRole),
        ("major version", 2, .unsigned(.little), .version), ("minor version", 2, .unsigned(.little), .version),
        ("name address", 4, .hexadecimal(.little), .offset), ("ordinal base", 4, .unsigned(.little), .data),
        ("number of addresses", 4, .unsigned(.little), .size), ("number of names", 4, .unsigned(.little), .size),
        ("addresses address", 4, .hexadecimal(.little), .offset), ("names address", 4, .hexadecimal(.little), .offset),
        ("ordinals address", 4, .hexadecimal(.little), .offset),
      ])
  }

  private static func debugEntry(_ kind: String, _ stampRole: Difference.Role) -> FieldTable {
    FieldTable(
      prefix: "debug entry \(kind) ",
      fields: [
        ("characteristics", 4, .hexadecimal(.little), .flags), ("time stamp", 4, .stamp(.little), stampRole),
        ("major version", 2, .unsigned(.little), .version), ("minor version", 2, .unsigned(.little), .version),
        ("type", 4, .unsigned(.little), .debug), ("size of data", 4, .unsigned(.little), .size),
        ("address of data", 4, .hexadecimal(.little), .offset), ("offset of data", 4, .hexadecimal(.little), .offset),
      ])
  }

  private static let debugKinds: [Int64: String] = [
    1: "COFF", 2: "CodeView", 3: "FPO", 4: "Misc", 9: "Borland", 11: "BBT", 12: "VC feature", 13: "POGO",
    14: "ILTCG", 16: "reproducible", 17: "embedded PDB", 19: "PDB checksum", 20: "extended characteristics",
  ]
}

/// What a debug entry points at.
struct PEDebugData: Structure {
  let kind: Int64

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var run = FieldRun(at: range.lowerBound)
    func rest() -> Int64 { range.upperBound - run.place }
    switch kind {
    case 2 where try source.has(Array("RSDS".utf8), at: range.lowerBound) && range.count >= 24:
      try run.add("CodeView magic", 4, .text, .debug, to: &layout)
      try run.add("PDB identity", 16, .guid, .identity, to: &layout)
      try run.add("PDB age", 4, .unsigned(.little), .identity, to: &layout)
      try run.add("PDB path", rest(), .text, .path, to: &layout)
    case 2 where try source.has(Array("NB10".utf8), at: range.lowerBound) && range.count >= 16:
      try run.add("CodeView magic", 4, .text, .debug, to: &layout)
      try run.add("CodeView offset", 4, .unsigned(.little), .offset, to: &layout)
      try run.add("PDB identity", 4, .stamp(.little), .time, to: &layout)
      try run.add("PDB age", 4, .unsigned(.little), .identity, to: &layout)
      try run.add("PDB path", rest(), .text, .path, to: &layout)
    case 16 where range.count >= 4:
      try run.add("reproducible build digest length", 4, .unsigned(.little), .size, to: &layout)
      try run.add("reproducible build digest", rest(), .bytes, .identity, to: &layout)
    case 19:
      try run.add("PDB checksum", rest(), .bytes, .identity, to: &layout)
    default:
      try run.add("debug data", rest(), .opaque, .debug, to: &layout)
    }
  }
}

/// The table of the libraries that an image needs.
struct PEImports: Structure {
  /// The most libraries that are looked at.
  private static let limit = 4096

  let image: PEImage

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    for _ in 0..<Self.limit where range.upperBound - place >= 20 {
      if try source.bytes(at: place, count: 20).allSatisfy({ $0 == 0 }) {
        try layout.add("import directory end", at: place, count: 20, role: .padding)
        return
      }
      var library = ""
      if let name = image.place(of: try source.u32(at: place + 12), count: 1) {
        library = ExactText.text(try source.zeroTerminated(at: name.lowerBound, limit: 256))
      }
      var run = FieldRun(at: place, prefix: "import of \(library) ")
      try run.add("lookup table", 4, .hexadecimal(.little), .offset, to: &layout)
      try run.add("time stamp", 4, .stamp(.little), .time, to: &layout)
      try run.add("forwarder", 4, .hexadecimal(.little), .offset, to: &layout)
      try run.add("name address", 4, .hexadecimal(.little), .offset, to: &layout)
      try run.add("address table", 4, .hexadecimal(.little), .offset, to: &layout)
      place = run.place
    }
  }
}
