import Model

/// Bytes between parts that nobody wrote on purpose.
struct UninitialisedPadding: CauseRule {
  let name = "uninitialised-padding"
  let summary = "bytes that only fill up, and that one side or both never set"

  func finding(_ subject: Subject) -> Finding? {
    guard subject.difference.role == .padding, ![.order, .moved, .text].contains(subject.difference.kind) else {
      return nil
    }
    if subject.region.begins(".text") || subject.region.begins(".init") || subject.region.begins(".fini") {
      // Between functions there may be more than nothing.
      let isFilled = [subject.shipped, subject.rebuilt].allSatisfy {
        !$0.isCut && NopFill.isAll($0.excerpt ?? $0.bytes)
      }
      return isFilled ? Finding(0.7, "instructions that do nothing, between functions") : nil
    }
    guard subject.difference.kind == .bytes || subject.difference.kind == .value else { return nil }
    let sides = [subject.shipped, subject.rebuilt].map { value in
      // A field's value is shown in hexadecimal digits.
      (value.excerpt ?? value.bytes).allSatisfy { $0 == 0 || $0 == 0xFF || $0 == UInt8(ascii: "0") }
    }
    return Finding(
      0.9, sides.contains(true) ? "padding that one side filled and the other did not" : "padding that holds leftovers")
  }

  func fix(_ subject: Subject) -> String { "set buffers and structures to zero before they are written" }
}
