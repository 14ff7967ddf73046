import Model

/// The user and group that built or own the files.
struct UserGroup: CauseRule {
  let name = "user-group"
  let summary = "owners by number or name, and names of users in text"

  func finding(_ subject: Subject) -> Finding? {
    guard subject.difference.role == .owner, !subject.hasFreeKeys || subject.isOfBuild else { return nil }
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
    guard change.bothWords(Self.isName),
      change.isNamed(Self.keys) || change.isVariable(["USER", "LOGNAME", "USERNAME"]) || Self.isOfId(change)
    else { return nil }
    return Finding(0.9, "names of users: \(change.shown)")
  }

  /// Who built. Whose a program is, or who may log in, is for a program to say and no trace of a build.
  private static let keys = [
    "built-by", "built by", "builder", "build-user", "build user", "build_user", "build_by", "build-by", "whoami",
    "packaged by", "compiled by", "packager",
  ]

  /// `uid=1000(alice) gid=1000(alice)`, as `id` writes it.
  private static func isOfId(_ change: Change) -> Bool {
    [change.shipped, change.rebuilt].allSatisfy { side in
      var lead = side.lead
      let isNumber = side.word.allSatisfy(\.isDigit)
      guard isNumber ? side.after.drop(while: \.isDigit).first == 0x28 : lead.popLast() == 0x28 else { return false }
      while !isNumber, lead.last?.isDigit ?? false { lead.removeLast() }
      return ["uid=", "gid="].contains { lead.suffix(4).elementsEqual($0.utf8) }
    }
  }

  static func isName(_ word: ArraySlice<UInt8>) -> Bool {
    (1...64).contains(word.count)
      && word.allSatisfy { $0.isWord || $0 == 0x2D || $0 == 0x2E || $0 == 0x24 || $0 == 0x2B }
  }

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "tar": "tar --owner=0 --group=0 --numeric-owner"
    case "ar": "ar D (deterministic), which stores 0 for owner and group"
    case "cpio": "cpio --reproducible --owner=+0:+0"
    case "RPM": "set %_build_name-independent owners with %defattr(-,root,root)"
    case "squashfs": "mksquashfs -all-root"
    case "jar manifest", "zip": "zip -X leaves owners out; leave Built-By out of the manifest"
    default: "build as the same user, or do not record it (fakeroot, --owner=0 --group=0)"
    }
  }
}
