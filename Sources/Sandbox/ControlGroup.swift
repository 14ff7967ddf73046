import Glibc
import Synchronization
import SystemPackage

/// A control group (cgroup v2) of one sandbox, where this process may make one with limits.
struct ControlGroup: Sendable {
  let path: FilePath

  private static let counter = Atomic<Int>(0)

  /// The nearest group above this process's own whose children get memory and process limits and that may be written;
  /// nil where there is none. Its own group is no candidate: a group with processes has no limited children.
  ///
  /// - Parameters:
  ///   - hierarchy: where the unified hierarchy is mounted.
  ///   - membership: the text of `/proc/self/cgroup`.
  static func base(hierarchy: FilePath, membership: String) -> FilePath? {
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
  init?(in base: FilePath, _ limits: SandboxLimits) {
    let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    path = base.appending("verbatim-\(getpid())-\(number)")
    guard unsafe mkdir(path.string, 0o755) == 0 else { return nil }
    // Files of the scratch file system count as memory here.
    let set =
      write("\(limits.memory + limits.output)", "memory.max") && write("\(limits.processes + 16)", "pids.max")
      && write("1", "memory.oom.group")
    _ = write("0", "memory.swap.max")
    guard set else {
      remove()
      return nil
    }
  }

  /// Kills every process in the group.
  func kill() { _ = write("1", "cgroup.kill") }

  /// Which limit the kernel enforced, if one.
  var overrun: (SandboxOutcome.Limit, String)? {
    if count("oom_kill", in: "memory.events") > 0 { return (.memory, "the kernel ended it for want of memory") }
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
