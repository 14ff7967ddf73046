import Model

/// The permission bits that the builder's umask or file system gave.
struct UmaskModes: CauseRule {
  let name = "umask-modes"
  let summary = "permission bits that another umask gives"

  func finding(_ subject: Subject) -> Finding? {
    guard subject.difference.role == .mode, let shipped = Self.mode(subject.difference.shipped),
      let rebuilt = Self.mode(subject.difference.rebuilt)
    else { return nil }
    return judge(shipped, rebuilt)
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    guard let shipped = Self.letters(change.shipped.word), let rebuilt = Self.letters(change.rebuilt.word) else {
      return nil
    }
    return judge(shipped, rebuilt)
  }

  private func judge(_ shipped: UInt32, _ rebuilt: UInt32) -> Finding? {
    // Another type of file, and bits such as set-user-ID, come from no umask.
    guard (shipped ^ rebuilt) & ~0o777 == 0, shipped != rebuilt else { return nil }
    let masks: [UInt32] = [0o000, 0o002, 0o007, 0o022, 0o026, 0o027, 0o037, 0o077]
    for base: UInt32 in [0o666, 0o777] {
      let found = masks.filter { base & ~$0 == shipped & 0o777 }
      let other = masks.filter { base & ~$0 == rebuilt & 0o777 }
      if let mask = found.last, let otherMask = other.last {
        return Finding(0.95, "modes as umask \(Self.octal(mask)) and umask \(Self.octal(otherMask)) give them")
      }
    }
    let shown = "\(Self.octal(shipped & 0o777)) / \(Self.octal(rebuilt & 0o777))"
    if (shipped ^ rebuilt) & 0o666 == 0 { return Finding(0.6, "bits for execution alone: \(shown)") }
    // What others may and the owner or the group may not comes from nobody's umask.
    guard (shipped ^ rebuilt) & 0o700 == 0, Self.isNested(shipped), Self.isNested(rebuilt) else { return nil }
    return Finding(0.75, "permission bits alone: \(shown)")
  }

  /// Whether others may no more than the group, and the group no more than the owner.
  private static func isNested(_ mode: UInt32) -> Bool {
    let (user, group, others) = (mode >> 6 & 7, mode >> 3 & 7, mode & 7)
    return others & ~group == 0 && group & ~user == 0
  }

  private static func octal(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  /// `0644`, `0100644`, `-rw-r--r--`, alone or as the first word.
  private static func mode(_ value: String?) -> UInt32? {
    guard let word = value?.split(separator: " ").first else { return nil }
    return UInt32(word, radix: 8) ?? letters(Array(word.utf8)[...])
  }

  private static func letters(_ word: ArraySlice<UInt8>) -> UInt32? {
    guard word.count == 10, let type = word.first, "-dlbcps".utf8.contains(type) else { return nil }
    var mode: UInt32 = UInt32(type) << 16
    for (index, (byte, full)) in zip(word.dropFirst(), "rwxrwxrwx".utf8).enumerated() where byte != 0x2D {
      guard byte == full else { return nil }
      mode |= 1 << UInt32(8 - index)
    }
    return mode
  }

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "tar": "umask 022, or tar --mode=u+rwX,go+rX,go-w"
    case "squashfs": "umask 022 before the tree is made, or mksquashfs -root-mode 755"
    default: "umask 022 before unpacking and building, or install -m with the mode"
    }
  }
}
