import Glibc
import SystemPackage

/// A checked request, as the launcher's environment and bubblewrap's arguments.
struct LaunchPlan {
  let environment: [String: String]
  let arguments: [String]
  let scratch: String

  init(_ request: SandboxRequest, _ machine: Machine, controlGroup: ControlGroup?) throws(SandboxError) {
    try RequestRules.check(request)
    scratch = try Self.scratch(for: request)
    let identity = request.user.identity
    let limits = Self.hostLimits(request)
    // One that the guest's kernel is pinned to: handing its processes from one to another takes eight times as long.
    let processors = request.clock == nil ? machine.processors(request.processors) : machine.anyProcessor()
    var run: [String] = []
    if let processors { run += ["taskset", "--cpu-list", processors] }
    if request.user == .administrator, controlGroup == nil {
      // The kernel counts no processes of real user 0: without a group that does, nothing that they do may keep the
      // watchdog from its turn.
      run += ["chrt", "--idle", "0"]
    }
    if request.user == .builder {
      // Real user 1000 with effective user 0 is how bubblewrap runs where it is installed set-user-ID: it sets up with
      // privilege and hands the command none, for ever.
      run += ["setpriv", "--ruid=\(identity)", "--euid=0", "--regid=\(identity)", "--clear-groups", "--"]
    }
    var copyAs: [String] = []
    if request.user == .builder {
      copyAs = [
        "setpriv", "--reuid=\(identity)", "--regid=\(identity)", "--clear-groups", "--inh-caps=+dac_read_search",
        "--ambient-caps=+dac_read_search", "--",
      ]
    }
    var variables = [
      "PATH": "/usr/bin:/usr/sbin:/bin:/sbin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
      "SCRATCH": scratch, "SIZE": "\(limits.output)", "INODES": Self.inodes(limits),
      "FILTER": machine.filter.octal, "JOIN": controlGroup?.door.string ?? "",
      "OVERLAY": machine.privilege == .ordinary
        ? "userxattr,index=off,xino=off" : "redirect_dir=off,metacopy=off,index=off,xino=off",
      "IDENTITY_MAP": machine.confinesCapabilities(of: request.user) ? machine.identityMap : "",
      "ROOT": "host", "LAYERS": "", "IDENTITY": "\(identity)", "HOST_NAME": request.hostName,
      "HOME_FOLDER": Self.home(request) ?? request.tree?.mountPoint ?? "/",
      "AS": copyAs.joined(separator: "\n"), "RUN": run.joined(separator: "\n"),
      "ENTER": LauncherScript.enter, "OPEN_FILES": "\(limits.openFiles)",
      "FILE_BLOCKS": "\(limits.output / 512)",
      // Above the limit, so that the watchdog, which can say why, comes first.
      "DATA_KIB": "\(limits.memory / 512)",
      // A control group tells when it refused a process, so there this one, which does not, stands well above it.
      "PROCESSES": "\(limits.processes + (controlGroup == nil ? 8 : 4096))",
      "MASK": String(request.umask, radix: 8),
      "WHOLE": request.collect == .root ? "1" : "0", "COLLECT": "", "NAMES": "",
      "MAKE": Self.made(request).joined(separator: "\n"), "OWN": "",
      "COLLECT_TO": request.collectTo?.string ?? "", "COLLECTOR": "", "GUEST": "", "OUTER": "",
    ]
    if case .layers(let layers) = request.root {
      variables["ROOT"] = "layers"
      variables["LAYERS"] = layers.map(\.string).joined(separator: "\n")
    }
    if request.user == .builder { variables["OWN"] = Self.writable(request).joined(separator: "\n") }
    variables["FOLDERS"] = Self.folders(request).joined(separator: "\n")
    variables["FILES"] = Self.files(request).joined(separator: "\n")
    variables["MOUNTS"] = request.readOnlyMounts.map(\.host.string).joined(separator: "\n")
    variables["PLACEMENTS"] = (request.tree?.contents ?? []).flatMap { [$0.host.string, $0.at] }.joined(separator: "\n")
    if let collection = request.collect {
      let (script, names, what) = Self.collection(collection)
      variables["COLLECT"] = script
      variables["NAMES"] = names.joined(separator: "\n")
      variables["COLLECTOR"] = (Self.collector(machine) + ["--ro-bind", "\(scratch)/\(what)", "/collect"])
        .joined(separator: "\n")
    }
    if let clock = request.clock {
      variables.merge(Self.guestVariables(request, clock, machine, scratch)) { _, guest in guest }
      arguments = Self.guestCommand(request)
    } else {
      arguments = Self.bubblewrap(request, machine, scratch)
    }
    environment = variables
  }

