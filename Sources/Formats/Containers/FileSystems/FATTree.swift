import Model

/// Walks the folders of a FAT file system, and names its clusters by whose they are.
struct FATTree {
  /// A folder that is still to be read, and where it is.
  private struct Folder {
    let path: String
    let group: Int
    let runs: [Range<Int64>]
    let depth: Int
  }

  private let shape: FATShape
  private let table: [UInt8]
  private var budget: TreeBudget
  /// By number, those of which somebody was named.
  private var taken: [Bool]
  private var order: [Int] = []
  /// The first rule that was broken; what follows was laid out nevertheless.
  private(set) var flaw: FormatError?

  init(_ source: inout ByteSource, _ shape: FATShape) throws(FormatError) {
    self.shape = shape
    let needed = ((shape.clusterCount + 2) * Int64(shape.bits) + 7) / 8
    table = try source.bytes(at: shape.table, count: Int(min(needed, shape.tableSize)))
    taken = [Bool](repeating: false, count: Int(shape.clusterCount) + 2)
    budget = TreeBudget(size: source.size)
  }

  mutating func layOut(_ source: inout ByteSource, into layout: inout LayoutBuilder) throws(FormatError) {
    let runs = shape.rootCluster > 0 ? chain(shape.rootCluster) : [shape.root]
    var folders = [Folder(path: "", group: layout.group("/"), runs: runs, depth: 0)]
    var next = 0
    while next < folders.count {
      let folder = folders[next]
      next += 1
      guard folder.depth < TreeBudget.depthLimit else {
        note(.tooMuch("folders are nested too deep"))
        continue
      }
      try read(folder, &folders, &source, into: &layout)
    }
    layout.order("order of the entries", of: order)
    try addOthers(into: &layout)
  }

  private mutating func read(
    _ folder: Folder, _ folders: inout [Folder], _ source: inout ByteSource, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var long = FATLongName()
    var isOver = false
    for run in folder.runs {
      var place = run.lowerBound
      while place < run.upperBound, !isOver {
        let piece = try source.bytes(at: place, count: Int(min(32 << 10, run.upperBound - place)))
        for start in stride(from: 0, to: piece.count - 31, by: 32) {
          let entry = piece[start..<start + 32]
          isOver = piece[start] == 0
          if isOver { break }
          try add(entry, at: place, &long, folder, &folders, into: &layout)
          place += 32
        }
      }
      if place < run.upperBound {
        try layout.add(
          "unused entries", at: place, count: run.upperBound - place, .opaque, role: .padding, in: folder.group)
      }
    }
    try addOrphans(long, folder, into: &layout)
  }

  private mutating func add(
    _ entry: ArraySlice<UInt8>, at place: Int64, _ long: inout FATLongName, _ folder: Folder,
    _ folders: inout [Folder], into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let (first, attributes) = (entry[entry.startIndex], entry[entry.startIndex + 11])
    let isDeleted = first == 0xE5
    if !isDeleted, attributes & 0x3F == 0x0F {
      if first & 0x40 != 0 {
        try addOrphans(long, folder, into: &layout)
        long = FATLongName()
      }
      return long.add(entry, at: place)
    }
    let name = long.name(of: entry)
    let parts = long.parts
    long = FATLongName()
    let own = isDeleted ? "deleted entry" : attributes & 8 != 0 ? "volume label entry" : Self.links[name]
    if let own {
      for part in parts { try layout.addOrphan(at: part.place, in: folder.group) }
      try layout.add(own, at: place, count: 32, .structure(FATEntry(prefix: own + " ")), in: folder.group)
      return
    }
    let path = (folder.path.isEmpty ? "" : folder.path + "/") + name
    try budget.take(path.utf8.count)
    let group = layout.group(path, isMember: true)
    order.append(group)
    for part in parts {
      let structure = FATLongNameEntry(prefix: "long name part \(part.number) ")
      try layout.add("long name", at: part.place, count: 32, .structure(structure), role: .name, in: group)
    }
    try layout.add("entry", at: place, count: 32, .structure(FATEntry()), in: group)
    func number(_ offset: Int, _ count: Int) -> Int64 {
      entry.dropFirst(offset).prefix(count).reversed().reduce(0) { $0 << 8 | Int64($1) }
    }
    let cluster = number(26, 2) | (shape.bits == 32 ? number(20, 2) << 16 : 0)
    if attributes & 16 != 0 {
      folders.append(Folder(path: path, group: group, runs: chain(cluster), depth: folder.depth + 1))
    } else {
      try addContent(chain(cluster), size: number(28, 4), group, into: &layout)
    }
  }

