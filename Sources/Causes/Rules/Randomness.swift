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
    let bytes = subject.shipped.bytes
    guard bytes.contains(0x7B) || (bytes.contains(0x5B) && bytes.contains(0x27)) else { return nil }
    return Finding(0.9, "the members of a set in another order")
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    if change.bothWords(UniqueText.hasUUID) { return Finding(0.95, "UUIDs: \(change.shown)") }
    if UniqueText.areTemporary(change.shipped.word, change.rebuilt.word) {
      return Finding(0.96, "names of temporary files: \(change.shown)")
    }
    if change.bothWords(UniqueText.isAddress), change.isAfter(any: [" at "]) {
      return Finding(0.9, "addresses in memory: \(change.shown)")
    }
    guard change.bothWords({ word in word.contains(where: \.isDigit) && word.count >= 2 }),
      change.isAfter(any: Self.keys)
    else { return nil }
    return Finding(0.92, "numbers drawn at random: \(change.shown)")
  }

  private static let keys = [
    "uuid", "guid", "nonce", "salt", "seed", "random", "session", "boot_id", "boot-id", "cookie",
  ]

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "pyc": "build with PYTHONHASHSEED=0"
    case "ELF", "ar": "-frandom-seed=FILE for gcc; no temporary names in the output"
    case "ext4", "FAT", "squashfs": "give mkfs the UUID (-U) and the hash seed (-E hash_seed=)"
    default: "PYTHONHASHSEED=0, PERL_HASH_SEED=0; derive identities from the content or from SOURCE_DATE_EPOCH"
    }
  }
}
