import Model

/// An ELF file: executable, shared library, object file, Linux kernel module, core.
///
/// System V ABI, chapter 4. Sections are one region each, whose structure is laid out only where they differ.
struct ELFFile: Format {
  let name = "ELF"

  func recognises(_ head: FileHead) -> Bool {
    head.has([0x7F, 0x45, 0x4C, 0x46]) && head.bytes.count >= 52 && (1...2).contains(head.bytes[4])
      && (1...2).contains(head.bytes[5])
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let header = try ELFHeader(&source, range)
    try layout.add(
      "file header", at: range.lowerBound, count: header.kind.headerLength, .structure(ELFHeaderFields(header.kind)))
    let tail = try ModuleSignature(&source, range)
    var ends = [range.lowerBound + header.kind.headerLength]
    let segments = try ELFSegment.table(&source, header, range)
    if !segments.isEmpty {
      let length = Int64(header.segmentCount) * header.segmentEntryLength
      try layout.add(
        "program headers", at: range.lowerBound + header.segmentTable, count: length,
        .structure(ELFSegmentTable(header: header)))
      ends.append(range.lowerBound + header.segmentTable + length)
    }
    guard let image = try ELFImage(&source, header, segments, range) else {
      try ELFSegmentLayout(segments: segments, header: header, range: range).add(to: &layout, ends: &ends)
      try addEnd(ends, tail, range, to: &layout)
      guard header.sectionTable == 0 else { throw .truncated(at: range.upperBound) }
      return
    }
    ends.append(range.lowerBound + header.sectionTable + image.sectionTableLength)
    try layout.add(
      "section headers", at: range.lowerBound + header.sectionTable, count: image.sectionTableLength,
      .structure(ELFSectionTable(image: image)))
    let debug = image.sections.contains { $0.name.hasPrefix(".debug_") } ? DWARFTables(image) : nil
    for index in image.sections.indices where image.sections[index].hasBytes {
      ends.append(image.sections[index].offset + image.sections[index].size)
      try ELFSectionShape(image: image, debug: debug, index: index).add(&source, to: &layout)
    }
    try ELFSectionPadding(image: image, ends: ends).add(to: &layout)
    try addEnd(ends, tail, range, to: &layout)
    if let broken = image.brokenSection { throw .malformed(at: broken, "a section is not within the file") }
  }

  /// What comes after all that the headers know of.
  private func addEnd(
    _ ends: [Int64], _ tail: ModuleSignature?, _ range: Range<Int64>, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    let end = min(ends.max() ?? range.lowerBound, range.upperBound)
    let appendedEnd = tail?.start ?? range.upperBound
    if end < appendedEnd { try layout.add("appended data", at: end, count: appendedEnd - end, role: .data) }
    try tail?.add(to: &layout)
  }
}
