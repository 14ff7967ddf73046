import Model

/// One section of a module.
struct WasmSection: Sendable {
  let place: Int64
  let kind: UInt8
  /// A custom section's own name; empty for others.
  let customName: String
  /// Its bytes without its number, length and name.
  let content: Range<Int64>

  /// Reads a section's header and moves behind the section.
  init(_ source: inout ByteSource, _ reader: inout WasmReader) throws(FormatError) {
    place = reader.place
    kind = try source.byte(at: place)
    try reader.skip(1)
    let length = try reader.number(&source)
    let start = reader.place
    try reader.skip(length)
    guard kind == 0 else {
      (customName, content) = ("", start..<reader.place)
      return
    }
    var inner = WasmReader(place: start, end: reader.place)
    customName = try inner.name(&source)
    content = inner.place..<reader.place
  }

  private static let names = [
    "custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code",
    "data", "data count", "tag",
  ]

  var name: String {
    if kind == 0 { return "custom section \(customName)" }
    return Int(kind) < Self.names.count ? "\(Self.names[Int(kind)]) section" : "section of kind \(kind)"
  }

  var role: Difference.Role {
    switch customName {
    case "producers": .generator
    case "build_id": .identity
    case "sourceMappingURL", "external_debug_info": .path
    case "name": .debug
    case "target_features": .platform
    case _ where customName.hasPrefix(".debug"): .debug
    default: kind == 10 ? .code : .data
    }
  }

  func shape(_ names: WasmFunctionNames) -> Shape {
    switch (kind, customName) {
    case (0, "name"): .structure(WasmNames())
    case (0, "producers"): .structure(WasmProducers())
    case (0, "build_id"): .field(.custom { Hexadecimal.string($0.dropFirst()) })
    case (0, "sourceMappingURL"), (0, "external_debug_info"): .field(WasmReader.text)
    case (0, "target_features"): .field(.text)
    case (10, _): .structure(WasmCode(names: names))
    case (11, _): .structure(WasmData())
    default: .opaque
    }
  }
}
