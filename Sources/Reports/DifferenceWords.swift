import Model

/// A difference in a few words.
enum DifferenceWords {
  /// How many there are, and of what, the most frequent first.
  static func counts(_ differences: [Difference]) -> String {
    let total = Amount.count(differences.count, "difference")
    guard differences.count > 1 else { return total }
    var counts: [String: Int] = [:]
    for difference in differences { counts[group(difference), default: 0] += 1 }
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = sorted.prefix(6).map { "\(Amount.count(Int64($0.value))) \($0.key)" }
    let rest = sorted.dropFirst(6).reduce(0) { $0 + $1.value }
    return "\(total) (\((shown + (rest > 0 ? ["\(rest) other"] : [])).joined(separator: ", ")))"
  }

  private static func group(_ difference: Difference) -> String {
    switch difference.kind {
    case .bytes: "content"
    case .text: "text"
    case .missing: "missing"
    case .extra: "extra"
    case .order: "order"
    case .moved: "moved"
    case .value: difference.region ?? "value"
    }
  }

  /// Both values of a field, where they are short and no more is known than the name of a cause; nil otherwise.
  static func oneLine(_ difference: Difference) -> String? {
    guard difference.kind == .value, difference.fix == nil, let shipped = difference.shipped,
      let rebuilt = difference.rebuilt, shipped.count + rebuilt.count <= 60
    else { return nil }
    return "shipped \(shipped), rebuilt \(rebuilt)" + (difference.cause.map { " (\($0.name))" } ?? "")
  }

  /// What kind of difference it is, where it is and how large.
  static func summary(_ difference: Difference) -> String {
    switch difference.kind {
    case .bytes: extent(difference, "bytes differ")
    case .text: "text differs"
    case .value: "another value"
    case .missing: "only in what was shipped"
    case .extra: "only in what was rebuilt"
    case .order: "the same parts in another order"
    case .moved: "the same part at another place"
    }
  }

  private static func extent(_ difference: Difference, _ nothingKnown: String) -> String {
    let place = difference.offset.map { ", the first at offset \(Amount.count($0))" } ?? ""
    guard let length = difference.length else { return nothingKnown + place }
    return "\(Amount.count(length)) byte\(length == 1 ? " differs" : "s differ")" + place
  }
}
