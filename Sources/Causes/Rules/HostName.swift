import Model

/// The name of the machine that built.
struct HostName: CauseRule {
  let name = "host-name"
  let summary = "names of machines"

  func finding(_ subject: Subject) -> Finding? {
    guard subject.difference.role == .host, !subject.hasFreeKeys || subject.isOfBuild else { return nil }
    return Finding(
      0.95,
      "names of machines: \((subject.difference.shipped ?? "none").utf8.shown) / \((subject.difference.rebuilt ?? "none").utf8.shown)"
    )
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    if let host = subject.facts.hostName, host.utf8.count > 2, change.eitherWord({ Self.has($0, host) }) {
      return Finding(0.94, "names of machines: \(change.shown)")
    }
    if let (shipped, rebuilt) = AccountText.pair(change) {
      guard !shipped.host.elementsEqual(rebuilt.host) else { return nil }
      let sameUser = shipped.user.elementsEqual(rebuilt.user)
      return Finding(sameUser ? 0.92 : 0.85, "users at a machine: \(change.shown)")
    }
    guard change.bothWords(UserGroup.isName) else { return nil }
    if change.isNamed(Self.keys) || change.isVariable(["HOSTNAME", "HOST"]) {
      return Finding(0.92, "names of machines: \(change.shown)")
    }
    // `uname -a`: the name stands between the system and its release.
    let isBetween = [change.shipped, change.rebuilt].contains { side in
      side.before.suffix(6).mentions("linux ") && side.after.dropFirst().first?.isDigit ?? false
    }
    guard isBetween, !change.eitherWord({ $0.first?.isDigit ?? true }) else { return nil }
    return Finding(0.9, "the machine's name as uname says it: \(change.shown)")
  }

  /// Where it was built. What a program is to talk to has such names as well, and is no trace of a build.
  private static let keys = [
    "build-host", "build host", "build_host", "buildhost", "build.host", "build-hostname", "build_hostname",
    "built on", "compiled on", "build machine", "build-machine", "nodename", "buildd",
  ]

  private static func has(_ word: ArraySlice<UInt8>, _ host: String) -> Bool {
    word.elementsEqual(host.utf8) || word.begins(host + ".")
      || word.reversed().starts(with: ("@" + host).utf8.reversed())
  }

  func fix(_ subject: Subject) -> String {
    subject.difference.format == "RPM"
      ? "rpmbuild --define '_buildhost reproducible'" : "give the build a fixed host name, or do not record it"
  }
}
