import Model

/// A flattened device tree, Devicetree Specification 0.4 chapter 5; with U-Boot's FIT images, which are such trees.
struct DeviceTree: Format {
  let name = "device tree"

  private static let magic: [UInt8] = [0xD0, 0x0D, 0xFE, 0xED]

  func recognises(_ head: FileHead) -> Bool { head.has(Self.magic) && head.size >= 40 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    try layout.addFields(Self.header, at: start)
    let total = try source.u32(at: start + 4, .big)
    let structure = start + (try source.u32(at: start + 8, .big))
    let strings = start + (try source.u32(at: start + 12, .big))
    let reservations = start + (try source.u32(at: start + 16, .big))
    let stringsSize = try source.u32(at: start + 32, .big)
    let structureSize = try source.u32(at: start + 36, .big)
    let end = min(start + total, range.upperBound)
    try layOutReservations(&source, reservations..<max(reservations, end), into: &layout)
    try layout.add("strings block", at: strings, count: stringsSize, .opaque, role: .name)
    guard stringsSize <= Self.stringsLimit else { throw .tooMuch("its strings block is larger than 16 MiB") }
    let stringBytes = try source.bytes(at: strings, count: Int(stringsSize))
    guard structureSize <= range.upperBound - structure else { throw .truncated(at: range.upperBound) }
    var walk = DeviceTreeWalk(strings: stringBytes, start: start, end: end, fileEnd: range.upperBound)
    try walk.layOut(&source, structure..<structure + structureSize, into: &layout)
    if walk.hasExternalData { return }
    try layout.addTrailer("trailer", at: end, end: range.upperBound, &source)
  }

  private func layOutReservations(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    var isLast = false
    while !isLast {
      guard place <= range.upperBound - 16 else { throw .truncated(at: place) }
      isLast = try source.has([UInt8](repeating: 0, count: 16), at: place)
      try layout.add(
        isLast ? "end of memory reservations" : "memory reservation", at: place, count: 16, .field(.bytes), role: .data)
      place += 16
    }
  }

  private static let stringsLimit: Int64 = 16 << 20

  private static let header: [FieldRow] = [
    ("magic", 4, .bytes, nil), ("total size", 4, .unsigned(.big), .size),
    ("structure block offset", 4, .unsigned(.big), .offset),
    ("strings block offset", 4, .unsigned(.big), .offset),
    ("memory reservations offset", 4, .unsigned(.big), .offset), ("version", 4, .unsigned(.big), nil),
    ("last compatible version", 4, .unsigned(.big), nil), ("boot processor", 4, .unsigned(.big), .data),
    ("strings block size", 4, .unsigned(.big), .size), ("structure block size", 4, .unsigned(.big), .size),
  ]
}

/// Walks the structure block: a group for each node, a region for each property.
private struct DeviceTreeWalk {
  /// A node whose end is not yet there.
  private struct Node {
    let path: String
    let group: Int
    var isImage = false
    var isLZMA = false
    var data: Range<Int64>?
    var external: (offset: Int64?, position: Int64?, size: Int64?)

    init(path: String, group: Int) { (self.path, self.group) = (path, group) }
  }

  let strings: [UInt8]
  let start: Int64
  /// Where the tree ends; from here on external data is counted, in steps of four bytes.
  let end: Int64
  let fileEnd: Int64
  private(set) var hasExternalData = false
  private var nodes: [Node] = []
  private var budget: TreeBudget

  init(strings: [UInt8], start: Int64, end: Int64, fileEnd: Int64) {
    (self.strings, self.start, self.end, self.fileEnd) = (strings, start, end, fileEnd)
    budget = TreeBudget(size: fileEnd - start)
  }

