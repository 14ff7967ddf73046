import Glibc
import Processes
import Sandbox
import SystemPackage
import Testing

/// What is told when something on this machine, such as a kernel without memory, kills a process of a sandbox.
@Suite struct KilledTests {
  /// The processes of one sandbox's bubblewrap, which its host name tells apart: the outer one, then its first inside.
  private static func bubblewraps(_ hostName: String) async throws -> [Int32] {
    let script = """
      for folder in /proc/[0-9]*; do
        set -- $(tr '\\0' ' ' <$folder/cmdline 2>/dev/null)
        case $1,$* in bwrap,*\(hostName)*) echo ${folder#/proc/};; esac
      done
      """
    return try await HostCommand("sh", ["-c", script]).run().text.split(separator: "\n").compactMap { Int32($0) }
      .sorted()
  }

  /// Runs a sandbox that sleeps, and kills one of its two bubblewraps once the command runs.
  private func kill(_ index: Int, as user: SandboxRequest.User) async throws -> SandboxOutcome {
    let engine = try await SandboxEngine()
    let hostName = "killed-\(UInt32.random(in: .min ... .max))"
    let lines = OutputLines()
    let running = Task {
      try await engine.run(
        SandboxRequest(
          root: .hostTools, command: ["/bin/sh", "-c", "echo up; sleep 60"], user: user, hostName: hostName)
      ) { lines.add($0) }
    }
    for _ in 0..<1500 where lines.all.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    let found = try await Self.bubblewraps(hostName)
    try #require(found.count == 2, "\(found)")
    #expect(Glibc.kill(found[index], SIGKILL) == 0)
    do {
      let outcome = try await running.value
      #expect(try await Self.bubblewraps(hostName).isEmpty)
      return outcome
    } catch {
      #expect(try await Self.bubblewraps(hostName).isEmpty)
      throw error
    }
  }

  @Test(arguments: SandboxRequest.User.allCases) func outerProcess(user: SandboxRequest.User) async throws {
    let error = await #expect(throws: SandboxError.self) { try await kill(0, as: user) }
    #expect(error?.code == .failed)
    #expect(error?.message.contains("something outside killed the sandbox with signal 9") ?? false, "\(error as Any)")
  }

  @Test(arguments: SandboxRequest.User.allCases) func firstProcessInside(user: SandboxRequest.User) async throws {
    #expect(try await kill(1, as: user).termination == .signalled(9))
  }

  /// A command that kills all it can reach ends itself and nothing else.
  @Test(arguments: SandboxRequest.User.allCases) func commandKillsAll(user: SandboxRequest.User) async throws {
    let engine = try await SandboxEngine()
    for script in ["kill -KILL 0", "kill -KILL $$", "kill -KILL -1; kill -KILL $$", "(kill -KILL 1); kill -KILL $$"] {
      let request = SandboxRequest(root: .hostTools, command: ["/bin/sh", "-c", script], user: user)
      #expect(try await engine.run(request).termination == .signalled(9), "\(script)")
    }
  }
}
