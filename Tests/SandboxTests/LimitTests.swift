import Glibc
import Processes
import Sandbox
import SystemPackage
import Testing

/// What happens at a limit, and that nothing outlives a sandbox.
@Suite(.serialized) struct LimitTests {
  private let engine: SandboxEngine

  init() async throws { engine = try await SandboxEngine() }

  private func run(
    _ script: String, _ limits: SandboxLimits, program: [String] = ["/bin/sh", "-c"],
    as user: SandboxRequest.User = .builder, _ onLine: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> SandboxOutcome {
    let request = SandboxRequest(
      root: .hostTools, tree: .init(mountPoint: "/build"), command: program + [script], workingDirectory: "/build",
      user: user, limits: limits)
    return try await engine.run(request, onLine: onLine)
  }

  private func limit(_ outcome: SandboxOutcome) -> SandboxOutcome.Limit? {
    if case .limit(let limit, _) = outcome.termination { limit } else { nil }
  }

  /// Whether a process with this word among its arguments runs on this machine.
  private func runs(_ marker: String) async throws -> Bool {
    let script = "for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$f; echo; done 2>/dev/null"
    let all = try await HostCommand("sh", ["-c", script]).run(limit: 1 << 24)
    return all.text.split(separator: "\n").contains { $0.hasPrefix("sleep \(marker) ") }
  }

  @Test func time() async throws {
    let outcome = try await run("sleep 100", SandboxLimits(time: 1))
    #expect(limit(outcome) == .time)
    #expect(outcome.seconds < 20)
  }

  @Test func memory() async throws {
    let outcome = try await run(
      "my @a; for (1..400) { push @a, 'x' x (4 << 20) } sleep 20", SandboxLimits(time: 60, memory: 256 << 20),
      program: ["/usr/bin/perl", "-e"])
    #expect(limit(outcome) == .memory)
    #expect((outcome.peakMemory ?? 0) > 256 << 20)
  }

  @Test(arguments: SandboxRequest.User.allCases) func forkBomb(user: SandboxRequest.User) async throws {
    let outcome = try await run(
      "fork while 1", SandboxLimits(time: 60, processes: 100), program: ["/usr/bin/perl", "-e"], as: user)
    #expect(limit(outcome) == .processes)
  }

  /// A build that gives up at once when it gets no more processes, before any watchdog looks.
  @Test func refusedProcessIsTheLimitAndNotTheBuildsFailure() async throws {
    let outcome = try await run(
      "for (1..200) { my $p = fork; exit 1 unless defined $p; if (!$p) { sleep 20; exit } }",
      SandboxLimits(time: 60, processes: 40), program: ["/usr/bin/perl", "-e"])
    guard outcome.confinement.contains(where: { $0.hasPrefix("limits by: control group") })
    else {
      print("SKIP: without a control group nothing tells that a process was refused")
      return
    }
    #expect(limit(outcome) == .processes)
  }

  @Test func disk() async throws {
    for script in [
      "dd if=/dev/zero of=big bs=64k", "dd if=/dev/zero of=/tmp/big bs=64k", "dd if=/dev/zero of=/dev/shm/b",
    ] {
      let outcome = try await run(script, SandboxLimits(time: 60, output: 32 << 20))
      #expect(limit(outcome) == .output, "\(script)")
    }
  }

  @Test func hugeSparseFile() async throws {
    let outcome = try await run(
      "truncate(STDOUT, 1); open(F, '>', 'sparse'); exit(truncate(F, 1 << 40) ? 0 : 3)",
      SandboxLimits(time: 60, output: 32 << 20), program: ["/usr/bin/perl", "-e"])
    #expect(limit(outcome) == .output)
  }

  @Test func log() async throws {
    let outcome = try await run("while :; do echo xxxxxxxxxxxxxxxxxxxx; done", SandboxLimits(time: 60, output: 1 << 20))
    #expect(limit(outcome) == .log)
  }

  @Test func openFiles() async throws {
    let lines = OutputLines()
    _ = try await run(
      "my @f; while (open(my $f, '<', '/dev/null')) { push @f, $f } print scalar(@f), qq(\\n)",
      SandboxLimits(openFiles: 64), program: ["/usr/bin/perl", "-e"]
    ) { lines.add($0) }
    #expect(lines.all == ["61"])
  }

  @Test func daemonsDieWithTheCommand() async throws {
    let marker = "\(Int.random(in: 100_000...999_999)).25"
    let outcome = try await run(
      "(setsid sleep \(marker) </dev/null >/dev/null 2>&1 &) ; sleep 0.1", SandboxLimits(time: 60))
    #expect(outcome.succeeded)
    #expect(try await !runs(marker))
  }

  @Test func daemonsDieAtALimit() async throws {
    let marker = "\(Int.random(in: 100_000...999_999)).75"
    let outcome = try await run(
      "(setsid sleep \(marker) </dev/null >/dev/null 2>&1 &) ; sleep 50", SandboxLimits(time: 1))
    #expect(limit(outcome) == .time)
    #expect(try await !runs(marker))
  }

  @Test func cancellingKillsAllAtOnce() async throws {
    let marker = "\(Int.random(in: 100_000...999_999)).125"
    let lines = OutputLines()
    let mounts = try await HostCommand("cat", ["/proc/self/mounts"]).run().text
    let task = Task {
      try await run("(setsid sleep \(marker) &); trap '' TERM INT HUP; echo up; sleep \(marker)", SandboxLimits()) {
        lines.add($0)
      }
    }
    for _ in 0..<1000 where lines.all.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    #expect(lines.all == ["up"])
    let start = ContinuousClock.now
    task.cancel()
    let error = await #expect(throws: SandboxError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(ContinuousClock.now - start < .seconds(10))
    #expect(try await !runs(marker))
    #expect(try await HostCommand("cat", ["/proc/self/mounts"]).run().text == mounts)
  }
}
