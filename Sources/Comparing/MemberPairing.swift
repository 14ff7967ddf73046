import Archives
import Model

/// Which members of two archives belong together, and what can be said without looking at their bytes.
struct MemberPairing {
  /// A member of both archives.
  struct Pair {
    let key: MemberKey
    let shipped: Member
    let rebuilt: Member

    /// Whether only the bytes can tell more.
    var contentDiffers: Bool {
      shipped.entry.kind == rebuilt.entry.kind && (shipped.digest != rebuilt.digest || shipped.size != rebuilt.size)
    }
  }

  private let shipped: ArchiveListing
  private let rebuilt: ArchiveListing
  private let shippedByKey: [MemberKey: Member]
  private let rebuiltByKey: [MemberKey: Member]
  /// All names, sorted: the same order whichever of the two is the shipped one.
  private let keys: [MemberKey]

  init(_ shipped: ArchiveListing, _ rebuilt: ArchiveListing) {
    self.shipped = shipped
    self.rebuilt = rebuilt
    // Counting occurrences made the keys unique.
    shippedByKey = Dictionary(shipped.members.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    rebuiltByKey = Dictionary(rebuilt.members.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    keys = Set(shippedByKey.keys).union(rebuiltByKey.keys).sorted()
  }

  /// Pairs whose bytes are to be looked at.
  var differingContents: [Pair] { keys.compactMap { pair($0) }.filter(\.contentDiffers) }

  /// What differs, sorted by name; the differences of contents are put where they belong.
  func differences(path: [String], contents: [MemberKey: [Difference]]) -> [Difference] {
    var found = containerDifferences(path: path)
    for key in keys {
      let path = path + [key.text]
      if let pair = pair(key) {
        found += MemberField.differences(pair.shipped, pair.rebuilt, path: path)
        found += contents[key] ?? []
      } else if let member = shippedByKey[key] {
        found.append(Difference(path: path, kind: .missing, length: member.size, shipped: summary(member)))
      } else if let member = rebuiltByKey[key] {
        found.append(Difference(path: path, kind: .extra, length: member.size, rebuilt: summary(member)))
      }
    }
    return found
  }

  private func pair(_ key: MemberKey) -> Pair? {
    guard let shipped = shippedByKey[key], let rebuilt = rebuiltByKey[key] else { return nil }
    return Pair(key: key, shipped: shipped, rebuilt: rebuilt)
  }

  private func summary(_ member: Member) -> String {
    let kind = member.entry.kind
    let target = member.entry.linkTarget.map { " to \(ExactText.text($0))" } ?? ""
    return kind == .file
      ? "file, \(member.size) bytes, sha256 \(member.digest.hex)" : kind.rawValue + target
  }

  private func containerDifferences(path: [String]) -> [Difference] {
    var found: [Difference] = []
    if shipped.format != rebuilt.format {
      found.append(
        Difference(path: path, region: "format", kind: .value, shipped: shipped.format, rebuilt: rebuilt.format))
    }
    if shipped.filters != rebuilt.filters {
      found.append(
        Difference(
          path: path, region: "compression", kind: .value, shipped: compression(shipped),
          rebuilt: compression(rebuilt)))
    }
    return found + findings(path: path) + order(path: path)
  }

  private func compression(_ listing: ArchiveListing) -> String {
    listing.filters.isEmpty ? "none" : listing.filters.joined(separator: ", ")
  }

  /// What the reader found odd about one archive and not about the other.
  private func findings(path: [String]) -> [Difference] {
    let (ours, theirs) = (Set(shipped.findings), Set(rebuilt.findings))
    return Set(ours.symmetricDifference(theirs)).map { finding in
      let text = finding.path.map { "\(ExactText.text(Array($0.utf8))): \(finding.text)" } ?? finding.text
      return ours.contains(finding)
        ? Difference(path: path, region: finding.rule.rawValue, kind: .missing, shipped: text)
        : Difference(path: path, region: finding.rule.rawValue, kind: .extra, rebuilt: text)
    }.sorted { ($0.region ?? "", $0.shipped ?? $0.rebuilt ?? "") < ($1.region ?? "", $1.shipped ?? $1.rebuilt ?? "") }
  }

  /// Whether the members that both have come in the same order; shows where the orders part.
  private func order(path: [String]) -> [Difference] {
    let ours = shipped.members.map(\.key).filter { rebuiltByKey[$0] != nil }
    let theirs = rebuilt.members.map(\.key).filter { shippedByKey[$0] != nil }
    guard let parting = zip(ours, theirs).enumerated().first(where: { $1.0 != $1.1 })?.offset else { return [] }
    func names(_ keys: [MemberKey]) -> String {
      let shown = keys[parting...].prefix(3).map(\.text).joined(separator: ", ")
      return "\(parting + 1): \(shown)\(keys.count > parting + 3 ? ", …" : "")"
    }
    return [
      Difference(path: path, region: "member order", kind: .order, shipped: names(ours), rebuilt: names(theirs))
    ]
  }
}
