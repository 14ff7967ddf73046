import Model

/// The user and group that built or own the files.
struct UserGroup: CauseRule {
  let name = "user-group"
  let summary = "owners by number or name, and names of users in text"

  func finding(_ subject: Subject) -> Finding? {
    guard subject.difference.role == .owner else { return nil }
    guard let shipped = subject.difference.shipped, let rebuilt = subject.difference.rebuilt else {
      return Finding(0.8, "an owner that only one side records")
    }
    return Finding(0.95, "owners that differ: \(shipped.utf8.shown) / \(rebuilt.utf8.shown)")
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    if let user = subject.facts.user, user.utf8.count > 2, change.eitherWord({ $0.elementsEqual(user.utf8) }) {
      return Finding(0.93, "names of users: \(change.shown)")
    }
    if let (shipped, rebuilt) = AccountText.pair(change) {
      guard !shipped.user.elementsEqual(rebuilt.user) else { return nil }
      let sameHost = shipped.host.elementsEqual(rebuilt.host)
      return Finding(sameHost ? 0.9 : 0.7, "users at a machine: \(change.shown)")
    }
    guard change.isAfter(any: Self.keys), change.bothWords(Self.isName) else { return nil }
    return Finding(0.9, "names of users: \(change.shown)")
  }

  private static let keys = [
    "user", "built-by", "built by", "builder", "build_by", "logname", "whoami", "uid", "gid", "owner", "group",
    "packaged by", "compiled by", "login",
  ]

  static func isName(_ word: ArraySlice<UInt8>) -> Bool {
    (1...64).contains(word.count)
      && word.allSatisfy { $0.isWord || $0 == 0x2D || $0 == 0x2E || $0 == 0x24 || $0 == 0x2B }
  }

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "tar": "tar --owner=0 --group=0 --numeric-owner"
    case "ar": "ar D (deterministic), which stores 0 for owner and group"
    case "cpio": "cpio --reproducible --owner=+0:+0"
    case "rpm": "set %_build_name-independent owners with %defattr(-,root,root)"
    case "squashfs": "mksquashfs -all-root"
    case "jar", "zip", "wheel": "zip -X leaves owners out; leave Built-By out of the manifest"
    default: "build as the same user, or do not record it (fakeroot, --owner=0 --group=0)"
    }
  }
}
