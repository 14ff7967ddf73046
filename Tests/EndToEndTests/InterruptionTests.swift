import Glibc
import Model
import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// Checks that are interrupted, killed, or made at the same time.
  @Suite(.enabled(if: Requirements.debian)) struct InterruptionTests {
    /// A build that takes its time, and leaves a daemon that ignores polite signals.
    private func waiting(_ seconds: String) throws -> Delivery {
      try Delivery(
        run: ["(trap '' TERM INT HUP; sleep \(seconds)) & echo waiting; sleep 6", "echo made > out"])
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func politeSignal(signal: Int32) throws {
      let seconds = Leftovers.seconds()
      let delivery = try waiting(seconds)
      let mounts = try Leftovers.mounts()
      let running = try RunningProgram(["check", "recipe.yaml"], in: delivery.path)
      try #require(try running.waitUntilBuilding("waiting", evidence: delivery.evidence), "\(running.errors)")
      #expect(!(try Leftovers.processes(naming: seconds, patience: 0)).isEmpty)
      #expect(running.end(signal) == 130)
      #expect(running.output.isEmpty)
      #expect(running.errors.contains("Interrupted.") && running.errors.contains("the same command goes on"))
      #expect(try Leftovers.processes(naming: seconds, patience: 0).isEmpty)
      #expect(try Leftovers.scratch(of: running.process).isEmpty)
      #expect(try Leftovers.mounts() == mounts)
      // The lock was made and stays; half of an evidence folder does not.
      #expect(try delivery.names() == ["recipe.lock", "recipe.yaml", "shipped-0", "source.tar"])
      try goesOn(delivery, seconds)
    }

    @Test func killed() throws {
      let seconds = Leftovers.seconds()
      let delivery = try waiting(seconds)
      let mounts = try Leftovers.mounts()
      let running = try RunningProgram(["check", "recipe.yaml"], in: delivery.path)
      try #require(try running.waitUntilBuilding("waiting", evidence: delivery.evidence), "\(running.errors)")
      #expect(running.end(SIGKILL) == 128 + SIGKILL)
      #expect(try Leftovers.processes(naming: seconds).isEmpty)
      #expect(try Leftovers.mounts() == mounts)
      // Work in progress is still there, and the next run sweeps it.
      #expect(!(try Leftovers.scratch(of: running.process)).isEmpty)
      try goesOn(delivery, seconds)
      #expect(try Leftovers.scratch(of: running.process).isEmpty)
      #expect(try delivery.names(in: "evidence") == ["product-1.0"])
    }

    /// The next run of the same command takes what is done and ends as if nothing had been.
    private func goesOn(_ delivery: Delivery, _ seconds: String) throws {
      let lock = try delivery.folder.read("recipe.lock")
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 0, "\(report)")
      #expect(try delivery.folder.read("recipe.lock") == lock)
      #expect(try Leftovers.processes(naming: seconds).isEmpty)
    }

    /// A second signal ends the program at once, and its build with it.
    @Test func secondSignal() throws {
      let seconds = Leftovers.seconds()
      let delivery = try waiting(seconds)
      let running = try RunningProgram(["check", "recipe.yaml"], in: delivery.path)
      try #require(try running.waitUntilBuilding("waiting", evidence: delivery.evidence), "\(running.errors)")
      kill(running.process, SIGINT)
      usleep(20_000)
      #expect(running.end(SIGINT) == 130)
      #expect(try Leftovers.processes(naming: seconds).isEmpty)
    }

    /// Same recipe, same lock to be written, same store, same evidence folder.
    @Test(arguments: [2, 4]) func atTheSameTime(count: Int) throws {
      let delivery = try Delivery(run: ["sleep 1; echo made > out"])
      let running = try (0..<count).map { _ in try RunningProgram(["check", ".", "--json"], in: delivery.path) }
      for program in running {
        #expect(program.wait(seconds: 120) == 0, "\(program.output.suffix(500)) \(program.errors)")
        #expect(program.output.contains("\"verdict\" : \"reproduced\""))
        #expect(try Leftovers.scratch(of: program.process).isEmpty)
      }
      #expect(try Verbatim.report(in: delivery.evidence).verdict == .reproduced)
      // Each left its evidence, and nothing else.
      let evidence = try delivery.names(in: "evidence")
      #expect(evidence.count == count && evidence.allSatisfy { $0.hasPrefix("product-1.0") }, "\(evidence)")
      #expect(try delivery.names() == ["evidence", "recipe.lock", "recipe.yaml", "shipped-0", "source.tar"])
    }
  }
}
