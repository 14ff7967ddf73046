import Model

/// Numbers drawn at random: identities, temporary names, seeds of hashes, addresses.
struct Randomness: CauseRule {
  let name = "randomness"
  let summary = "UUIDs, names of temporary files, seeds and orders of hashes, addresses in memory"

  func finding(_ subject: Subject) -> Finding? {
    if subject.difference.role == .identity, UniqueText.isUUID(subject.shipped.bytes[...]),
      UniqueText.isUUID(subject.rebuilt.bytes[...])
    {
      return Finding(0.85, "UUIDs that differ")
    }
    guard subject.isReadable, let order = OrderText(subject), order.isWithinLine else { return nil }
    // Sets and dictionaries are written in brackets; their order is that of their hashes.
    guard Self.isWithinBrackets(subject.shipped.bytes, subject.rebuilt.bytes) else { return nil }
    return Finding(0.9, "the members of a set in another order")
  }

  /// Whether a brace, or a bracket before a quotation mark, is open where two texts part.
  private static func isWithinBrackets(_ text: [UInt8], _ other: [UInt8]) -> Bool {
    let common = zip(text, other).prefix { $0 == $1 }.count
    var open: [Int] = []
    for index in 0..<common {
      if text[index] == 0x7B || text[index] == 0x5B { open.append(index) }
      if text[index] == 0x7D || text[index] == 0x5D { _ = open.popLast() }
    }
    guard let innermost = open.last else { return false }
    return text[innermost] == 0x7B
      || [text, other].contains { $0[innermost...].dropFirst().first { $0 != 0x20 } == 0x27 }
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    if OrderText(change) != nil,
      Self.isWithinBrackets(
        Array(change.shipped.lead + change.shipped.word), Array(change.rebuilt.lead + change.rebuilt.word))
    {
      return Finding(0.9, "the members of a set in another order")
    }
    if change.bothWords(UniqueText.hasUUID) { return Finding(0.95, "UUIDs: \(change.shown)") }
    if UniqueText.areTemporary(change.shipped.word, change.rebuilt.word) {
      return Finding(0.96, "names of temporary files: \(change.shown)")
    }
    if change.bothWords(UniqueText.isAddress), change.isAfter(any: [" at "]) {
      return Finding(0.9, "addresses in memory: \(change.shown)")
    }
    // A limit of a session or a small seed is a choice of somebody's.
    guard change.bothWords({ word in word.contains(where: \.isDigit) && word.count >= 5 }), change.isNamed(Self.keys)
    else { return nil }
    return Finding(0.9, "numbers drawn at random: \(change.shown)")
  }

  private static let keys = [
    "uuid", "guid", "nonce", "salt", "seed", "random", "session id", "session_id", "session-id", "boot_id", "boot-id",
  ]

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "Python bytecode": "build with PYTHONHASHSEED=0"
    case "ELF", "ar": "-frandom-seed=FILE for gcc; no temporary names in the output"
    case "ext file system", "squashfs": "give mkfs the UUID (-U) and the hash seed (-E hash_seed=)"
    default: "PYTHONHASHSEED=0, PERL_HASH_SEED=0; derive identities from the content or from SOURCE_DATE_EPOCH"
    }
  }
}
