import Model

/// A zip archive and all that are zips underneath: wheels, jars, Android, NuGet, OOXML and ODF packages.
///
/// The central directory, found from the end, says where the entries are; members of the layout hold their local and
/// their central parts.
struct ZipArchive: Format {
  let name = "zip"
  /// Whether it is known by its end only, because something else comes first.
  var isAppended = false

  static let localMark: [UInt8] = [0x50, 0x4B, 3, 4]

  func recognises(_ head: FileHead) -> Bool {
    if isAppended { return ZipEnd.endsArchive(head.tail) }
    // An archive without entries; one that was made for several disks and fitted on one.
    return head.has(Self.localMark) || head.has(ZipEnd.mark)
      || (head.has([0x50, 0x4B, 0x30, 0x30]) || head.has([0x50, 0x4B, 7, 8])) && head.has(Self.localMark, at: 4)
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let end = try ZipEnd(&source, range)
    let directory = try ZipDirectory(&source, end)
    let byOffset = directory.entries.indices.sorted {
      (directory.entries[$0].localOffset, $0) < (directory.entries[$1].localOffset, $1)
    }
    var groups = [Int](repeating: LayoutBuilder.file, count: directory.entries.count)
    for index in byOffset {
      groups[index] = layout.group(ExactText.text(directory.entries[index].name), isMember: true)
    }
    let block = try ApkSigningBlock.find(&source, range, before: end.directory.lowerBound)
    if let block { try layout.addPart("APK signing block", block, ApkSigningBlock(), role: .signature) }
    for (index, entry) in directory.entries.enumerated() {
      try layout.add(
        "central entry", at: entry.place.lowerBound, count: Int64(entry.place.count), .structure(ZipCentralHeader()),
        in: groups[index])
    }
    layout.order("order in the central directory", of: groups)
    if let signature = directory.signature {
      try layout.addPart("central directory signature", signature, ZipDirectorySignature(), role: .signature)
    }
    try end.add(to: &layout, range)
    var problem = directory.problem
    var place = range.lowerBound
    let limit = block?.lowerBound ?? end.directory.lowerBound
    let first = byOffset.first.map { directory.entries[$0].localOffset } ?? limit
    if first > place, first <= limit {
      try layout.add(
        "before the first entry", at: place, count: first - place, .file(name: "before the first entry"), role: .data)
    }
    for (position, index) in byOffset.enumerated() {
      let next = position + 1 < byOffset.count ? directory.entries[byOffset[position + 1]].localOffset : limit
      do {
        place = try Self.add(
          directory.entries[index], next, of: place..<limit, &source, to: &layout, in: groups[index])
      } catch {
        guard case .malformed = error else { throw error }
        problem = problem ?? error
      }
    }
    if let problem { throw problem }
  }

  /// Adds the local parts of an entry and returns where they end.
  private static func add(
    _ entry: ZipEntry, _ next: Int64, of range: Range<Int64>, _ source: inout ByteSource,
    to layout: inout LayoutBuilder, in group: Int
  ) throws(FormatError) -> Int64 {
    let offset = entry.localOffset
    guard offset >= range.lowerBound else { throw .malformed(at: offset, "an entry lies within another") }
    guard offset <= range.upperBound - 30, try source.has(localMark, at: offset) else {
      throw .malformed(at: offset, "an entry's local header is not where the central directory says")
    }
    let length = 30 + Int64(try source.u16(at: offset + 26)) + Int64(try source.u16(at: offset + 28))
    guard length <= range.upperBound - offset else {
      throw .malformed(at: offset, "a local header reaches into the central directory")
    }
    try layout.add("local header", at: offset, count: length, .structure(ZipLocalHeader()), in: group)
    let start = offset + length
    guard entry.compressedSize <= range.upperBound - start else {
      throw .malformed(at: offset, "an entry's data reaches into the central directory")
    }
    if entry.compressedSize > 0 {
      try layout.add("content", at: start, count: entry.compressedSize, entry.shape, role: .data, in: group)
    }
    var end = start + entry.compressedSize
    guard end <= max(next, offset + 1) else {
      throw .malformed(at: offset, "an entry's data reaches into the next one")
    }
    if let descriptor = try ZipDataDescriptor.find(entry, in: end..<min(max(next, end), range.upperBound), &source) {
      try layout.add(
        "data descriptor", at: end, count: descriptor.length, .structure(descriptor), role: .checksum, in: group)
      end += descriptor.length
    }
    return end
  }
}

extension LayoutBuilder {
  /// Adds a part of the file itself that has a structure.
  mutating func addPart(
    _ name: String, _ range: Range<Int64>, _ structure: any Structure, role: Difference.Role? = nil
  ) throws(FormatError) {
    try add(name, at: range.lowerBound, count: Int64(range.count), .structure(structure), role: role)
  }
}
