import Formats
import Model

/// Finds members that have another name on the other side.
struct MemberSimilarity {
  /// How many members without a counterpart are looked into on each side; of more, only names are compared.
  static let limit = 1024
  /// How much of a member is looked at.
  private static let lookLength: Int64 = 1 << 20
  /// How alike two members must be, of 1.
  private static let threshold = 0.5

  /// A member's bytes in brief.
  struct Sketch: Sendable {
    let index: Int
    let name: String
    let size: Int64
    /// The smallest digests of its chunks, sorted.
    let chunks: [UInt64]
    let lastPart: Substring
    let nameWithoutDigits: [UInt8]

    init(index: Int, name: String, size: Int64, chunks: [UInt64]) {
      (self.index, self.name, self.size, self.chunks) = (index, name, size, chunks)
      lastPart = name.split(separator: "/").last ?? ""
      nameWithoutDigits = name.utf8.filter { !(0x30...0x39).contains($0) }
    }
  }

  /// Pairs of indices whose names are the same but for their numbers, where that leaves no choice; versions in names
  /// of folders and files are the usual reason why a name has no counterpart.
  ///
  /// Where it leaves a choice, folders and files are taken to be renamed as those that left none.
  static func sameButForNumbers(_ shipped: [(Int, String)], _ rebuilt: [(Int, String)]) -> [(Int, Int)] {
    var places: [String: (shipped: [Int], rebuilt: [Int])] = [:]
    for (place, one) in shipped.enumerated() { places[withoutNumbers(one.1), default: ([], [])].shipped.append(place) }
    for (place, one) in rebuilt.enumerated() { places[withoutNumbers(one.1), default: ([], [])].rebuilt.append(place) }
    var found = places.values.filter { $0.shipped.count == 1 && $0.rebuilt.count == 1 }
      .map { ($0.shipped[0], $0.rebuilt[0]) }
    let renamed = renamedParts(found.map { (shipped[$0.0].1, rebuilt[$0.1].1) })
    let taken = Set(renamed.values)
    guard !renamed.isEmpty else { return found.map { (shipped[$0].0, rebuilt[$1].0) }.sorted { $0.0 < $1.0 } }
    for place in places.values where place.shipped.count > 1 || place.rebuilt.count > 1 {
      var names: [String: Int] = [:]
      for index in place.rebuilt { names[rebuilt[index].1] = index }
      for index in place.shipped {
        let parts = shipped[index].1.split(separator: "/", omittingEmptySubsequences: false)
        // What another part is renamed to is not the same part.
        let others = parts.compactMap { renamed[$0] ?? (taken.contains($0) ? nil : $0) }
        guard others.count == parts.count else { continue }
        if let partner = names.removeValue(forKey: others.joined(separator: "/")) { found.append((index, partner)) }
      }
    }
    return found.map { (shipped[$0].0, rebuilt[$1].0) }.sorted { $0.0 < $1.0 }
  }

  /// The parts of paths that have another name on the other side, one for one, the most frequent first.
  private static func renamedParts(_ names: [(String, String)]) -> [Substring: Substring] {
    var counts: [[Substring]: Int] = [:]
    for (one, other) in names {
      let parts = one.split(separator: "/", omittingEmptySubsequences: false)
      let others = other.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == others.count else { continue }
      for (part, other) in zip(parts, others) where part != other { counts[[part, other], default: 0] += 1 }
    }
    // The names break ties the same way whichever side is the shipped one.
    let sorted = counts.sorted { left, right in
      left.value == right.value
        ? left.key.sorted().lexicographicallyPrecedes(right.key.sorted()) : left.value > right.value
    }
    var renamed: [Substring: Substring] = [:]
    var taken = Set<Substring>()
    for (pair, _) in sorted where renamed[pair[0]] == nil && taken.insert(pair[1]).inserted {
      renamed[pair[0]] = pair[1]
    }
    return renamed
  }

  /// Each run of digits as one mark.
  private static func withoutNumbers(_ name: String) -> String {
    var text: [UInt8] = []
    for byte in name.utf8 {
      guard (0x30...0x39).contains(byte) else {
        text.append(byte)
        continue
      }
      if text.last != 0 { text.append(0) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Pairs of indices, the most alike first; each member is in one at most.
  static func pairs(_ shipped: [Sketch], _ rebuilt: [Sketch]) -> [(Int, Int)] {
    var candidates: [(score: Double, shipped: Sketch, rebuilt: Sketch)] = []
    for one in shipped {
      for other in rebuilt {
        let score = likeness(one, other)
        if score >= threshold { candidates.append((score, one, other)) }
      }
    }
    // The names break ties the same way whichever side is the shipped one.
    candidates.sort { left, right in
      if left.score != right.score { return left.score > right.score }
      let names = ([left.shipped.name, left.rebuilt.name].sorted(), [right.shipped.name, right.rebuilt.name].sorted())
      return names.0.lexicographicallyPrecedes(names.1)
    }
    var (used, usedRebuilt) = (Set<Int>(), Set<Int>())
    var found: [(Int, Int)] = []
    for candidate in candidates
    where !used.contains(candidate.shipped.index) && !usedRebuilt.contains(candidate.rebuilt.index) {
      used.insert(candidate.shipped.index)
      usedRebuilt.insert(candidate.rebuilt.index)
      found.append((candidate.shipped.index, candidate.rebuilt.index))
    }
    return found
  }

  /// A member in brief; folders and the like, which have no bytes, have none.
  static func sketch(
    _ index: Int, of layout: Layout, _ regions: ArraySlice<Int32>, _ content: Content
  ) throws(ComparisonError) -> Sketch? {
    for region in regions.lazy.map({ layout.regions[Int($0)] }) {
      guard case .file = region.shape, region.length > 0 else { continue }
      return try sketch(
        index, name: layout.groups[index].name, content, region.offset..<region.offset + region.length)
    }
    return nil
  }

  /// A file in brief.
  static func sketch(
    _ index: Int, name: String, _ content: Content, _ range: Range<Int64>
  ) throws(ComparisonError) -> Sketch {
    let looked = range.lowerBound..<range.lowerBound + min(Int64(range.count), lookLength)
    let chunks = try ChunkedContent(content, looked, average: range.count < 4096 ? 16 : 64).digests
    return Sketch(index: index, name: name, size: Int64(range.count), chunks: Array(Set(chunks).sorted().prefix(128)))
  }

  private static func likeness(_ one: Sketch, _ other: Sketch) -> Double {
    let sizes = Double(min(one.size, other.size) + 1) / Double(max(one.size, other.size) + 1)
    guard sizes > 0.3 else { return 0 }
    // Of both sketches together the smallest digests are a fair sample of all.
    var (place, otherPlace, sample, both) = (0, 0, 0, 0)
    while sample < 128, place < one.chunks.count || otherPlace < other.chunks.count {
      sample += 1
      if otherPlace == other.chunks.count {
        place += 1
      } else if place == one.chunks.count {
        otherPlace += 1
      } else if one.chunks[place] == other.chunks[otherPlace] {
        (place, otherPlace, both) = (place + 1, otherPlace + 1, both + 1)
      } else if one.chunks[place] < other.chunks[otherPlace] {
        place += 1
      } else {
        otherPlace += 1
      }
    }
    let alike = sample == 0 ? 0 : Double(both) / Double(sample)
    let sameName = one.lastPart == other.lastPart || one.nameWithoutDigits == other.nameWithoutDigits
    return sameName ? max(alike, 0.4) + 0.2 : alike
  }
}