  mutating func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    // A token that reaches over the block's end would be met for ever.
    while place <= range.upperBound - 4 {
      switch try source.u32(at: place, .big) {
      case 1: place = try begin(&source, place, into: &layout)
      case 3: place = try property(&source, place, range.upperBound, into: &layout)
      case 9:
        try layout.add("end of structure block", at: place, count: 4, .field(.bytes))
        return
      case 2, 4: place = try endOrNothing(&source, place, range.upperBound, into: &layout)
      default: throw .malformed(at: place, "a token is unknown")
      }
    }
    throw .truncated(at: place)
  }

  private mutating func begin(
    _ source: inout ByteSource, _ place: Int64, into layout: inout LayoutBuilder
  ) throws(FormatError) -> Int64 {
    let bytes = try source.zeroTerminated(at: place + 4, limit: 256)
    guard nodes.count < TreeBudget.depthLimit else { throw .tooMuch("nodes are nested too deep") }
    let parent = nodes.last?.path ?? ""
    let path = nodes.isEmpty ? "/" : (parent == "/" ? "/" : parent + "/") + ExactText.text(bytes)
    try budget.take(path.utf8.count)
    var node = Node(path: path, group: layout.group(path))
    node.isImage = nodes.count == 2 && parent == "/images"
    nodes.append(node)
    let length = 4 + (Int64(bytes.count) + 4) / 4 * 4
    try layout.add(
      "node name", at: place, count: length,
      .field(.custom { ExactText.text(Array($0.dropFirst(4).prefix { $0 != 0 })) }), role: .name, in: node.group)
    return place + length
  }

  /// Takes all ends and empty tokens that follow one another as one region.
  private mutating func endOrNothing(
    _ source: inout ByteSource, _ first: Int64, _ end: Int64, into layout: inout LayoutBuilder
  ) throws(FormatError) -> Int64 {
    let group = nodes.last?.group ?? LayoutBuilder.file
    var place = first
    while place <= end - 4 {
      let token = try source.u32(at: place, .big)
      guard token == 2 || token == 4 else { break }
      if token == 2 {
        guard let node = nodes.popLast() else { throw .malformed(at: place, "a node ends that did not begin") }
        try addImage(node, into: &layout)
      }
      place += 4
    }
    try layout.add("end of node", at: first, count: place - first, .field(.bytes), in: group)
    return place
  }

  private mutating func property(
    _ source: inout ByteSource, _ place: Int64, _ end: Int64, into layout: inout LayoutBuilder
  ) throws(FormatError) -> Int64 {
    guard let last = nodes.indices.last else { throw .malformed(at: place, "a property is in no node") }
    let length = try source.u32(at: place + 4, .big)
    let name = try propertyName(try source.u32(at: place + 8, .big), at: place)
    try budget.take(name.utf8.count)
    let value = place + 12
    guard length <= end - value else { throw .truncated(at: end) }
    let next = min(end, value + (length + 3) / 4 * 4)
    let node = nodes[last]
    let isData = node.isImage && name == "data"
    if isData {
      nodes[last].data = value..<value + length
      try layout.add(
        "\(name) header", at: place, count: 12, .structure(DeviceTreeProperty(name: name, path: node.path)),
        in: node.group)
      if next > value + length {
        try layout.add(
          "\(name) padding", at: value + length, count: next - value - length, .opaque, role: .padding, in: node.group)
      }
      return next
    }
    if node.isImage { try take(name, &source, value, length) }
    try layout.add(
      name, at: place, count: next - place, .structure(DeviceTreeProperty(name: name, path: node.path)),
      in: node.group)
    return next
  }

  /// Notes what a FIT image's node says about its data.
  private mutating func take(
    _ name: String, _ source: inout ByteSource, _ value: Int64, _ length: Int64
  ) throws(FormatError) {
    guard let last = nodes.indices.last else { return }
    let number = length == 4 ? try source.u32(at: value, .big) : nil
    switch name {
    case "compression": nodes[last].isLZMA = try source.has(Array("lzma\0".utf8), at: value)
    case "data-offset": nodes[last].external.offset = number
    case "data-position": nodes[last].external.position = number
    case "data-size": nodes[last].external.size = number
    default: break
    }
  }

  private mutating func addImage(_ node: Node, into layout: inout LayoutBuilder) throws(FormatError) {
    guard node.isImage else { return }
    let shape: Shape = .file(node.isLZMA ? .lzma : nil, name: String(node.path.dropFirst("/images/".count)))
    if let data = node.data {
      try layout.add("data", at: data.lowerBound, count: Int64(data.count), shape, role: .data, in: node.group)
    }
    guard let size = node.external.size else { return }
    let base = start + (end - start + 3) / 4 * 4
    guard let place = node.external.position.map({ start + $0 }) ?? node.external.offset.map({ base + $0 }) else {
      return
    }
    hasExternalData = true
    try layout.addAvailable("external data", at: min(place, fileEnd), count: size, shape, role: .data, in: node.group)
  }

  private func propertyName(_ offset: Int64, at place: Int64) throws(FormatError) -> String {
    guard offset < strings.count else { throw .malformed(at: place, "a property's name is outside of the strings") }
    let bytes = strings[Int(offset)...].prefix(256).prefix { $0 != 0 }
    guard bytes.count < 256 else { throw .malformed(at: place, "a property's name has no end") }
    return ExactText.text(Array(bytes))
  }
}

