import Glibc
import Processes
import Sandbox
import SystemPackage
import Testing

/// What a sandboxed command is denied, found out by trying; each attempt that works is the failure.
@Suite struct DenialTests {
  private let engine: SandboxEngine

  init() async throws { engine = try await SandboxEngine() }

  /// Runs a script on this machine's own tools and returns the lines it wrote.
  private func attempt(
    _ script: String, as user: SandboxRequest.User = .builder, program: [String] = ["/bin/sh", "-c"],
    limits: SandboxLimits = SandboxLimits(time: 120)
  ) async throws -> (SandboxOutcome, [String]) {
    let lines = OutputLines()
    let request = SandboxRequest(
      root: .hostTools, tree: .init(mountPoint: "/build"), command: program + [script], workingDirectory: "/build",
      variables: ["PATH": "/usr/bin:/usr/sbin"], user: user, limits: limits)
    let outcome = try await engine.run(request) { lines.add($0) }
    return (outcome, lines.all)
  }

  @Test(arguments: SandboxRequest.User.allCases) func hostFiles(user: SandboxRequest.User) async throws {
    let folders = try TestFolders()
    try await folders.shell("echo secret >marker; chmod 0644 marker")
    let home = HostCommand.inherited(["HOME"])["HOME"] ?? "/root"
    let (outcome, lines) = try await attempt(
      """
      for path in /etc/shadow '\(folders.path)/marker' '\(home)' /root /home /var /boot /sys /run /oldroot; do
        [ -e "$path" ] && echo "reached $path"
      done
      for root in /proc/1/root /proc/self/root /proc/self/cwd/../..; do
        [ -e "$root\(folders.path)/marker" ] && echo "reached the host by $root"
      done
      cat /proc/kcore >/dev/null 2>&1 && echo reached kcore
      cat /proc/keys 2>/dev/null
      echo done
      """, as: user)
    #expect(outcome.succeeded)
    #expect(lines == ["done"])
  }

  @Test(arguments: SandboxRequest.User.allCases) func hostIsNotWritten(user: SandboxRequest.User) async throws {
    let (_, lines) = try await attempt(
      """
      for path in /usr/x /usr/bin/x /proc/sys/kernel/hostname /proc/sysrq-trigger /dev/x; do
        (echo x >"$path") 2>/dev/null && echo "wrote $path"
      done
      rm -rf /usr/bin/true 2>/dev/null; [ -e /usr/bin/true ] && echo done
      """, as: user)
    #expect(lines == ["done"])
  }

  @Test(arguments: SandboxRequest.User.allCases) func identityFilesAreFixed(user: SandboxRequest.User) async throws {
    let (_, lines) = try await attempt(
      """
      for name in hosts hostname resolv.conf passwd group; do
        (echo x >"/etc/$name") 2>/dev/null && echo "wrote $name"
        mv "/etc/$name" /tmp 2>/dev/null && echo "moved $name"
        rm -f "/etc/$name" 2>/dev/null && echo "removed $name"
      done
      [ "$(id -u)" = 0 ] || ! mv /etc /gone 2>/dev/null || echo moved etc
      cat /etc/hostname
      """, as: user)
    #expect(lines == ["verbatim"])
  }

  @Test(arguments: SandboxRequest.User.allCases) func network(user: SandboxRequest.User) async throws {
    let listener = try Listener()
    let (_, lines) = try await attempt(
      """
      use Socket;
      open(F, "/proc/net/dev"); my @names = map { /^\\s*(\\w+):/ ? $1 : () } <F>; print "@names\\n";
      socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
      print "reached the host\\n" if connect($s, pack_sockaddr_in(\(listener.port), inet_aton("127.0.0.1")));
      socket(my $t, PF_INET, SOCK_STREAM, 0) or die;
      print "reached outside\\n" if connect($t, pack_sockaddr_in(53, inet_aton("9.9.9.9")));
      print "resolved\\n" if gethostbyname("example.org");
      socket(my $r, PF_INET, SOCK_RAW, 1) and print "raw socket\\n";
      print "done\\n";
      """, as: user, program: ["/usr/bin/perl", "-e"])
    #expect(lines == ["lo", "done"])
  }

  /// The number of the system call `ptrace`.
  #if arch(arm64)
    private static let ptrace = 117
  #else
    private static let ptrace = 101
  #endif

