import Model

/// Where a module tells the names of its functions.
struct WasmFunctionNames: Sendable {
  private let names: Range<Int64>?
  private let imports: Range<Int64>?

  init(_ sections: [WasmSection]) {
    names = sections.first { $0.customName == "name" }?.content
    imports = sections.first { $0.kind == 2 }?.content
  }

  /// The names by the number of the function's body; imported functions, which are counted first, have none.
  func read(_ source: inout ByteSource) throws(FormatError) -> [Int64: String] {
    guard let names else { return [:] }
    let imported = try importedFunctions(&source)
    var reader = WasmReader(place: names.lowerBound, end: names.upperBound)
    while reader.place < names.upperBound {
      let kind = try source.byte(at: reader.place)
      try reader.skip(1)
      let length = try reader.number(&source)
      var inner = WasmReader(place: reader.place, end: reader.place + min(length, names.upperBound - reader.place))
      try reader.skip(length)
      guard kind == 1 else { continue }
      var found: [Int64: String] = [:]
      for _ in 0..<(try inner.number(&source)) {
        let index = try inner.number(&source)
        found[index - imported] = try inner.name(&source)
      }
      return found
    }
    return [:]
  }

  private func importedFunctions(_ source: inout ByteSource) throws(FormatError) -> Int64 {
    guard let imports else { return 0 }
    var reader = WasmReader(place: imports.lowerBound, end: imports.upperBound)
    var count: Int64 = 0
    for _ in 0..<(try reader.number(&source)) {
      _ = try reader.name(&source)
      _ = try reader.name(&source)
      let kind = try source.byte(at: reader.place)
      try reader.skip(1)
      switch kind {
      case 0:
        count += 1
        _ = try reader.number(&source)
      case 1:
        try reader.skip(1)
        try Self.limits(&source, &reader)
      case 2: try Self.limits(&source, &reader)
      case 3: try reader.skip(2)
      case 4:
        try reader.skip(1)
        _ = try reader.number(&source)
      default: throw .malformed(at: reader.place, "an import is of no kind")
      }
    }
    return count
  }

  private static func limits(_ source: inout ByteSource, _ reader: inout WasmReader) throws(FormatError) {
    let flags = try source.byte(at: reader.place)
    try reader.skip(1)
    _ = try reader.number(&source)
    if flags & 1 != 0 { _ = try reader.number(&source) }
  }
}

/// The bodies of functions.
struct WasmCode: Structure {
  let names: WasmFunctionNames

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    // Without names, or with broken ones, the bodies are told by their order.
    var known: [Int64: String] = [:]
    do { known = try names.read(&source) } catch { if case .unreadable = error { throw error } }
    var reader = WasmReader(place: range.lowerBound, end: range.upperBound)
    let count = try reader.number(&source)
    try layout.add(
      "number of functions", at: range.lowerBound, count: reader.place - range.lowerBound, .field(.bytes), role: .size)
    for index in 0..<count {
      let start = reader.place
      let length = try reader.number(&source)
      try reader.skip(length)
      try layout.add(
        known[index].map { "function \($0)" } ?? "function", at: start, count: reader.place - start, role: .code)
    }
  }
}

/// The segments of a module's data.
struct WasmData: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var reader = WasmReader(place: range.lowerBound, end: range.upperBound)
    let count = try reader.number(&source)
    try layout.add(
      "number of segments", at: range.lowerBound, count: reader.place - range.lowerBound, .field(.bytes), role: .size)
    for _ in 0..<count {
      let start = reader.place
      let kind = try reader.number(&source)
      guard kind <= 2 else { throw .malformed(at: start, "a data segment is of no kind") }
      if kind == 2 { _ = try reader.number(&source) }
      if kind != 1 { try Self.skipExpression(&source, &reader) }
      let length = try reader.number(&source)
      let content = reader.place
      try reader.skip(length)
      try layout.add("data segment header", at: start, count: content - start, .field(.bytes), role: .offset)
      try layout.add("data segment", at: content, count: length, role: .data)
    }
  }

  /// A constant expression: a constant or a global, then the end.
  private static func skipExpression(_ source: inout ByteSource, _ reader: inout WasmReader) throws(FormatError) {
    while true {
      let operation = try source.byte(at: reader.place)
      try reader.skip(1)
      switch operation {
      case 0x0B: return
      case 0x41, 0x42, 0x23:
        // Numbers of 64 bits have up to ten bytes.
        for _ in 0..<10 {
          let byte = try source.byte(at: reader.place)
          try reader.skip(1)
          if byte & 0x80 == 0 { break }
        }
      case 0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E: break
      default: throw .malformed(at: reader.place, "a segment's place is no constant")
      }
    }
  }
}