/// One property: a token, the value's length, where its name is, the value.
private struct DeviceTreeProperty: Structure {
  let name: String
  /// Of its node.
  let path: String

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = range.lowerBound
    let length = try source.u32(at: place + 4, .big)
    try layout.add("\(name) token", at: place, count: 4, .field(.unsigned(.big)))
    try layout.add("\(name) length", at: place + 4, count: 4, .field(.unsigned(.big)), role: .size)
    try layout.add("\(name) name offset", at: place + 8, count: 4, .field(.unsigned(.big)), role: .offset)
    let value = place + 12
    guard range.upperBound > value else { return }
    let available = min(length, range.upperBound - value)
    try layout.add(name, at: value, count: available, shape(length), role: role)
    if value + available < range.upperBound {
      try layout.add(
        "\(name) padding", at: value + available, count: range.upperBound - value - available, .opaque, role: .padding)
    }
  }

  private func shape(_ length: Int64) -> Shape {
    if length > Int64(Encoding.textLimit) { return .opaque }
    return .field(isTime && length == 4 ? .seconds(.big) : .custom(Self.value))
  }

  private var isTime: Bool { name == "timestamp" }

  private var role: Difference.Role {
    let node = path.split(separator: "/").last ?? ""
    let isSignature = node.hasPrefix("signature") || path.contains("/signature")
    switch name {
    case "timestamp": return .time
    case "value" where isSignature: return .signature
    case "value" where node.hasPrefix("hash"): return .checksum
    case "signer-name", "signer-version": return .generator
    case "hashed-nodes", "hashed-strings", "key-name-hint": return isSignature ? .signature : .data
    case "compression": return .compression
    case "os", "arch": return .platform
    case "description": return .text
    case "data-offset", "data-position": return .offset
    case "data-size": return .size
    default: return .data
    }
  }

  /// Texts in quotes, or cells, or bytes.
  private static func value(_ bytes: [UInt8]) -> String? {
    if bytes.isEmpty { return "" }
    let parts = bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)
    let isText =
      bytes.last == 0
      && parts.allSatisfy { part in
        !part.isEmpty && part.allSatisfy { (0x20..<0x7F).contains($0) || $0 >= 0x80 || $0 == 0x0A || $0 == 0x09 }
      }
    if isText { return parts.map { "\"\(ExactText.text(Array($0)))\"" }.joined(separator: ", ") }
    guard bytes.count.isMultiple(of: 4) else { return Hexadecimal.string(bytes) }
    let cells = stride(from: 0, to: bytes.count, by: 4).map { index in
      "0x" + String(bytes[index..<index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }, radix: 16)
    }
    return "<" + cells.joined(separator: " ") + ">"
  }
}