  @Test(arguments: SandboxRequest.User.allCases) func otherProcesses(user: SandboxRequest.User) async throws {
    let (_, lines) = try await attempt(
      """
      for entry in /proc/[0-9]*; do pid=${entry#/proc/}; [ "$pid" -gt 9 ] && echo "sees $pid"; done
      kill -0 \(getpid()) 2>/dev/null && echo "signals the host"
      perl -e 'exit(syscall($ARGV[0], 16, \(getpid()), 0, 0) == 0 ? 0 : 1)' \(Self.ptrace) && echo "traces the host"
      [ "$(cat /proc/sys/kernel/hostname)" = verbatim ] && echo done
      """, as: user)
    #expect(lines == ["done"])
  }

  /// Each system call with harmless arguments, and what it must fail with.
  @Test(arguments: SandboxRequest.User.allCases) func systemCalls(user: SandboxRequest.User) async throws {
    let calls: [(String, Int, Int, String)] = [
      ("mount", 165, 40, "$none, $tmp, $tmpfs, 0, 0"), ("umount2", 166, 39, "$proc, 2"),
      ("pivot_root", 155, 41, "$root, $root"), ("unshare", 272, 97, "0x10000000"), ("setns", 308, 268, "0, 0"),
      ("fsopen", 430, 430, "$tmpfs, 0"), ("open_tree", 428, 428, "-100, $root, 1"),
      ("keyctl", 250, 219, "0, -3, 1"), ("add_key", 248, 217, "$user, $word, $word, 1, -3"),
      ("request_key", 249, 218, "$user, $word, 0, 0"), ("bpf", 321, 280, "0, 0, 0"),
      ("perf_event_open", 298, 241, "0, 0, -1, -1, 0"), ("userfaultfd", 323, 282, "0"),
      ("open_by_handle_at", 304, 265, "-100, 0, 0"), ("kexec_load", 246, 104, "0, 0, 0, 0"),
      ("init_module", 175, 105, "0, 0, $empty"), ("swapon", 167, 224, "$word, 0"), ("syslog", 103, 116, "3, 0, 0"),
      ("settimeofday", 164, 170, "0, 0"), ("clock_settime", 227, 112, "0, 0"),
      ("reboot", 169, 142, "0, 0, 0, 0"), ("process_vm_readv", 310, 270, "1, 0, 0, 0, 0, 0"),
      ("clone in a new user namespace", 56, 220, "0x10000011, 0, 0, 0, 0"),
      ("clone in a new mount namespace", 56, 220, "0x00020011, 0, 0, 0, 0"),
      ("ioctl TIOCSTI", 16, 29, "0, 0x5412, $word"), ("ioctl TIOCLINUX", 16, 29, "0, 0x541C, $word"),
      ("ioctl TIOCSTI with high bits", 16, 29, "0, 0x100005412, $word"),
    ]
    let absent = [("clone3", 435), ("io_uring_setup", 425), ("io_uring_enter", 426), ("io_uring_register", 427)]
    #if arch(arm64)
      let denied = calls.map { ($0.0, $0.2, $0.3) }
    #else
      let denied = calls.map { ($0.0, $0.1, $0.3) }
    #endif
    var script = """
      $| = 1; my $r;
      my ($none, $tmp, $tmpfs, $proc, $root, $user, $word, $empty) = qw(none /tmp tmpfs /proc / user a); $empty = '';

      """
    for (name, number, arguments) in denied {
      script +=
        "$! = 0; $r = syscall(\(number), \(arguments)); print \"\(name): $r \", $!+0, \"\\n\" if $r != -1 || $! != 1;"
      script += "exit if defined $r && $r == 0 && \"\(name)\" =~ /^clone/;\n"
    }
    for (name, number) in absent {
      script +=
        "$! = 0; $r = syscall(\(number), 0, 0, 0, 0, 0, 0); print \"\(name): $r \", $!+0, \"\\n\" if $! != 38;\n"
    }
    let (_, lines) = try await attempt(script + "print \"done\\n\";", as: user, program: ["/usr/bin/perl", "-e"])
    #expect(lines == ["done"])
  }

