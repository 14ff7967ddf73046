import Model

/// Text line by line: what was put in, taken out or changed, as `diff` finds it.
struct TextComparison {
  /// What is longer is compared as bytes.
  static let sizeLimit: Int64 = 64 << 20

  let pair: PartPair

  /// Whether the bytes look like text in UTF-8.
  static func isText(_ bytes: [UInt8], cutAtEnd: Bool) -> Bool {
    guard !bytes.isEmpty, !bytes.contains(0) else { return false }
    // A character may be cut where the looking ends.
    for dropped in 0...(cutAtEnd ? min(3, bytes.count - 1) : 0)
    where String(validating: bytes.dropLast(dropped), as: UTF8.self) != nil {
      return true
    }
    return false
  }

  /// The differences; nil when one of the two is no text after all.
  func explanation() throws -> Explanation? {
    guard max(pair.shipped.size, pair.rebuilt.size) <= Self.sizeLimit else { return nil }
    let shipped = try pair.shipped.bytes(at: 0, count: Int(pair.shipped.size))
    let rebuilt = try pair.rebuilt.bytes(at: 0, count: Int(pair.rebuilt.size))
    guard !shipped.contains(0), !rebuilt.contains(0) else { return nil }
    let (ours, theirs) = (Lines(shipped), Lines(rebuilt))
    var numbers: [ArraySlice<UInt8>: UInt64] = [:]
    let gaps = SequenceAlignment.gaps(ours.numbered(&numbers), theirs.numbered(&numbers))
    if let whole = wholeFile(ours, theirs, gaps) { return whole }
    var found = Explanation()
    for gap in gaps {
      let (inShipped, inRebuilt) = (ours.range(gap.left), theirs.range(gap.right))
      found.differences.append(
        Difference(
          path: pair.path, region: region(gap), format: "text", role: .text,
          kind: inRebuilt.isEmpty ? .missing : inShipped.isEmpty ? .extra : .text,
          offset: Int64(inShipped.lowerBound), length: Int64(max(inShipped.count, inRebuilt.count)),
          shipped: inShipped.isEmpty ? nil : BytesText.readable(shipped[inShipped]),
          rebuilt: inRebuilt.isEmpty ? nil : BytesText.readable(rebuilt[inRebuilt])))
      found.count(
        shipped: Int64(inShipped.count), rebuilt: Int64(inRebuilt.count), at: Int64(inShipped.lowerBound),
        named: true, drawn: pair.isDrawn)
    }
    return found
  }

  /// As unified form has it: where the lines are on either side.
  private func region(_ gap: SequenceAlignment.Gap) -> String {
    func lines(_ range: Range<Int>) -> String {
      range.count == 1 ? "\(range.lowerBound + 1)" : "\(range.lowerBound + (range.isEmpty ? 0 : 1)),\(range.count)"
    }
    let (shipped, rebuilt) = (lines(gap.left), lines(gap.right))
    return shipped == rebuilt && gap.left.count == 1 ? "line \(shipped)" : "lines -\(shipped) +\(rebuilt)"
  }

  /// One difference for all lines, where only their endings or the spaces at their ends differ.
  private func wholeFile(_ ours: Lines, _ theirs: Lines, _ gaps: [SequenceAlignment.Gap]) -> Explanation? {
    guard ours.count == theirs.count, !gaps.isEmpty else { return nil }
    let names = [
      (
        "byte order mark",
        { (line: ArraySlice<UInt8>) in line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line }
      ),
      ("line endings", { Lines.withoutEnding($0) }),
      ("spaces at line ends", { Lines.withoutSpaces($0) }),
    ]
    for (name, normal) in names
    where (0..<ours.count).allSatisfy({ normal(ours.line($0)).elementsEqual(normal(theirs.line($0))) }) {
      var found = Explanation()
      found.differences = [
        Difference(
          path: pair.path, region: name, format: "text", role: .text, kind: .text, offset: 0,
          length: max(pair.shipped.size, pair.rebuilt.size), shipped: ours.summary(name),
          rebuilt: theirs.summary(name))
      ]
      for gap in gaps {
        let (inShipped, inRebuilt) = (ours.range(gap.left), theirs.range(gap.right))
        found.count(
          shipped: Int64(inShipped.count), rebuilt: Int64(inRebuilt.count), at: Int64(inShipped.lowerBound),
          named: true, drawn: pair.isDrawn)
      }
      return found
    }
    return nil
  }
}

/// A text cut into lines, each with its ending.
private struct Lines {
  private let bytes: [UInt8]
  private let starts: [Int]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts = [0]
    for (index, byte) in bytes.enumerated() where byte == 0x0A && index + 1 < bytes.count { starts.append(index + 1) }
    starts.append(bytes.count)
    self.starts = bytes.isEmpty ? [0] : starts
  }

  var count: Int { starts.count - 1 }

  func line(_ index: Int) -> ArraySlice<UInt8> { bytes[starts[index]..<starts[index + 1]] }

  func range(_ lines: Range<Int>) -> Range<Int> { starts[lines.lowerBound]..<starts[lines.upperBound] }

  /// A number for each line, the same for the same bytes.
  func numbered(_ numbers: inout [ArraySlice<UInt8>: UInt64]) -> [UInt64] {
    (0..<count).map { index in
      let line = line(index)
      if let number = numbers[line] { return number }
      let number = UInt64(numbers.count)
      numbers[line] = number
      return number
    }
  }

  func summary(_ what: String) -> String {
    switch what {
    case "line endings":
      let lines = (0..<count).map { line($0) }
      let (windows, unix) = (lines.count { $0.suffix(2).elementsEqual([0x0D, 0x0A]) }, lines.count { $0.last == 0x0A })
      let none = lines.count { $0.last != 0x0A }
      return [(windows, "CR LF"), (unix - windows, "LF"), (none, "none")].filter { $0.0 > 0 }
        .map { "\($0.0) × \($0.1)" }.joined(separator: ", ")
    case "byte order mark": return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? "UTF-8 with a mark" : "without a mark"
    default:
      let lines = (0..<count).count { Lines.withoutEnding(line($0)).count > Lines.withoutSpaces(line($0)).count }
      return "\(lines) lines with spaces at their end"
    }
  }

  static func withoutEnding(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.suffix(2).elementsEqual([0x0D, 0x0A]) ? line.dropLast(2) : line.last == 0x0A ? line.dropLast() : line
  }

  static func withoutSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = withoutEnding(line)
    while line.last == 0x20 || line.last == 0x09 || line.last == 0x0D { line.removeLast() }
    return line
  }
}
