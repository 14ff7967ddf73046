import Model

/// Bytes that no format says more about: each stretch that differs is a difference.
struct OpaqueComparison {
  let pair: PartPair
  /// Their name, if they have one.
  let region: String?
  let format: String?
  let role: Difference.Role?
  /// Why no format says more, where that is odd.
  let notes: Unexplainable
  /// Whether a format names them at all.
  let isNamed: Bool
  let isDrawn: Bool
  /// What code they are, where that is known.
  var instructions: (shipped: Instructions?, rebuilt: Instructions?) = (nil, nil)

  func explain(_ shipped: Range<Int64>, _ rebuilt: Range<Int64>) throws -> Explanation {
    var found = Explanation()
    for gap in try BinaryAlignment.gaps(pair.shipped, shipped, pair.rebuilt, rebuilt) {
      let kind: Difference.Kind = gap.rebuilt.isEmpty ? .missing : gap.shipped.isEmpty ? .extra : .bytes
      found.differences.append(
        Difference(
          path: pair.path, region: region, format: format, role: role, kind: kind, offset: gap.shipped.lowerBound,
          length: Int64(max(gap.shipped.count, gap.rebuilt.count)),
          shipped: kind == .extra ? nil : try value(pair.shipped, gap.shipped, notes.shipped, instructions.shipped),
          rebuilt: kind == .missing ? nil : try value(pair.rebuilt, gap.rebuilt, notes.rebuilt, instructions.rebuilt)))
      found.count(
        shipped: Int64(gap.shipped.count), rebuilt: Int64(gap.rebuilt.count), at: gap.shipped.lowerBound,
        named: isNamed, drawn: isDrawn)
    }
    return found
  }

  private func value(
    _ content: Content, _ range: Range<Int64>, _ note: String?, _ instructions: Instructions?
  ) throws -> String {
    var text = try BytesText.text(content, range)
    if !isNamed, range.count >= 64 {
      let bytes = try content.bytes(at: range.lowerBound, count: min(range.count, 1 << 20))
      if let entropy = BytesText.entropy(bytes) {
        text += ", entropy \((entropy * 10).rounded() / 10) of 8 bits"
      }
    }
    if let instructions = instructions?.text(range) { text += ", instructions: \(instructions)" }
    return note.map { "\($0): \(text)" } ?? text
  }
}
