import Glibc
import Model
import SystemPackage

/// What a request with a clock adds: the outer sandbox runs user-mode Linux, and the command runs in that.
extension LaunchPlan {
  /// The limits of user-mode Linux as a process of this machine, which hold the command's own and what it takes itself.
  ///
  /// The guest's memory is a file of the scratch file system that grows as it is used. What it writes lies in it too,
  /// beside the copy of the tree that it starts from and the archive that it leaves. The file is longer than that
  /// memory by the room that the kernel's program takes in its own address space.
  static func hostLimits(_ request: SandboxRequest) -> SandboxLimits {
    var limits = request.limits
    guard request.clock != nil else { return limits }
    limits.memory += limits.output + (256 << 20)
    limits.processes += 48
    limits.output = guestMemory(request) + 2 * request.limits.output + (1 << 30)
    var open = rlimit()
    // The guest's kernel holds each file that it has open in one process.
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &open)
    limits.openFiles = Int(min(open.rlim_max, 1 << 20))
    return limits
  }

  /// Bytes: the command's memory and output, and a fiftieth for the tables of the guest's kernel.
  private static func guestMemory(_ request: SandboxRequest) -> Int64 {
    let most = request.limits.memory + request.limits.output
    return most + most / 50 + (96 << 20)
  }

  /// The arguments of the bubblewrap around user-mode Linux.
  static func guestSandbox(_ request: SandboxRequest, _ machine: Machine, _ scratch: String) -> [String] {
    let parameters = [
      "mem=\(guestMemory(request) >> 20)M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro",
      "init=/uml/guest/first", "quiet", "panic=-1", "con=null", "con0=null", "con1=null,fd:8", "ssl=null",
      "uml_dir=/tmp/", "initcall_blacklist=" + GuestScript.skippedStart.joined(separator: ","),
    ]
    // A line each: the program of the shell is one of them.
    let start = "exec 8>&1 >/uml/out/kernel 2>&1; exec linux.uml \(parameters.joined(separator: " "))"
    return walls + machine.hostToolMounts + ["--proc", "/proc"] + machine.processMasks(empty: "\(scratch)/empty")
      + ["--remount-ro", "/proc", "--dev", "/dev", "--bind", "\(scratch)/shm", "/dev/shm", "--remount-ro", "/dev"]
      + ["--bind", "\(scratch)/tmp", "/tmp", "--ro-bind", scratch, "/uml", "--bind", "\(scratch)/out", "/uml/out"]
      + ["--setenv", "PATH", "/usr/bin:/usr/sbin", "--setenv", "TMPDIR", "/dev/shm", "--chdir", "/"]
      + ["--", "/bin/sh", "-c", start]
  }

  /// The arguments of the bubblewrap around the command, inside, after the walls, the root and `/proc`.
  static func guestCommand(_ request: SandboxRequest) -> [String] {
    let scratch = "/uml/inside"
    var arguments = ["--ro-bind-try", "/uml/machine-id", "/etc/machine-id"]
    for name in ["hosts", "resolv.conf", "hostname", "passwd", "group"] {
      arguments += ["--ro-bind", "/uml/\(name)", "/etc/\(name)"]
    }
    arguments += ["--dev", "/dev", "--bind", "\(scratch)/shm", "/dev/shm", "--remount-ro", "/dev"]
    arguments += ["--bind", "\(scratch)/tmp", "/tmp"]
    for (name, folder) in openFolders(request) { arguments += ["--bind", "\(scratch)/\(name)", folder] }
    if let tree = request.tree { arguments += ["--bind", "\(scratch)/tree", tree.mountPoint] }
    if let home = home(request) { arguments += ["--bind", "\(scratch)/home", home] }
    for (index, mount) in request.readOnlyMounts.enumerated() {
      arguments += ["--ro-bind", "/uml/m\(index)", mount.inside]
    }
    return arguments + commandArguments(request)
  }

  /// Folders where layers let everybody write; the root is read-only here, so these are the guest's own.
  static func openFolders(_ request: SandboxRequest) -> [(name: String, folder: String)] {
    guard case .layers(let layers) = request.root else { return [] }
    return [("var", "/var/tmp"), ("lock", "/run/lock")].filter { _, folder in
      let parent = FilePath(folder).removingLastComponent().string
      return layers.contains { kind($0.string + folder) == S_IFDIR }
        && layers.allSatisfy { [nil, S_IFDIR].contains(kind($0.string + parent)) }
        && layers.allSatisfy { [nil, S_IFDIR].contains(kind($0.string + folder)) }
    }
  }

  private static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// What the launcher gets beside what every request gives it.
  static func guestVariables(
    _ request: SandboxRequest, _ clock: BuildClock, _ machine: Machine, _ scratch: String
  ) -> [String: String] {
    let limits = request.limits
    let start = "\(clock.seconds).\(String(String(1_000_000_000 + clock.nanoseconds).dropFirst()))"
    let values: [String: String] = [
      "START": start, "RATE": "\(clock.rate)", "SIZE": "\(limits.output)", "INODES": inodes(limits),
      "MASK": String(request.umask, radix: 8), "OPEN_FILES": "\(limits.openFiles)",
      "FILE_BLOCKS": "\(limits.output / 512)", "PROCESSES": "\(limits.processes)",
      "IDENTITY": "\(request.user.identity)",
    ]
    var variables = [
      "GUEST": GuestScript.first, "GUEST_ENTER": GuestScript.enter, "GUEST_REPORT": GuestScript.report,
      "GUEST_VALUES": GuestScript.names.map { values[$0] ?? "" }.joined(separator: "\n"),
      "GUEST_WALLS": walls.joined(separator: "\n"),
      "GUEST_COLLECT": "", "GUEST_NAMES": "", "GUEST_COLLECTOR": collector(machine).joined(separator: "\n"),
      "OUTER": guestSandbox(request, machine, scratch).joined(separator: "\n"),
      "COLLECTOR": (collector(machine) + ["--ro-bind", "\(scratch)/out", "/collect"]).joined(separator: "\n"),
    ]
    if let collection = request.collect {
      let (script, names, _) = Self.collection(collection)
      variables["GUEST_COLLECT"] = script
      variables["GUEST_NAMES"] = names.joined(separator: "\n")
      variables["COLLECT"] = GuestScript.collected
      variables["NAMES"] = ""
    }
    return variables
  }
}
