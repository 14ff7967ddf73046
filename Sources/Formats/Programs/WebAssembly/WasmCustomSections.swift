import Model

/// What made a module: languages and tools with their versions.
struct WasmProducers: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var reader = WasmReader(place: range.lowerBound, end: range.upperBound)
    func add(_ name: String, from start: Int64, _ encoding: Encoding, _ role: Difference.Role) throws(FormatError) {
      try layout.add(name, at: start, count: reader.place - start, .field(encoding), role: role)
    }
    let fields = try reader.number(&source)
    try add("number of fields", from: range.lowerBound, .bytes, .size)
    for _ in 0..<fields {
      var start = reader.place
      let field = try reader.name(&source)
      let values = try reader.number(&source)
      try add("\(field) header", from: start, .bytes, .size)
      for _ in 0..<values {
        start = reader.place
        let name = try reader.name(&source)
        try add("\(field) \(name)", from: start, .bytes, .generator)
        start = reader.place
        _ = try reader.name(&source)
        try add("\(field) \(name) version", from: start, WasmReader.text, .generator)
      }
    }
  }
}

/// The names of functions and other parts, a subsection each.
struct WasmNames: Structure {
  private static let subsections = [
    "module name", "function names", "local names", "label names", "type names", "table names", "memory names",
    "global names", "element names", "data names",
  ]

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var reader = WasmReader(place: range.lowerBound, end: range.upperBound)
    while reader.place < range.upperBound {
      let start = reader.place
      let kind = Int(try source.byte(at: start))
      try reader.skip(1)
      let length = try reader.number(&source)
      let content = reader.place
      try reader.skip(length)
      let name = kind < Self.subsections.count ? Self.subsections[kind] : "names of kind \(kind)"
      try layout.add("\(name) header", at: start, count: content - start, .field(.bytes), role: .size)
      try layout.add(name, at: content, count: length, kind == 0 ? .field(WasmReader.text) : .opaque, role: .name)
    }
  }
}
