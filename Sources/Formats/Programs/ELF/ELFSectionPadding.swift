import Model

/// The bytes between an ELF file's parts that only align the next one.
struct ELFSectionPadding {
  let image: ELFImage
  /// Where each part ends.
  let ends: [Int64]

  /// Adds a region for each gap that alignment explains; a larger one stays without a name.
  func add(to layout: inout LayoutBuilder) throws(FormatError) {
    let tables = [
      (start: image.range.lowerBound + image.header.sectionTable, alignment: Int64(16)),
      (start: image.range.lowerBound + min(image.header.segmentTable, image.range.upperBound), alignment: 16),
    ]
    let loads = Dictionary(
      image.segments.map { ($0.offset, $0.alignment) }, uniquingKeysWith: { max($0, $1) })
    var starts = tables.map { ($0.start, $0.alignment, "header table") }
    for section in image.sections where section.hasBytes {
      let alignment = max(section.alignment, loads[section.offset] ?? 0)
      starts.append((section.offset, alignment, section.name))
    }
    starts.sort { $0.0 < $1.0 }
    let sortedEnds = ends.sorted()
    var reached: Int64 = image.range.lowerBound
    var index = 0
    for (start, alignment, name) in starts {
      while index < sortedEnds.count, sortedEnds[index] <= start {
        reached = max(reached, sortedEnds[index])
        index += 1
      }
      let isOverlapped = index < sortedEnds.count && reached > start
      let gap = start - reached
      if !isOverlapped, gap > 0, gap < alignment, alignment <= Self.alignmentLimit {
        try layout.add("padding before \(name)", at: reached, count: gap, role: .padding)
      }
    }
  }

  /// The largest alignment that pages have anywhere.
  private static let alignmentLimit: Int64 = 2 << 20
}
