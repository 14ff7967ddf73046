import Model

/// Walks the folders of an ISO 9660 image: a group for each path, with its record and its content.
struct IsoTree {
  private struct Folder {
    let place: Int64
    let size: Int64
    let path: String
    let group: Int
    let depth: Int
  }

  private let range: Range<Int64>
  private var budget: TreeBudget
  /// Where the last part that was named ends.
  private(set) var end: Int64 = 0
  /// Where the last area ends that continues records.
  private var continued: Int64 = 0

  init(_ range: Range<Int64>) {
    self.range = range
    budget = TreeBudget(size: Int64(range.count))
  }

  /// Names what the tree has whose root's record is at this place; a Joliet tree has the same files again, whose
  /// contents are named already.
  mutating func layOut(
    _ source: inout ByteSource, root: Int64, isJoliet: Bool, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = range.lowerBound + (try source.u32(at: root + 2)) * IsoImage.sector
    let rootGroup = layout.group(isJoliet ? "Joliet tree: /" : "/")
    let size = try source.u32(at: root + 10)
    var folders = [Folder(place: place, size: size, path: "", group: rootGroup, depth: 0)]
    var visited: Set<Int64> = [place]
    // Breadth first, as the folders lie in the file.
    var next = 0
    while next < folders.count {
      let found = try read(folders[next], &source, isJoliet: isJoliet, into: &layout)
      next += 1
      for folder in found where visited.insert(folder.place).inserted { folders.append(folder) }
    }
    if continued > 0 { try layout.addSectorPadding("continuations", at: continued, from: range.lowerBound) }
    end = max(end, continued)
  }

  private mutating func read(
    _ folder: Folder, _ source: inout ByteSource, isJoliet: Bool, into layout: inout LayoutBuilder
  ) throws(FormatError) -> [Folder] {
    guard folder.depth < TreeBudget.depthLimit else { throw .tooMuch("folders are nested too deep") }
    guard folder.size <= Self.folderLimit else { throw .tooMuch("a folder is larger than 16 MiB") }
    try budget.take(Int(folder.size))
    let bytes = try source.bytes(at: folder.place, count: Int(folder.size))
    end = max(end, folder.place + folder.size)
    var found: [Folder] = []
    var last: (path: String, group: Int, goesOn: Bool)?
    var index = 0
    while index < bytes.count {
      let length = Int(bytes[index])
      let sectorEnd = min(bytes.count, (index / 2048 + 1) * 2048)
      guard length > 0 else {
        try layout.add(
          "folder padding", at: folder.place + Int64(index), count: Int64(sectorEnd - index), .opaque, role: .padding,
          in: folder.group)
        index = sectorEnd
        continue
      }
      guard length >= 34, index + length <= sectorEnd, 33 + Int(bytes[index + 32]) <= length else {
        throw .malformed(at: folder.place + Int64(index), "a folder's record has an odd length")
      }
      let record = Array(bytes[index..<index + length])
      let place = folder.place + Int64(index)
      index += length
      if record[32] == 1, record[33] <= 1 {
        try add(record, at: place, record[33] == 0 ? "self" : "parent", &source, isJoliet, into: &layout, folder.group)
        continue
      }
      let name = try self.name(of: record, at: place, &source, isJoliet)
      let path = folder.path.isEmpty ? name : folder.path + "/" + name
      try budget.take(path.utf8.count)
      let group: Int
      if let last, last.goesOn, last.path == path {
        // One file in several extents.
        group = last.group
      } else {
        group = isJoliet ? layout.group("Joliet tree: " + path) : layout.group(path, isMember: true)
      }
      last = (path, group, record[25] & 0x80 != 0)
      try add(record, at: place, "record", &source, isJoliet, into: &layout, group)
      let content = range.lowerBound + (Self.number(record, 2) + Int64(record[1])) * IsoImage.sector
      let size = Self.number(record, 10)
      if record[25] & 2 != 0 {
        found.append(Folder(place: content, size: size, path: path, group: group, depth: folder.depth + 1))
      } else if size > 0, !isJoliet {
        try addContent(content, size, into: &layout, group)
      }
    }
    return found
  }

  private mutating func addContent(
    _ place: Int64, _ size: Int64, into layout: inout LayoutBuilder, _ group: Int
  ) throws(FormatError) {
    try layout.addAvailable("content", at: min(place, range.upperBound), count: size, .file(), role: .data, in: group)
    let padding = min((IsoImage.sector - size % IsoImage.sector) % IsoImage.sector, range.upperBound - place - size)
    if padding > 0 {
      try layout.add("padding", at: place + size, count: padding, .opaque, role: .padding, in: group)
    }
    end = max(end, place + size + padding)
  }

  private mutating func add(
    _ record: [UInt8], at place: Int64, _ name: String, _ source: inout ByteSource, _ isJoliet: Bool,
    into layout: inout LayoutBuilder, _ group: Int
  ) throws(FormatError) {
    let prefix = name == "record" ? "" : name + " "
    try layout.add(
      name, at: place, count: Int64(record.count), .structure(IsoRecord(prefix: prefix, isJoliet: isJoliet)), in: group)
    for area in try Self.systemUse(of: record, at: place, &source, range).dropFirst() {
      continued = max(continued, area.upperBound)
      try layout.add(
        "\(prefix)continuation", at: area.lowerBound, count: Int64(area.count),
        .structure(SystemUseEntries(prefix: "\(prefix)continued ")), in: group)
    }
  }

  /// Where the record's system use entries are: in the record itself, then in the areas that continue it.
  private static func systemUse(
    of record: [UInt8], at place: Int64, _ source: inout ByteSource, _ range: Range<Int64>
  ) throws(FormatError) -> [Range<Int64>] {
    let begin = Int64(33 + Int(record[32]) + (record[32] % 2 == 0 ? 1 : 0))
    guard begin < Int64(record.count) else { return [] }
    var areas = [place + begin..<place + Int64(record.count)]
    // Longer chains than any name or link needs are not followed.
    while areas.count < 8, let area = areas.last {
      guard let entry = try SystemUseEntries.find(&source, area).first(where: { $0.name == "CE" && $0.count == 28 })
      else { break }
      let from =
        range.lowerBound + (try source.u32(at: entry.place + 4)) * IsoImage.sector
        + (try source.u32(at: entry.place + 12))
      let count = try source.u32(at: entry.place + 20)
      guard count > 0, count <= IsoImage.sector, from <= range.upperBound - count else { break }
      areas.append(from..<from + count)
    }
    return areas
  }

  /// The name by Rock Ridge where it is there, else the record's own.
  private mutating func name(
    of record: [UInt8], at place: Int64, _ source: inout ByteSource, _ isJoliet: Bool
  ) throws(FormatError) -> String {
    let own = Array(record[33..<33 + Int(record[32])])
    if isJoliet { return IsoValue.joliet(own) ?? ExactText.text(own) }
    var name: [UInt8] = []
    for area in try Self.systemUse(of: record, at: place, &source, range) {
      try budget.take(area.count)
      for entry in try SystemUseEntries.find(&source, area) where entry.name == "NM" && entry.count > 5 {
        name += try source.bytes(at: entry.place + 5, count: Int(entry.count) - 5)
      }
    }
    if !name.isEmpty { return ExactText.text(name) }
    let text = ExactText.text(own)
    return text.hasSuffix(";1") ? String(text.dropLast(2)) : text
  }

  private static func number(_ record: [UInt8], _ place: Int) -> Int64 {
    record[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int64($1) }
  }

  private static let folderLimit: Int64 = 16 << 20
}
