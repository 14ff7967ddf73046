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
      (shipped, rebuilt) = (names(subject.shipped), names(subject.rebuilt))
      isWithinLine = false
      return
    }
    guard kind == .text || kind == .value, subject.shipped.bytes.count == subject.rebuilt.bytes.count else {
      return nil
    }
    for (separators, isWithin) in [("\n", false), (", \n{}[]()", true)] {
      let separators = Array(separators.utf8)
      let shipped = subject.shipped.bytes.split { separators.contains($0) }
      let rebuilt = subject.rebuilt.bytes.split { separators.contains($0) }
      guard shipped.count > 1, shipped.count == rebuilt.count, shipped.count <= 4096,
        shipped.sorted(by: { $0.lexicographicallyPrecedes($1) })
          .elementsEqual(rebuilt.sorted { $0.lexicographicallyPrecedes($1) }, by: { $0.elementsEqual($1) })
      else { continue }
      guard !zip(shipped, rebuilt).allSatisfy({ $0.elementsEqual($1) }) else { continue }
      self.shipped = shipped
      self.rebuilt = rebuilt
      isWithinLine = isWithin
      return
    }
    return nil
  }
}
