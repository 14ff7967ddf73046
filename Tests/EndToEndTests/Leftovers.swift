import Glibc
import SystemPackage
import TestFixtures

/// What a run may not leave behind.
enum Leftovers {
  /// A number of seconds for sleep(1) that no other process of this machine names.
  static func seconds() -> String { "8\(UInt32.random(in: 100_000_000...999_999_999))" }

  /// The processes whose arguments hold a text, once those that are ending had a moment.
  static func processes(naming text: String, patience: Int = 40) throws -> [String] {
    var found: [String] = []
    for _ in 0...patience {
      found = try FixtureProcess.shell(
        """
        printf %s "$1" > "$0/text"
        set -- /proc/[0-9]*/cmdline
        grep -lazF -f "$0/text" "$@" > "$0/found" 2>/dev/null
        grep -v "^/proc/$$/" "$0/found" || true
        """, [text]
      ).output.split(separator: "\n").map(String.init)
      if found.isEmpty { return [] }
      usleep(50_000)
    }
    return found
  }

  /// The mounts that this process sees.
  static func mounts() throws -> [String] {
    try FixtureProcess.shell("cut -d ' ' -f 4- /proc/self/mountinfo | sort").output.split(separator: "\n")
      .map(String.init)
  }

  /// The work in progress of a process in a store.
  static func scratch(of process: Int32, store: String = Verbatim.sharedStore) throws -> [String] {
    try FixtureProcess.shell("cd \"$1/aside\" && ls -1A", [store]).output.split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("\(process)-") }
  }
}