  @Test func capabilitiesAreThoseSaid() async throws {
    let script = "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp:' /proc/self/status | tr -d '\\t '"
    let (_, builder) = try await attempt(script)
    #expect(
      builder == ["Inh", "Prm", "Eff", "Bnd", "Amb"].map { "Cap\($0):0000000000000000" } + [
        "NoNewPrivs:1", "Seccomp:2",
      ])
    let (_, administrator) = try await attempt(script, as: .administrator)
    // chown, dac_override, fowner, fsetid, kill, setgid, setuid, sys_chroot, setfcap: bits 0, 1, 3, 4, 5, 6, 7, 18, 31.
    #expect(administrator.dropFirst().first == "CapPrm:00000000800400fb")
    #expect(administrator.dropFirst(2).first == "CapEff:00000000800400fb")
    #expect(administrator.suffix(2) == ["NoNewPrivs:1", "Seccomp:2"])
  }

  @Test func setUserIDGainsNothing() async throws {
    let folders = try TestFolders()
    let root = try await TinyRoot.make(in: folders, "root")
    try await folders.shell("chmod 4755 root/usr/bin/id")
    let lines = OutputLines()
    _ = try await engine.run(
      SandboxRequest(root: .layers([root]), command: ["/usr/bin/id", "-u"])
    ) { lines.add($0) }
    #expect(lines.all == ["1000"])
  }

  @Test func devicesCannotBeMade() async throws {
    let (_, lines) = try await attempt(
      "mknod /tmp/d b 254 0 2>/dev/null && echo made; mknod /tmp/m c 1 1 2>/dev/null && echo made; echo done",
      as: .administrator)
    #expect(lines == ["done"])
  }

  @Test func nothingIsInherited() async throws {
    let held = try unsafe FileDescriptor.open("/etc/passwd", .readOnly)
    defer { try? held.close() }
    let (_, lines) = try await attempt(
      """
      opendir(D, "/proc/self/fd"); my @found = sort grep { /\\d/ && readlink("/proc/self/fd/$_") !~ m{/proc/} } readdir D;
      print "@found ", readlink("/proc/self/fd/0"), "\\n"; print -t 0 || -t 1 || -t 2 ? "terminal\\n" : "none\\n";
      open(T, "/dev/tty") and print "has a terminal\\n";
      """, program: ["/usr/bin/perl", "-e"])
    #expect(lines == ["0 1 2 /dev/null", "none"])
  }

  @Test func mountTableTellsNoPathOfThisMachine() async throws {
    let folders = try TestFolders()
    let root = try await TinyRoot.make(in: folders, "root")
    let lines = OutputLines()
    let request = SandboxRequest(
      root: .layers([root]), tree: .init(mountPoint: "/build"), command: ["/bin/cat", "/proc/self/mountinfo"])
    _ = try await engine.run(request) { lines.add($0) }
    #expect(!lines.all.isEmpty)
    #expect(!lines.text.contains(folders.path.string) && !lines.text.contains("/var/tmp"))
  }

  @Test func aLinkInTheRootIsNotMountedThrough() async throws {
    let folders = try TestFolders()
    let root = try await TinyRoot.make(in: folders, "root")
    let outside = try await folders.folder("outside")
    try await folders.shell("ln -s \"$1\" root/build; rm -r root/etc; ln -s \"$1\" root/etc", [outside.string])
    for request in [
      SandboxRequest(root: .layers([root]), tree: .init(mountPoint: "/build/it"), command: ["/bin/true"]),
      SandboxRequest(root: .layers([root]), command: ["/bin/true"], user: .administrator),
    ] {
      let error = await #expect(throws: SandboxError.self) { try await engine.run(request) }
      #expect(error?.details.contains { $0.contains("symbolic link") } ?? false, "\(String(describing: error))")
    }
    #expect(try await folders.shell("ls -A outside") == "")
  }

  /// The launcher relies on it: bubblewrap waits for its filter, which is only written once all is prepared.
  @Test func bubblewrapRefusesAnEmptyFilter() async throws {
    let folders = try TestFolders()
    let said = try await folders.shell(
      """
      user=; [ "$(id -u)" = 0 ] || user=--unshare-user
      for filter in /dev/null filter; do
        bwrap $user --ro-bind / / --add-seccomp-fd 4 echo ran 4<$filter 2>/dev/null || echo refused
        printf '\\006\\000\\000\\000\\000\\000\\377\\177' >filter
      done
      """)
    #expect(said == "refused\nran\n")
  }

  @Test(arguments: SandboxRequest.User.allCases) func nothingRunsInWhatCouldNotBePrepared(
    user: SandboxRequest.User
  ) async throws {
    let folders = try TestFolders()
    try await folders.shell("head -c 2M /dev/zero >large")
    let lines = OutputLines()
    let request = SandboxRequest(
      root: .hostTools,
      tree: .init(mountPoint: "/build", contents: [.init(host: folders.path.appending("large"), at: "large")]),
      command: ["/bin/echo", "ran"], user: user, limits: SandboxLimits(output: 1 << 20))
    let error = await #expect(throws: SandboxError.self) { try await engine.run(request) { lines.add($0) } }
    #expect(error?.message.contains("copying files into the tree") ?? false, "\(String(describing: error))")
    #expect(lines.all.isEmpty)
  }
}

/// A socket that this machine listens on.
final class Listener {
  private let socket: Int32
  let port: UInt16

  init() throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = socket
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(socket, generic, length) == 0 && listen(socket, 4) == 0
          && getsockname(socket, generic, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    try #require(bound && port != 0)
  }

  deinit { close(socket) }
}
