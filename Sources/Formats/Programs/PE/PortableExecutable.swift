import Model

/// A Windows or UEFI program or library in the Portable Executable format.
///
/// Specification: Microsoft, PE Format.
struct PortableExecutable: Format {
  let name = "PE"

  /// Sections begin at pages at most.
  private static let alignmentLimit: Int64 = 64 << 10

  func recognises(_ head: FileHead) -> Bool {
    guard head.has("MZ"), head.bytes.count >= 64 else { return false }
    // A Linux kernel that UEFI can start is a kernel first.
    if head.has("HdrS", at: 0x202) { return false }
    let place = head.bytes[60..<64].reversed().reduce(0) { $0 << 8 | Int($1) }
    return head.has("PE\0\0", at: place)
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let image = try PEImage(&source, range)
    try image.addHeaders(&source, to: &layout)
    let symbols = try CoffSymbolTable(&source, range, at: image.symbolPlace, count: image.symbolCount)
    let parts = try PEDirectories(image: image).parts(&source)
    var end = image.headersEnd
    for (index, section) in image.sections.enumerated() {
      let group = layout.group(section.name)
      try layout.add(
        "header", at: section.headerPlace, count: 40, .structure(CoffSectionHeader(prefix: "\(section.name) header ")),
        in: group)
      guard section.rawSize > 0, section.rawPlace < range.upperBound else { continue }
      if section.rawPlace > end, section.rawPlace - end < Self.alignmentLimit {
        try layout.add("padding before", at: end, count: section.rawPlace - end, .opaque, role: .padding, in: group)
      }
      let place = section.rawPlace..<min(section.rawPlace + section.rawSize, range.upperBound)
      var inside = parts.filter { place.contains($0.range.lowerBound) }
      if section.virtualSize > 0, section.virtualSize < Int64(place.count) {
        inside.append(
          CoffPart(
            name: "\(section.name) padding", range: place.lowerBound + section.virtualSize..<place.upperBound,
            shape: .opaque, role: .padding))
      }
      let shape = CoffSectionContent(
        section: section, parts: inside, symbols: symbols?.bySection[index + 1] ?? [])
      try layout.add(
        "content", at: place.lowerBound, count: Int64(place.count), shape.isPlain ? .opaque : .structure(shape),
        role: section.role, in: group)
      end = max(end, place.upperBound)
    }
    if let symbols { try symbols.add(to: &layout) }
    end = max(end, symbols?.end ?? 0)
    try addTail(image, end, range, to: &layout)
  }

  /// What lies behind the sections: data that Windows does not load, and signatures.
  private func addTail(
    _ image: PEImage, _ end: Int64, _ range: Range<Int64>, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    // The table of certificates is the only one that is told by its place in the file.
    let certificates = image.directory(.certificates)
    let certificatesPlace = range.lowerBound + certificates.address
    let hasCertificates =
      certificates.size > 0 && certificatesPlace >= end && certificatesPlace < range.upperBound
    let overlayEnd = hasCertificates ? certificatesPlace : range.upperBound
    if end < overlayEnd {
      if hasCertificates, overlayEnd - end < 8 {
        try layout.add(
          "padding before certificate table", at: end, count: overlayEnd - end, .opaque, role: .padding)
      } else {
        try layout.add("overlay", at: end, count: overlayEnd - end, .file(name: "overlay"), role: .data)
      }
    }
    guard hasCertificates else { return }
    let tableEnd = certificatesPlace + min(certificates.size, range.upperBound - certificatesPlace)
    try layout.add(
      "certificate table", at: certificatesPlace, count: tableEnd - certificatesPlace, .structure(PECertificates()),
      role: .signature)
    if tableEnd < range.upperBound {
      try layout.add(
        "overlay after certificates", at: tableEnd, count: range.upperBound - tableEnd, .file(name: "overlay"),
        role: .data)
    }
    if certificatesPlace + certificates.size > range.upperBound { throw .truncated(at: range.upperBound) }
  }
}

/// The Authenticode signatures of an image.
struct PECertificates: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    while range.upperBound - place >= 8 {
      let length = try source.u32(at: place)
      guard length >= 8, length <= range.upperBound - place else {
        throw .malformed(at: place, "a certificate's length is wrong")
      }
      let group = layout.group("certificate")
      var run = FieldRun(at: place, group: group)
      try run.add("length", 4, .unsigned(.little), .size, to: &layout)
      try run.add("revision", 2, .names(.little, [0x100: "1.0", 0x200: "2.0"]), .signature, to: &layout)
      try run.add(
        "type", 2, .names(.little, [1: "X.509", 2: "PKCS#7", 4: "timestamp"]), .signature, to: &layout)
      let content = try Self.derLength(&source, run.place, limit: length - 8)
      try run.add("signature", content, .file(name: "Authenticode signature"), .signature, to: &layout)
      let padded = min((length + 7) / 8 * 8, range.upperBound - place)
      try run.add("padding", place + padded - run.place, .opaque, .padding, to: &layout)
      place += padded
    }
  }

  /// How many bytes the outermost element of DER has; all of them where it is something else.
  private static func derLength(
    _ source: inout ByteSource, _ place: Int64, limit: Int64
  ) throws(FormatError) -> Int64 {
    guard limit >= 6, try source.has([0x30], at: place) else { return limit }
    let first = Int64(try source.byte(at: place + 1))
    if first < 0x80 { return min(limit, first + 2) }
    let count = Int(first & 0x7F)
    guard (1...4).contains(count) else { return limit }
    let length = Int64(try source.unsigned(at: place + 2, count: count, .big)) + 2 + Int64(count)
    return min(limit, length)
  }
}
