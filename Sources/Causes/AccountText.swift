/// `user@host` as kernels, logs and programs write it.
struct AccountText {
  let user: ArraySlice<UInt8>
  let host: ArraySlice<UInt8>

  /// The accounts that a change lies within; nil where one side has none, or an address of mail.
  static func pair(_ change: Change) -> (shipped: AccountText, rebuilt: AccountText)? {
    // Addresses of mail stand in angle brackets, and are no trace of a build.
    guard change.shipped.before.last != 0x3C, let shipped = AccountText(change.shipped.word),
      let rebuilt = AccountText(change.rebuilt.word)
    else { return nil }
    // A domain's name is that of who receives mail, unless it says who built.
    let areMachines = ![shipped.host, rebuilt.host].contains { $0.contains(0x2E) }
    let isBuilder =
      change.shipped.lead.last == 0x28 || change.isNamed(["by", "built-by", "builder", "build", "account"])
    guard areMachines || isBuilder else { return nil }
    return (shipped, rebuilt)
  }

  private init?(_ word: ArraySlice<UInt8>) {
    guard let at = word.firstIndex(of: 0x40), word.lastIndex(of: 0x40) == at else { return nil }
    let host = word[(at + 1)...].prefix { $0 != 0x3A && $0 != 0x2F }
    guard UserGroup.isName(word[..<at]), UserGroup.isName(host) else { return nil }
    user = word[..<at]
    self.host = host
  }
}
