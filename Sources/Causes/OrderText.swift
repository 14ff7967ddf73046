import Model

/// The same parts in another order, as values tell them: lines of a text, or a list of names.
struct OrderText {
  /// The parts in the shipped order.
  let shipped: [ArraySlice<UInt8>]
  /// The same parts in the rebuilt order.
  let rebuilt: [ArraySlice<UInt8>]
  /// Whether the parts are words of a line and not lines.
  let isWithinLine: Bool

  /// Nil where the values are not the same parts in another order.
  init?(_ subject: Subject) {
    let kind = subject.difference.kind
    guard subject.hasBoth else { return nil }
    if kind == .order {
      // `3: a, b, c, …`: where the orders part, and the first few names from there on.
      func names(_ value: ValueBytes) -> [ArraySlice<UInt8>] {
        let text = value.bytes
        let start = text.firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? 0
        return text[start...].split { $0 == 0x2C || $0 == 0x20 || $0 == 0x0A }.filter { !$0.elementsEqual("…".utf8) }
      }
      self.init(parts: (names(subject.shipped), names(subject.rebuilt)), isWithinLine: false)
      return
    }
    guard kind == .text || kind == .value, subject.shipped.bytes.count == subject.rebuilt.bytes.count else {
      return nil
    }
    if let lines = Self.parts(subject.shipped.bytes[...], subject.rebuilt.bytes[...], "\n"),
      Self.isList(lines.0, lines.1, isWithinLine: false)
    {
      self.init(parts: lines, isWithinLine: false)
      return
    }
    guard !subject.shipped.bytes.dropLast().contains(0x0A) else { return nil }
    self.init(subject.shipped.bytes[...], subject.rebuilt.bytes[...])
  }

  /// Words of a changed stretch; nil where they are not the same in another order.
  init?(_ change: Change) {
    guard change.shipped.bytes.count == change.rebuilt.bytes.count, !change.shipped.bytes.contains(0x0A) else {
      return nil
    }
    self.init(change.shipped.bytes, change.rebuilt.bytes)
  }

  private init?(_ line: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) {
    guard let words = Self.parts(line, other, ", \n{}[]()"), Self.isList(words.0, words.1, isWithinLine: true) else {
      return nil
    }
    self.init(parts: words, isWithinLine: true)
  }

  private init(parts: ([ArraySlice<UInt8>], [ArraySlice<UInt8>]), isWithinLine: Bool) {
    (shipped, rebuilt) = parts
    self.isWithinLine = isWithinLine
  }

  /// Both sides' parts where they are the same in another order.
  private static func parts(
    _ text: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>, _ separators: String
  ) -> ([ArraySlice<UInt8>], [ArraySlice<UInt8>])? {
    let separators = Array(separators.utf8)
    let shipped = text.split { separators.contains($0) }
    let rebuilt = other.split { separators.contains($0) }
    guard shipped.count > 1, shipped.count == rebuilt.count, shipped.count <= 4096,
      shipped.sorted(by: { $0.lexicographicallyPrecedes($1) })
        .elementsEqual(rebuilt.sorted { $0.lexicographicallyPrecedes($1) }, by: { $0.elementsEqual($1) }),
      !zip(shipped, rebuilt).allSatisfy({ $0.elementsEqual($1) })
    else { return nil }
    return (shipped, rebuilt)
  }

  /// Whether it looks like a list, whose order means little: statements and arguments in another order do other things.
  private static func isList(
    _ shipped: [ArraySlice<UInt8>], _ rebuilt: [ArraySlice<UInt8>], isWithinLine: Bool
  ) -> Bool {
    func isSorted(_ key: (ArraySlice<UInt8>) -> ArraySlice<UInt8>) -> Bool {
      // Of two or three, one order or the other is sorted by chance.
      shipped.count > 3
        && [shipped, rebuilt].contains { parts in
          zip(parts, parts.dropFirst()).allSatisfy { !key($1).lexicographicallyPrecedes(key($0)) }
        }
    }
    if isWithinLine {
      let moved = zip(shipped, rebuilt).filter { !$0.elementsEqual($1) }.map(\.0)
      let areFiles = moved.allSatisfy { $0.contains(0x2E) || $0.contains(0x2F) }
      return moved.count > 2 || areFiles || isSorted { $0 }
    }
    let areNames = shipped.allSatisfy { line in !line.contains { $0 <= 0x20 || "(){};=$".utf8.contains($0) } }
    return areNames || isSorted { $0 } || isSorted { $0.split(separator: 0x20).last ?? $0 }
  }
}