  private static let links = [".": "link to itself", "..": "link to its parent"]

  /// Parts of a long name that no entry follows.
  private func addOrphans(
    _ long: FATLongName, _ folder: Folder, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    for part in long.parts { try layout.addOrphan(at: part.place, in: folder.group) }
  }

  /// The clusters of a file: its content, and what of them is behind its end.
  private mutating func addContent(
    _ runs: [Range<Int64>], size: Int64, _ group: Int, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var left = size
    var content: [Range<Int64>] = []
    var slack: [Range<Int64>] = []
    for run in runs {
      let end = run.lowerBound + min(left, Int64(run.count))
      left -= end - run.lowerBound
      if end > run.lowerBound { content.append(run.lowerBound..<end) }
      if end < run.upperBound { slack.append(end..<run.upperBound) }
    }
    try layout.addJoined("content", content, role: .data, in: group)
    for range in slack {
      try layout.add(
        "slack", at: range.lowerBound, count: Int64(range.count), .opaque, role: .padding, in: group)
    }
    if left > 0 { note(.malformed(at: runs.first?.lowerBound ?? shape.data, "a file has fewer clusters than bytes")) }
  }

  /// The bytes of the clusters from one on, neighbours together, each cluster once for all chains.
  private mutating func chain(_ first: Int64) -> [Range<Int64>] {
    guard first != 0 else { return [] }
    var runs: [Range<Int64>] = []
    var number = first
    while let place = shape.place(number) {
      guard !taken[Int(number)] else {
        note(.malformed(at: place.lowerBound, "a cluster belongs to two files"))
        return runs
      }
      taken[Int(number)] = true
      if runs.last?.upperBound == place.lowerBound {
        runs[runs.count - 1] = runs[runs.count - 1].lowerBound..<place.upperBound
      } else {
        runs.append(place)
      }
      number = following(number)
    }
    let last: Int64 = shape.bits == 32 ? 0x0FFF_FFF8 : shape.bits == 16 ? 0xFFF8 : 0xFF8
    if number < last { note(.malformed(at: shape.table, "a chain of clusters has no end")) }
    return runs
  }

  /// The entry of the table for a cluster.
  private func following(_ number: Int64) -> Int64 {
    let place = Int(number) * shape.bits / 8
    func byte(_ index: Int) -> Int64 { table.indices.contains(index) ? Int64(table[index]) : 0 }
    let word = byte(place) | byte(place + 1) << 8
    switch shape.bits {
    case 12: return number % 2 == 0 ? word & 0xFFF : word >> 4
    case 16: return word
    default: return (word | byte(place + 2) << 16 | byte(place + 3) << 24) & 0x0FFF_FFFF
    }
  }

  /// Clusters that nobody was named of: free ones, and those that the table has and no folder.
  private func addOthers(into layout: inout LayoutBuilder) throws(FormatError) {
    var number: Int64 = 2
    let end = shape.clusterCount + 2
    while number < end {
      guard !taken[Int(number)] else {
        number += 1
        continue
      }
      let isFree = following(number) == 0
      let first = number
      while number < end, !taken[Int(number)], (following(number) == 0) == isFree { number += 1 }
      let place = shape.data + (first - 2) * shape.cluster
      try layout.add(
        isFree ? "unused clusters" : "clusters of no file", at: place, count: (number - first) * shape.cluster,
        .opaque, role: isFree ? .padding : .data)
    }
  }

  private mutating func note(_ error: FormatError) {
    if flaw == nil { flaw = error }
  }
}

extension LayoutBuilder {
  fileprivate mutating func addOrphan(at place: Int64, in group: Int) throws(FormatError) {
    try add(
      "long name of no entry", at: place, count: 32, .structure(FATLongNameEntry(prefix: "long name of no entry ")),
      role: .padding, in: group)
  }
}
