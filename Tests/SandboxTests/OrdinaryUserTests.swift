import Glibc
import Processes
import SystemPackage
import Testing

/// As root, the denials and what is collected are tried once more as an ordinary user of this machine, if it has one
/// with subordinate users. None is made for it.
@Suite struct OrdinaryUserTests {
  private struct Account {
    let name: String
    let user: String
    let group: String
  }

  /// A user of whom `/etc/subuid` and `/etc/subgid` have a range.
  private static func account(_ folders: TestFolders) async throws -> Account? {
    let found = try await folders.shell(
      """
      while IFS=: read -r name _ user group _; do
        [ "$user" != 0 ] || continue
        for file in /etc/subuid /etc/subgid; do
          [ -f $file ] && awk -F: -v n="$name" -v u="$user" '($1 == n || $1 == u) && $3 >= 65536 { f = 1 } END { exit !f }' \
            $file || continue 2
        done
        echo "$name $user $group"
        break
      done </etc/passwd
      """)
    let words = found.split(whereSeparator: \.isWhitespace).map(String.init)
    return words.count == 3 ? Account(name: words[0], user: words[1], group: words[2]) : nil
  }

  private func asUser(_ account: Account, _ command: [String]) async throws -> HostResult {
    try await HostCommand(
      "setpriv", ["--reuid=\(account.user)", "--regid=\(account.group)", "--init-groups", "--"] + command
    ).run(limit: 1 << 24)
  }

  @Test func denialsHoldForAnOrdinaryUser() async throws {
    guard geteuid() == 0 else { return print("SKIP: these tests run as an ordinary user already") }
    let folders = try TestFolders()
    guard let account = try await Self.account(folders) else {
      return print(
        "SKIP: this machine has no ordinary user with 65536 subordinate users in /etc/subuid and /etc/subgid")
    }
    // This same program, where that user can read it.
    let program = folders.path.appending("tests").string
    try await folders.shell("cp /proc/\(getpid())/exe tests; chmod 0755 tests")
    let libraries = try await asUser(account, ["ldd", program])
    guard libraries.succeeded, !libraries.text.contains("not found"), HostCommand.locate("newuidmap") != nil else {
      return print("SKIP: user \(account.name) can read no Swift runtime here, or newuidmap is missing")
    }
    let result = try await asUser(
      account,
      [
        program, "--testing-library", "swift-testing", "--filter",
        "SandboxTests.(DenialTests|CollectionTests|KilledTests)",
      ])
    let said = (result.text + result.errors).split(separator: "\n")
    #expect(result.succeeded, "\(said.suffix(40).joined(separator: "\n"))")
    // A filter that finds nothing passes.
    let summary = said.last { $0.contains("Test run with ") }
    let count = summary?.firstRange(of: "with ").flatMap {
      Int(summary?[$0.upperBound...].prefix { $0.isNumber } ?? "")
    }
    #expect((count ?? 0) > 15, "\(summary ?? "nothing")")
  }
}
