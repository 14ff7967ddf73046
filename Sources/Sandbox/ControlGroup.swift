import Glibc
import Synchronization
import SystemPackage

/// A control group of one sandbox, where this process may make one with limits.
struct ControlGroup: Sendable {
  /// What a group limits.
  enum Kind: Sendable, Hashable {
    /// Memory and processes, by cgroup v2.
    case unified
    /// Processes alone, by the controller `pids` of cgroup v1, which older and hybrid machines have.
    case legacyProcesses
  }

  /// A place where groups can be made.
  struct Base: Sendable, Hashable {
    let path: FilePath
    let kind: Kind
  }

  let path: FilePath
  let kind: Kind

  private static let counter = Atomic<Int>(0)

  /// Where groups can be made: under cgroup v2 if that limits memory and processes, else under cgroup v1.
  ///
  /// - Parameters:
  ///   - hierarchy: where control groups are mounted.
  ///   - membership: the text of `/proc/self/cgroup`.
  static func base(hierarchy: FilePath, membership: String) -> Base? {
    if let path = unified(hierarchy: hierarchy, membership: membership) { return Base(path: path, kind: .unified) }
    return legacy(hierarchy: hierarchy, membership: membership).map { Base(path: $0, kind: .legacyProcesses) }
  }

  /// This process's own group of the controller `pids` of cgroup v1; nil where there is none that may be written.
  private static func legacy(hierarchy: FilePath, membership: String) -> FilePath? {
    for line in membership.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[1].split(separator: ",").contains("pids") else { continue }
      let parts = fields[2].split(separator: "/").map(String.init)
      guard !parts.contains("..") else { return nil }
      let group = parts.reduce(hierarchy.appending(String(fields[1]))) { $0.appending($1) }
      return unsafe access(group.appending("cgroup.procs").string, W_OK) == 0 ? group : nil
    }
    return nil
  }

  /// The nearest group above this process's own whose children get memory and process limits and that may be written;
  /// nil where there is none. Its own group is no candidate: a group with processes has no limited children.
  private static func unified(hierarchy: FilePath, membership: String) -> FilePath? {
    let lines = membership.split(separator: "\n")
    guard let own = lines.first(where: { $0.hasPrefix("0::/") })?.dropFirst(4) else { return nil }
    var parts = own.split(separator: "/").map(String.init)
    guard !parts.contains("..") else { return nil }
    while true {
      if !parts.isEmpty { parts.removeLast() }
      let candidate = parts.reduce(hierarchy) { $0.appending($1) }
      let given = TextFile.read(candidate.appending("cgroup.subtree_control").string) ?? ""
      let controllers = Set(given.split { $0 == " " || $0 == "\n" })
      let usable = controllers.isSuperset(of: ["memory", "pids"])
      if usable, unsafe access(candidate.string, W_OK) == 0,
        unsafe access(candidate.appending("cgroup.procs").string, W_OK) == 0
      {
        return candidate
      }
      if parts.isEmpty { return nil }
    }
  }

  /// Makes a group with these limits; nil when any of them is refused, and then nothing is left.
  init?(in base: Base, _ limits: SandboxLimits) {
    let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    kind = base.kind
    path = base.path.appending("verbatim-\(getpid())-\(number)")
    guard unsafe mkdir(path.string, 0o755) == 0 else { return nil }
    // Room for the launcher's own few.
    var set = write("\(limits.processes + 16)", "pids.max")
    if kind == .unified {
      // Files of the scratch file system count as memory here.
      set = set && write("\(limits.memory + limits.output)", "memory.max") && write("1", "memory.oom.group")
      _ = write("0", "memory.swap.max")
    }
    guard set else {
      remove()
      return nil
    }
  }

  /// The file that a process of one thread joins through, by writing 0 to it.
  var door: FilePath { path.appending(kind == .unified ? "cgroup.procs" : "tasks") }

  /// Kills every process in the group, where the kernel can; the sandbox's process namespace dies in any case.
  func kill() { if kind == .unified { _ = write("1", "cgroup.kill") } }

  /// Which limit the kernel enforced, if one.
  var overrun: (SandboxOutcome.Limit, String)? {
    if kind == .unified, count("oom_kill", in: "memory.events") > 0 {
      return (.memory, "the kernel ended it for want of memory")
    }
    if count("max", in: "pids.events") > 0 { return (.processes, "the kernel refused it more processes") }
    return nil
  }

  /// Removes the group; its processes must be gone.
  func remove() {
    for _ in 0..<100 {
      if unsafe rmdir(path.string) == 0 || errno == ENOENT { return }
      usleep(2000)
    }
  }

  private func write(_ value: String, _ name: String) -> Bool {
    TextFile.write(value, to: path.appending(name).string)
  }

  private func count(_ key: String, in name: String) -> Int {
    let lines = (TextFile.read(path.appending(name).string) ?? "").split(separator: "\n")
    return lines.first { $0.hasPrefix(key + " ") }.flatMap { Int($0.dropFirst(key.utf8.count + 1)) } ?? 0
  }
}
