import Model

/// The kernel that the build ran on.
struct Kernel: CauseRule {
  let name = "kernel"
  let summary = "releases and versions of a running kernel, as uname says them"

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    if change.isAnywhereAfter([" smp", "preempt"]), change.isAnywhereAfter(["#"]), change.isAnywhereAfter(["linux"]) {
      return Finding(0.96, "the build of a kernel as uname says it: \(change.shown)")
    }
    // What a program needs is no trace of what it was built on.
    let isDemand = change.isAnywhereAfter(["require", "minimum", "at least", "need", "depend", ">=", "since"])
    guard change.bothWords(Self.isRelease), !isDemand else { return nil }
    let isNamed = change.isAfter(any: ["linux", "kernel", "uname", "osrelease", "os.version", "system", "os:"])
    let hasFlavour = change.eitherWord(Self.hasFlavour)
    guard isNamed || hasFlavour else { return nil }
    return Finding(isNamed ? 0.93 : 0.87, "releases of a kernel: \(change.shown)")
  }

  /// `6.1.0-13-amd64`: three numbers, and perhaps more.
  private static func isRelease(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count <= 80 else { return false }
    let numbers = word.prefix { $0.isDigit || $0 == 0x2E }.split(separator: 0x2E)
    return numbers.count >= 3 && numbers.count <= 4 && numbers[0].count == 1
  }

  private static func hasFlavour(_ word: ArraySlice<UInt8>) -> Bool {
    word.mentions(any: [
      "-amd64", "-generic", "-cloud", "-arch1", ".el7", ".el8", ".el9", "-default", "-lts", "-aws", "-azure", "-gcp",
      "-686", "-arm64", "-wsl2", "-microsoft", "-rpi", "-fly",
    ]) && word.contains(0x2D)
  }

  func fix(_ subject: Subject) -> String {
    "do not record uname -r; setarch --uname-2.6 or a shim of uname gives a fixed one"
  }
}