  /// An existing folder to mount the scratch file system on, in the launcher's own mount namespace, where it hides
  /// nothing that is needed. No folder is made, so none can be left.
  private static func scratch(for request: SandboxRequest) throws(SandboxError) -> String {
    var used: [String] = []
    if case .layers(let layers) = request.root { used += layers.map(\.string) }
    used += request.readOnlyMounts.map(\.host.string) + (request.tree?.contents ?? []).map(\.host.string)
    if let archive = request.collectTo { used.append(archive.removingLastComponent().string) }
    var real: [String] = []
    for path in used {
      guard let resolved = unsafe realpath(path, nil) else {
        throw SandboxError(.wrongRequest, "making a sandbox with \(path): \(Errno(rawValue: errno))")
      }
      unsafe real.append(String(cString: resolved))
      unsafe free(resolved)
    }
    for folder in ["/media", "/srv", "/mnt", "/opt", "/home", "/var/tmp", "/tmp"] {
      var status = stat()
      guard unsafe lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
      if !real.contains(where: { $0 == folder || $0.hasPrefix(folder + "/") }) { return folder }
    }
    throw SandboxError(
      .failed, "making a sandbox: no folder is free to mount its scratch file system on",
      advice: "make the folder /media, which needs nothing in it")
  }

  /// As many files as fit.
  static func inodes(_ limits: SandboxLimits) -> String { "\(min(max(limits.output / 4096, 1 << 16), 1 << 22))" }

  /// The builder's home, which is empty when the command starts; nil where the root or the tree has it.
  static func home(_ request: SandboxRequest) -> String? {
    guard request.user == .builder, let home = request.variables["HOME"], home.hasPrefix("/"),
      case .layers(let layers) = request.root, !layers.contains(where: { isFolder(FilePath($0.string + home)) })
    else { return nil }
    guard let tree = request.tree?.mountPoint else { return home }
    return (home + "/").hasPrefix(tree + "/") || (tree + "/").hasPrefix(home + "/") ? nil : home
  }

  /// The command's own folders in the scratch file system, beside those that everybody may write.
  private static func writable(_ request: SandboxRequest) -> [String] {
    (request.tree == nil ? [] : ["tree"]) + (home(request) == nil ? [] : ["home"])
      + (request.clock == nil ? [] : ["out"])
  }

  /// The folders of the scratch file system, with a `.` after each but those that everybody may write.
  private static func made(_ request: SandboxRequest) -> [String] {
    let own = (["empty"] + writable(request) + (request.clock == nil ? [] : ["guest", "inside"])).map { $0 + "/." }
    guard request.root == .hostTools else { return ["root/.", "upper/.", "work/."] + own }
    // bubblewrap makes what it mounts there with the command's rights. What is in /etc is root's own.
    return [request.user == .builder ? "root" : "root/.", "root/etc/alternatives/."] + own
  }

  /// The mount points that the launcher makes in the root: on layers all, so that none is made through a link; on the
  /// host's tools those in /etc.
  private static func folders(_ request: SandboxRequest) -> [String] {
    var folders = request.readOnlyMounts.map { mount in
      isFolder(mount.host) ? mount.inside : FilePath(mount.inside).removingLastComponent().string
    }
    if request.root == .hostTools { return folders.filter { $0.hasPrefix("/etc/") } }
    folders += ["/etc", "/proc", "/dev", "/tmp"]
    if let tree = request.tree { folders.append(tree.mountPoint) }
    if let home = home(request) { folders.append(home) }
    if request.clock != nil { folders += openFolders(request).map(\.folder) }
    return folders
  }

