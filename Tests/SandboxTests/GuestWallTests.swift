import Glibc
import Model
import Processes
import Sandbox
import SystemPackage
import Testing

/// User-mode Linux confines its command as the machine's own kernel does; each attempt that works is the failure.
@Suite(.serialized, .enabled(if: Guests.possible, "SKIP: this machine has no user-mode Linux"))
struct GuestWallTests {
  private let folders: TestFolders
  private let engine: SandboxEngine

  init() async throws {
    folders = try TestFolders()
    engine = try await SandboxEngine()
  }

  private func run(
    _ script: String, limits: SandboxLimits = SandboxLimits(time: 120, memory: 256 << 20, output: 64 << 20),
    hostName: String? = nil, onLine: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> (SandboxOutcome, [String]) {
    let root = try await TinyRoot.make(in: folders, "root\(UInt32.random(in: 0...UInt32.max))")
    let clock = try #require(BuildClock(seconds: 1_500_000_000))
    let archive = folders.path.appending("out.tar")
    var request = SandboxRequest(
      root: .layers([root]), tree: .init(mountPoint: "/build/it"), command: ["/bin/sh", "-c", script],
      workingDirectory: "/build/it", variables: ["PATH": "/usr/bin"], clock: clock, limits: limits,
      collect: .artifacts(["out"]), collectTo: archive)
    if let hostName { request.hostName = hostName }
    let lines = OutputLines()
    let outcome = try await engine.run(request) {
      lines.add($0)
      onLine($0)
    }
    return (outcome, lines.all)
  }

  @Test func nothingOfTheMachineIsReached() async throws {
    let listener = try Listener()
    try await folders.shell("echo secret >marker; chmod 0644 marker")
    let (outcome, lines) = try await run(
      """
      exec 2>/dev/null
      for path in /etc/shadow '\(folders.path)/marker' /boot /sys/kernel /uml /oldroot /dev/ubda /dev/mem /dev/tty1; do
        [ -e "$path" ] && echo "reached $path"
      done
      [ -e "/proc/1/root\(folders.path)/marker" ] && echo reached the marker
      cat /proc/kcore >/dev/null && echo reached kcore
      for path in /usr/x /etc/marker /etc/passwd /proc/sys/kernel/hostname /proc/sysrq-trigger /dev/x /x; do
        (echo x >"$path") && echo "wrote $path"
      done
      rm -f /usr/bin/true; rm -rf /etc/marker /var; [ -e /usr/bin/true ] || echo removed true
      ls /proc/self/fd | perl -ne 'print "descriptor $_" if $_ > 3'
      kill -9 -1; kill -9 1; kill -TERM 1
      for pid in /proc/[0-9]*; do [ "${pid#/proc/}" -gt 60 ] && echo "sees $pid"; done
      perl -e '
        open(F, "/proc/net/dev"); print join(" ", map { /^\\s*(\\w+):/ ? $1 : () } <F>), "\\n";
        ($local, $remote) = (pack("SnC4x8", 2, \(listener.port), 127, 0, 0, 1), pack("SnC4x8", 2, 53, 9, 9, 9, 9));
        for ($local, $remote) {
          my $s = syscall(41, 2, 1, 0);
          print "reached ", unpack("H*", $_), "\\n" if syscall(42, $s, $_, 16) == 0;
        }
        print "raw socket\\n" if syscall(41, 2, 3, 1) >= 0;
        ($n, $t) = ("none", "/tmp");
        for ([165, $n, $t, "tmpfs", 0, 0], [272, 0x10000000], [227, 0, 0], [169, 0, 0, 0, 0], 
          [56, 0x10000011, 0, 0, 0, 0], [310, 1, 0, 0, 0, 0, 0]) {
          $! = 0; my ($c, @a) = @$_; $r = syscall($c, @a); print "call $c: $r $!\\n" if $r != -1;
        }
        open(F, "/proc/self/status"); /^(Cap(Eff|Prm|Bnd)|Uid|NoNewPrivs|Seccomp):\\s*(.*)/ and print "$1 $3\\n" for <F>;
      '
      echo x >out; echo done
      """)
    let status = [
      "Uid 1000\t1000\t1000\t1000", "CapPrm 0000000000000000", "CapEff 0000000000000000", "CapBnd 0000000000000000",
      "NoNewPrivs 1", "Seccomp 2", "done",
    ]
    #expect(outcome.succeeded, "\(outcome.termination)")
    #expect(lines == ["lo"] + status)
    let left = try await folders.shell("cat root*/etc/marker; ls -d root*/var root*/usr/x 2>&1 | grep -c var")
    #expect(left == "lower\n1\n")
  }

  @Test(arguments: [
    ("perl -e '$x = \"x\" x (300 << 20); print length $x'", SandboxOutcome.Limit.memory),
    ("for n in 0 1 2 3 4 5 6 7 8 9; do for m in 0 1 2 3 4 5; do sleep 9 & done; done", .processes),
    ("head -c 100000000 /dev/zero >big", .output), ("sleep 60", .time),
  ])
  func limitsHold(script: String, limit: SandboxOutcome.Limit) async throws {
    let limits = SandboxLimits(
      time: limit == .time ? 4 : 240, memory: 64 << 20, processes: 30, output: 24 << 20, openFiles: 256)
    let (outcome, lines) = try await run(script, limits: limits)
    guard case .limit(let found, _) = outcome.termination else {
      Issue.record("ended with \(outcome.termination): \(lines.suffix(3))")
      return
    }
    #expect(found == limit)
  }

  /// A kernel that ends, however, before it has reported is a failure of the sandbox, and nothing is taken.
  @Test func killedKernelIsNoSuccess() async throws {
    let lines = OutputLines()
    // Other tests of this process have guests at the same time; the launcher of this one knows its host's name.
    let hostName = "killed-\(UInt32.random(in: .min ... .max))"
    let running = Task {
      try await run("echo x >out; echo ready; sleep 60; exit 0", hostName: hostName) { lines.add($0) }
    }
    for _ in 0..<1500 where lines.all.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    try await folders.shell(
      """
      for folder in /proc/[0-9]*; do
        case $(tr '\\0' ' ' <$folder/cmdline 2>/dev/null || :) in linux.uml*) ;; *) continue ;; esac
        process=${folder#/proc/}
        above=$process
        while [ "${above:-0}" -gt 1 ]; do
          if tr '\\0' '\\n' </proc/$above/environ 2>/dev/null | grep -qx 'HOST_NAME=\(hostName)'; then
            kill -KILL "$process" 2>/dev/null || :
            break
          fi
          above=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$above/status 2>/dev/null || :)
        done
      done
      """)
    let error = await #expect(throws: SandboxError.self) { try await running.value }
    #expect(error?.inconclusive == .machineFailed, "\(error as Any)")
  }
}
