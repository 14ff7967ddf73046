import Model

/// The symbol table of a static library: a count, as many offsets, as many names; all big-endian.
struct ArSymbolTable: Structure {
  /// Of a number, in bytes.
  let width: Int64

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let count = try source.unsigned(at: range.lowerBound, count: Int(width), .big)
    try layout.add("symbol count", at: range.lowerBound, count: width, .field(.unsigned(.big)), role: .size)
    let offsets = range.lowerBound + width
    guard let count = Int64(exactly: count), count <= (range.upperBound - offsets) / width else {
      throw .malformed(at: range.lowerBound, "the symbol table is said to be larger than it is")
    }
    let names = offsets + width * count
    try layout.add("symbol offsets", at: offsets, count: names - offsets, .opaque, role: .offset)
    try layout.add("symbol names", at: names, count: range.upperBound - names, .opaque, role: .name)
  }
}

/// The second symbol table of an import library: members' offsets, then which symbol is in which; little-endian.
struct ArSecondSymbolTable: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    for (counted, values, width, role) in [
      ("member", "member offsets", 4, .offset), ("symbol", "symbol members", 2, .data),
    ]
      as [(String, String, Int64, Difference.Role)]
    {
      let count = try source.u32(at: place)
      try layout.add("\(counted) count", at: place, count: 4, .field(.unsigned(.little)), role: .size)
      guard count <= (range.upperBound - place - 4) / width else {
        throw .malformed(at: place, "the symbol table is said to be larger than it is")
      }
      try layout.add(values, at: place + 4, count: count * width, .opaque, role: role)
      place += 4 + count * width
    }
    try layout.add("symbol names", at: place, count: range.upperBound - place, .opaque, role: .name)
  }
}

/// The symbol table that BSD's ranlib makes: pairs of a name's place and a member's, then the names.
struct ArRanlibTable: Structure {
  /// Of a number, in bytes.
  let width: Int64

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    for (name, role) in [("symbol offsets", .offset), ("symbol names", .name)] as [(String, Difference.Role)] {
      let size = try source.unsigned(at: place, count: Int(width))
      try layout.add("\(name) size", at: place, count: width, .field(.unsigned(.little)), role: .size)
      place += width
      guard let size = Int64(exactly: size), size <= range.upperBound - place else {
        throw .malformed(at: place - width, "the symbol table is said to be larger than it is")
      }
      try layout.add(name, at: place, count: size, .opaque, role: role)
      place += size
    }
    try layout.add("symbol table padding", at: place, count: range.upperBound - place, .opaque, role: .padding)
  }
}
