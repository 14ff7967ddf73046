import Glibc
import Processes
import SystemPackage

/// What the engine found out about this machine, once.
struct Machine: Sendable {
  /// By which right the sandbox is made.
  enum Privilege: Sendable, Hashable {
    /// As root; with a user namespace around the command where the kernel allows it.
    case root(userNamespaces: Bool)
    /// As an ordinary user: everything in a user namespace whose users are his own and his subordinate ones.
    case ordinary
  }

  let privilege: Privilege
  let filter: SeccompFilter
  /// Each user and group mapped to itself, for `uid_map`.
  let identityMap: String
  /// What is hidden of what `/proc` tells of the machine.
  private let masked: (files: [String], folders: [String])
  /// bubblewrap arguments that show this machine's own programs.
  let hostToolMounts: [String]
  private let allowedProcessors: [Int]

  static let tools = ["bwrap", "unshare", "mount", "setpriv", "taskset", "chrt", "tar", "sh", "cp", "mkdir"]

  init() async throws(SandboxError) {
    for tool in Self.tools where HostCommand.locate(tool) == nil {
      throw SandboxError(
        .unavailable, "making a sandbox: this machine has no \(tool)",
        advice: ProcessError.debianPackage(of: tool).map { "install the Debian package \($0)" })
    }
    if geteuid() == 0 {
      let trial = try? await HostCommand("unshare", ["--user", "true"]).run()
      privilege = .root(userNamespaces: trial?.succeeded ?? false)
    } else {
      try SubordinateIdentities.require()
      privilege = .ordinary
    }
    filter = try SeccompFilter()
    identityMap = Self.identity(of: TextFile.read("/proc/self/uid_map") ?? "")
    masked = Self.masks()
    hostToolMounts = Self.hostTools()
    allowedProcessors = Self.processors()
  }

  /// Whether root's sandbox gets a user namespace of its own: where there are capabilities for it to confine. The
  /// builder has none, and would pay a third of the time that a sandbox takes to start.
  func confinesCapabilities(of user: SandboxRequest.User) -> Bool {
    user == .administrator && privilege == .root(userNamespaces: true)
  }

  /// The list of processors for `taskset`; nil when all are asked for. Fewer where the machine has fewer.
  func processors(_ wanted: Int?) -> String? {
    wanted.map { allowedProcessors.prefix($0).map(String.init).joined(separator: ",") }
  }

  /// One of the processors, as a list for `taskset`.
  func anyProcessor() -> String { "\(allowedProcessors.randomElement() ?? 0)" }

  /// How many processors a request gets.
  func processorCount(_ wanted: Int?) -> Int { min(wanted ?? Int.max, allowedProcessors.count) }

  static func identity(of map: String) -> String {
    map.split(separator: "\n").compactMap { line -> String? in
      let numbers = line.split(separator: " ")
      return numbers.count == 3 ? "\(numbers[0]) \(numbers[0]) \(numbers[2])" : nil
    }.joined(separator: "\n")
  }

  /// bubblewrap arguments that hide what `/proc` tells of the machine; `empty` is an empty folder.
  func processMasks(empty: String) -> [String] {
    masked.files.flatMap { ["--ro-bind", "/dev/null", "/proc/\($0)"] }
      + masked.folders.flatMap { ["--ro-bind", empty, "/proc/\($0)"] }
  }

  private static func masks() -> (files: [String], folders: [String]) {
    // The list of the OCI runtimes; bubblewrap itself makes sys, bus, irq and sysrq-trigger read-only. The rest of
    // what tells of the machine takes a capability to read, and each of these costs a quarter of a millisecond.
    let files = ["kcore", "keys", "timer_list", "timer_stats", "sched_debug", "latency_stats"]
    let exist: (String) -> Bool = { unsafe access("/proc/\($0)", F_OK) == 0 }
    return (files.filter(exist), ["acpi", "asound", "scsi"].filter(exist))
  }

  private static func hostTools() -> [String] {
    var arguments = ["--ro-bind", "/usr", "/usr"]
    for name in ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] {
      if let target = try? linkTarget("/\(name)") {
        arguments += ["--symlink", target, "/\(name)"]
      } else if unsafe access("/\(name)", F_OK) == 0 {
        arguments += ["--ro-bind", "/\(name)", "/\(name)"]
      }
    }
    for name in ["/etc/alternatives", "/etc/ld.so.cache"] { arguments += ["--ro-bind-try", name, name] }
    return arguments
  }

  private static func linkTarget(_ path: String) throws(Errno) -> String {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink(path, &bytes, bytes.count)
    guard count > 0, count < bytes.count else { throw Errno(rawValue: errno) }
    return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func processors() -> [Int] {
    let status = TextFile.read("/proc/self/status") ?? ""
    for line in status.split(separator: "\n") where line.hasPrefix("Cpus_allowed_list:") {
      let list = line.drop { $0 != ":" }.dropFirst().filter { !$0.isWhitespace }
      let found = list.split(separator: ",").flatMap { range -> [Int] in
        let ends = range.split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last, first <= last, last < 1 << 16 else { return [] }
        return Array(first...last)
      }
      if !found.isEmpty { return found }
    }
    return [0]
  }
}

/// The ranges of subordinate users and groups that an ordinary user's sandbox takes its users from.
enum SubordinateIdentities {
  static func require() throws(SandboxError) {
    let user = geteuid()
    for tool in ["newuidmap", "newgidmap"] where HostCommand.locate(tool) == nil {
      throw SandboxError(
        .unavailable, "making a sandbox as user \(user): this machine has no \(tool)",
        advice: "install the Debian package uidmap")
    }
    for file in ["/etc/subuid", "/etc/subgid"] where !hasRange(in: TextFile.read(file) ?? "", of: user) {
      throw SandboxError(
        .unavailable, "making a sandbox as user \(user): \(file) gives that user no 65536 subordinate ones",
        advice: advice(for: name(of: user)))
    }
  }

  /// How to get a range that no other user has: two users with the same could reach each other's files.
  private static func advice(for name: String) -> String {
    let tables = (TextFile.read("/etc/subuid") ?? "") + "\n" + (TextFile.read("/etc/subgid") ?? "")
    let ends = tables.split(separator: "\n").map { line in
      let numbers = line.split(separator: ":").suffix(2).compactMap { UInt32($0) }.map(Int.init)
      return numbers.count == 2 ? numbers[0] + numbers[1] : 0
    }
    let first = max(100_000, ends.max() ?? 0)
    let range = "\(first)-\(first + 65535)"
    return "as root: usermod --add-subuids \(range) --add-subgids \(range) \(name)"
  }

  static func hasRange(in table: String, of user: uid_t) -> Bool {
    let names = ["\(user)", name(of: user)]
    return table.split(separator: "\n").contains { line in
      let fields = line.split(separator: ":")
      return fields.count == 3 && names.contains(String(fields[0])) && (Int(fields[2]) ?? 0) >= 65536
    }
  }

  private static func name(of user: uid_t) -> String {
    let line = (TextFile.read("/etc/passwd") ?? "").split(separator: "\n").first { line in
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      return fields.count > 2 && fields[2] == "\(user)"
    }
    return line.map { String($0.prefix { $0 != ":" }) } ?? "\(user)"
  }
}
