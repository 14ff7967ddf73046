import Model

/// A section of code or data: a region for each function or object that the symbol table places in it.
struct ELFSymbolRegions: Structure {
  let image: ELFImage
  let index: Int

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let section = image.sections[index]
    let role: Difference.Role = section.isExecutable ? .code : .data
    let symbols = ELFPlacedSymbol.of(index, try image.placedSymbols(&source)).filter {
      $0.isFunction == section.isExecutable
    }
    var place: Int64 = 0
    var before = ""
    for (number, symbol) in symbols.enumerated() where symbol.place >= place {
      let next = number + 1 < symbols.count ? symbols[number + 1].place : section.size
      let size = symbol.size > 0 ? symbol.size : next - symbol.place
      guard size > 0 else { continue }
      try addGap(from: place, to: symbol.place, after: before, &source, range, to: &layout)
      try layout.add("\(section.name) \(symbol.name)", at: range.lowerBound + symbol.place, count: size, role: role)
      place = symbol.place + size
      before = symbol.name
    }
    try addGap(from: place, to: section.size, after: before, &source, range, to: &layout)
  }

  /// Adds what no symbol covers: what aligns the next one, or bytes without a symbol.
  private func addGap(
    from start: Int64, to end: Int64, after name: String, _ source: inout ByteSource, _ range: Range<Int64>,
    to layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard end > start else { return }
    let section = image.sections[index]
    let place = range.lowerBound + start
    let after = name.isEmpty ? (end == section.size ? "without symbols" : "before symbols") : "after \(name)"
    if end - start < max(section.isExecutable ? 16 : 8, min(section.alignment, 64)),
      try source.bytes(at: place, count: Int(end - start)).allSatisfy({ Self.fillers.contains($0) })
    {
      try layout.add("\(section.name) padding \(after)", at: place, count: end - start, role: .padding)
    } else if section.isExecutable {
      try layout.add("\(section.name) code \(after)", at: place, count: end - start, role: .code)
    } else {
      try StringScan(prefix: "\(section.name) ", after: after).add(place..<(place + end - start), &source, to: &layout)
    }
  }

  /// Bytes of which instructions that do nothing are made, on x86 and ARM, and zero.
  private static let fillers: Set<UInt8> = [
    0x00, 0x03, 0x0F, 0x1F, 0x20, 0x2E, 0x40, 0x44, 0x66, 0x80, 0x84, 0x90, 0xCC, 0xD5,
  ]
}

/// Data among which are texts: a region for each longer text, and for what is between.
struct StringScan {
  let prefix: String
  /// What the data before the first text is called.
  let after: String

  /// The least number of characters that make a text.
  private static let minimum = 8

  func add(
    _ range: Range<Int64>, _ source: inout ByteSource, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard range.count <= ByteSource.readLimit else {
      return try layout.add("\(prefix)data \(after)", at: range.lowerBound, count: Int64(range.count), role: .data)
    }
    let bytes = try source.bytes(at: range.lowerBound, count: range.count)
    var (place, rest, name) = (0, 0, after)
    while place < bytes.count {
      guard Self.isPrintable(bytes[place]) else {
        place += 1
        continue
      }
      let end = bytes[place...].firstIndex { !Self.isPrintable($0) } ?? bytes.count
      guard end - place >= Self.minimum, end < bytes.count, bytes[end] == 0, end - place < Encoding.textLimit else {
        place = end
        continue
      }
      if place > rest {
        try layout.add(
          "\(prefix)data \(name)", at: range.lowerBound + Int64(rest), count: Int64(place - rest), role: .data)
      }
      let text = bytes[place..<end]
      let title = "\"\(StringKey.of(text))\""
      try layout.add(
        prefix + title, at: range.lowerBound + Int64(place), count: Int64(end + 1 - place), .field(.text),
        role: StringSequence.role(text) ?? .data)
      (place, rest, name) = (end + 1, end + 1, "after \(title)")
    }
    if rest < bytes.count {
      try layout.add(
        "\(prefix)data \(name)", at: range.lowerBound + Int64(rest), count: Int64(bytes.count - rest), role: .data)
    }
  }

  private static func isPrintable(_ byte: UInt8) -> Bool {
    (0x20...0x7E).contains(byte) || byte == 0x0A || byte == 0x09
  }
}