  private static func files(_ request: SandboxRequest) -> [String] {
    var files = request.readOnlyMounts.filter { !isFolder($0.host) }.map(\.inside)
    if request.root == .hostTools { return ["/etc/ld.so.cache"] + files.filter { $0.hasPrefix("/etc/") } }
    files += ["/etc/hosts", "/etc/resolv.conf", "/etc/hostname"]
    if request.user == .builder { files += ["/etc/passwd", "/etc/group"] }
    return files
  }

  private static func isFolder(_ path: FilePath) -> Bool {
    var status = stat()
    return unsafe stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func collection(_ collection: SandboxRequest.Collection) -> (String, [String], String) {
    switch collection {
    case .artifacts(let names): (LauncherScript.collectArtifacts, names, "tree")
    case .tree(let folder): (LauncherScript.collectTree, [folder], "tree")
    case .root: (LauncherScript.collectRoot, [], "root")
    }
  }

  /// Namespaces and the rest that the command and the collector share.
  static let walls = [
    "--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--new-session",
    "--die-with-parent", "--clearenv", "--cap-drop", "ALL",
  ]

  static func collector(_ machine: Machine) -> [String] {
    walls + machine.hostToolMounts + [
      "--dev", "/dev", "--tmpfs", "/tmp", "--cap-add", "CAP_DAC_READ_SEARCH", "--setenv", "PATH", "/usr/bin",
      "--setenv", "LC_ALL", "C.UTF-8", "--setenv", "TZ", "UTC",
    ]
  }

  /// What installing packages takes, and no more: no devices, no mounts, no network, no other process.
  private static let administratorCapabilities = [
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_SETUID", "CAP_SETGID", "CAP_SETFCAP",
    "CAP_SYS_CHROOT", "CAP_KILL",
  ]

  private static func bubblewrap(_ request: SandboxRequest, _ machine: Machine, _ scratch: String) -> [String] {
    var arguments = walls
    if request.user == .administrator {
      arguments += administratorCapabilities.flatMap { ["--cap-add", $0] }
    }
    // On the host's tools these are in the root, where the builder may not write; each mount costs a quarter of a
    // millisecond.
    let identity = ["hosts", "resolv.conf", "hostname"]
    arguments += ["--bind", "\(scratch)/root", "/"]
    if case .layers = request.root {
      let user = request.user == .builder ? ["passwd", "group"] : []
      // A root without one gets none.
      arguments += ["--ro-bind-try", "\(scratch)/machine-id", "/etc/machine-id"]
      for name in identity + user { arguments += ["--ro-bind", "\(scratch)/\(name)", "/etc/\(name)"] }
    } else if request.user == .administrator {
      for name in identity + ["passwd", "group"] {
        arguments += ["--ro-bind", "\(scratch)/root/etc/\(name)", "/etc/\(name)"]
      }
    }
    if request.root == .hostTools { arguments += machine.hostToolMounts }
    // Read-only as a whole: as root, the builder's or the administrator's user may be one that the kernel lets write
    // to its settings.
    arguments += ["--proc", "/proc"] + machine.processMasks(empty: "\(scratch)/empty") + ["--remount-ro", "/proc"]
    arguments += ["--dev", "/dev", "--bind", "\(scratch)/shm", "/dev/shm", "--remount-ro", "/dev"]
    arguments += ["--bind", "\(scratch)/tmp", "/tmp"]
    if let tree = request.tree { arguments += ["--bind", "\(scratch)/tree", tree.mountPoint] }
    if let home = home(request) { arguments += ["--bind", "\(scratch)/home", home] }
    for (index, mount) in request.readOnlyMounts.enumerated() {
      arguments += ["--ro-bind", "\(scratch)/m\(index)", mount.inside]
    }
    return arguments + commandArguments(request)
  }

  /// The last arguments, the same on every kernel.
  static func commandArguments(_ request: SandboxRequest) -> [String] {
    var arguments = ["--hostname", request.hostName]
    for (name, value) in request.variables.sorted(by: { $0.key < $1.key }) { arguments += ["--setenv", name, value] }
    return arguments + ["--chdir", request.workingDirectory, "--"] + request.command
  }
}
