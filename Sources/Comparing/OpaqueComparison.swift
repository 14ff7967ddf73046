import Model

/// Bytes that no format says more about: each stretch that differs is a difference, and where a format names the bytes
/// and many stretches differ, all of them are one.
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

  /// How many stretches of one region are differences of their own, where a format names it; a function, which changes
  /// in many places at once, is one.
  private var foldLimit: Int { role == .code ? 1 : FoldedPlaces.limit }

  func explain(_ shipped: Range<Int64>, _ rebuilt: Range<Int64>) throws -> Explanation {
    var found = Explanation()
    // Of whole files of one size it may be known already where the bytes differ.
    let differing = shipped == 0..<pair.shipped.size && rebuilt == 0..<pair.rebuilt.size ? pair.differing : nil
    let gaps = try BinaryAlignment.gaps(
      pair.shipped, differing ?? shipped, pair.rebuilt, differing ?? rebuilt)
    for gap in gaps {
      found.count(
        shipped: Int64(gap.shipped.count), rebuilt: Int64(gap.rebuilt.count), at: gap.shipped.lowerBound,
        named: isNamed, drawn: isDrawn)
    }
    guard isNamed, role != .padding, gaps.count > foldLimit else {
      found.differences = try gaps.map(difference)
      return found
    }
    // What lies within text may have a cause of its own.
    var texts: [BinaryAlignment.Gap] = []
    var others: [BinaryAlignment.Gap] = []
    for gap in gaps {
      if try isWithinText(gap) { texts.append(gap) } else { others.append(gap) }
    }
    guard others.count > foldLimit else {
      found.differences = try gaps.map(difference)
      return found
    }
    found.differences = [try folded(others)] + (try texts.map(difference))
    return found
  }

  private func difference(_ gap: BinaryAlignment.Gap) throws -> Difference {
    let kind: Difference.Kind = gap.rebuilt.isEmpty ? .missing : gap.shipped.isEmpty ? .extra : .bytes
    return Difference(
      path: pair.path, region: region, format: format, role: role, kind: kind, offset: gap.shipped.lowerBound,
      length: Int64(max(gap.shipped.count, gap.rebuilt.count)),
      shipped: kind == .extra ? nil : try value(pair.shipped, gap.shipped, notes.shipped, instructions.shipped),
      rebuilt: kind == .missing ? nil : try value(pair.rebuilt, gap.rebuilt, notes.rebuilt, instructions.rebuilt))
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

  /// Whether a stretch on either side lies within a longer text.
  private func isWithinText(_ gap: BinaryAlignment.Gap) throws -> Bool {
    for (content, range) in [(pair.shipped, gap.shipped), (pair.rebuilt, gap.rebuilt)] {
      let start = max(0, range.lowerBound - 4)
      let bytes = try content.bytes(at: start, count: min(range.count, 64) + 8)
      guard bytes.count < 9 || !bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return true }
    }
    return false
  }

  /// One difference for many stretches: how many there are, and each of them.
  private func folded(_ gaps: [BinaryAlignment.Gap]) throws -> Difference {
    var folded = FoldedPlaces("stretches")
    for gap in gaps {
      folded.add(
        "", shipped: try stretch(pair.shipped, gap.shipped, instructions.shipped),
        rebuilt: try stretch(pair.rebuilt, gap.rebuilt, instructions.rebuilt))
    }
    let length = gaps.reduce(0) { $0 + Int64(max($1.shipped.count, $1.rebuilt.count)) }
    var one = Difference(
      path: pair.path, region: region, format: format, role: role, kind: .bytes,
      offset: gaps.first?.shipped.lowerBound, length: length)
    folded.tell(in: &one)
    one.shipped = note(notes.shipped, one.shipped)
    one.rebuilt = note(notes.rebuilt, one.rebuilt)
    return one
  }

  private func stretch(_ content: Content, _ range: Range<Int64>, _ instructions: Instructions?) throws -> String {
    let code = instructions?.text(range).map { " (instructions: \($0))" } ?? ""
    return "\(range.lowerBound): \(try BytesText.hexadecimal(content, range))\(code)"
  }

  private func note(_ note: String?, _ text: String?) -> String? {
    guard let note, let text else { return text }
    return "\(note): \(text)"
  }
}
