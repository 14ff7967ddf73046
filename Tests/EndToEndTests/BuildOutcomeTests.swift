import Model
import SystemPackage
import TestFixtures
import Testing

/// A build that goes wrong in one way.
struct FailingBuild: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var run: [String]
  var built = "out"
  var limits = "{time: 60s}"
  var kind: InconclusiveReason.Kind
  /// What the reason says.
  var message: [String]
  /// What is among its details.
  var detail: String?
}

extension EndToEnd {
  /// What becomes of builds of all kinds.
  @Suite(.enabled(if: Requirements.debian)) struct BuildOutcomeTests {
    static let failures = [
      FailingBuild(
        testDescription: "a failing step",
        run: ["echo before", "echo 'went wrong: 42'; exit 3", "echo never"], kind: .buildFailed,
        message: ["[2/3]", "exit code 3"], detail: "went wrong: 42"),
      FailingBuild(
        testDescription: "a killed step", run: ["kill -SEGV $$"], kind: .buildFailed, message: ["[1/1]", "signal 11"]),
      FailingBuild(
        testDescription: "control codes in the log", run: ["printf '\\033[31mred\\033]0;title\\007\\n'; exit 1"],
        kind: .buildFailed, message: ["exit code 1"], detail: "red"),
      FailingBuild(
        testDescription: "no artifact", run: ["true"], kind: .buildFailed, message: ["artifact out", "no such file"]),
      FailingBuild(
        testDescription: "a pipe as artifact", run: ["mkfifo out"], kind: .buildFailed,
        message: ["artifact out", "named pipe"]),
      FailingBuild(
        testDescription: "a link as artifact", run: ["ln -s /etc/passwd out"], kind: .buildFailed,
        message: ["artifact out", "symbolic link"]),
      FailingBuild(
        testDescription: "a link to a device as artifact", run: ["ln -s /dev/zero out"], kind: .buildFailed,
        message: ["artifact out", "symbolic link"]),
      FailingBuild(
        testDescription: "a folder as artifact", run: ["mkdir out"], kind: .buildFailed,
        message: ["artifact out", "folder"]),
      FailingBuild(
        testDescription: "a socket as artifact",
        run: ["perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => \"out\", Listen => 1) or die'"],
        kind: .buildFailed, message: ["artifact out"]),
      FailingBuild(
        testDescription: "an artifact in a linked folder", run: ["ln -s /etc dir"], built: "dir/passwd",
        kind: .buildFailed, message: ["artifact dir/passwd", "symbolic link"]),
      FailingBuild(
        testDescription: "a device as artifact", run: ["mknod out c 1 5"], kind: .buildFailed,
        message: ["exit code 1"], detail: "not permitted"),
      FailingBuild(
        testDescription: "too long", run: ["sleep 600"], limits: "{time: 2s}", kind: .limitHit,
        message: ["time", "2 seconds"]),
      FailingBuild(
        testDescription: "too many processes", run: ["perl -e 'for (1..60) { fork or sleep 60 } sleep 60'"],
        limits: "{time: 60s, processes: 30}", kind: .limitHit, message: ["processes"]),
      FailingBuild(
        testDescription: "too much memory",
        run: ["perl -e 'fork; fork; $x = \"a\" x (30 << 20); $x =~ tr/a/b/; sleep 60'"],
        limits: "{time: 60s, memory: 64MiB}", kind: .limitHit, message: ["memory"]),
      FailingBuild(
        testDescription: "too large a file", run: ["truncate -s 1T out"], limits: "{time: 60s, output: 16MiB}",
        kind: .limitHit, message: ["output", "16 MiB"]),
      FailingBuild(
        testDescription: "too many bytes", run: ["i=0; while cat /usr/bin/perl > file$i; do i=$((i+1)); done; exit 1"],
        limits: "{time: 60s, output: 16MiB}", kind: .limitHit, message: ["output", "16 MiB"]),
      FailingBuild(
        testDescription: "too long a log", run: ["yes"], limits: "{time: 60s, output: 2MiB}", kind: .limitHit,
        message: ["2 MiB"], detail: "y"),
    ]

    @Test(arguments: failures) func inconclusive(_ failing: FailingBuild) throws {
      let delivery = try Delivery(
        run: failing.run, shipped: KeyValuePairs(dictionaryLiteral: (failing.built, "made\n")), limits: failing.limits)
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 2)
      #expect(report.verdict == .inconclusive)
      #expect(report.deterministic == nil)
      let reason = try #require(report.reason)
      #expect(reason.kind == failing.kind, "\(reason)")
      for part in failing.message { #expect(reason.message.contains(part), "\(reason.message)") }
      if let detail = failing.detail {
        #expect(reason.details.contains { $0.contains(detail) }, "\(reason.details)")
      }
      #expect(!reason.details.contains { $0.contains("never") })
      #expect(reason.details.joined().unicodeScalars.allSatisfy { $0.value >= 32 }, "\(reason.details)")
      // Advice about a limit names a key that recipes have.
      if reason.kind == .limitHit {
        let keys = ["time", "memory", "processes", "output"].map { "build.limits.\($0) " }
        #expect(keys.contains { reason.advice?.contains($0) ?? false }, "\(reason.advice ?? "")")
      }
      #expect(try Verbatim.report(in: delivery.evidence) == report)
      let log = String(decoding: try TemporaryFolder.read(delivery.evidence.appending("build.log")), as: UTF8.self)
      #expect(log.contains("+ [1/"))
      #expect(try delivery.names(in: "evidence") == ["product-1.0"])
    }

    @Test(arguments: ["date +%N > out", "head -c 16 /dev/urandom > out", "bash -c 'echo $RANDOM$RANDOM' > out"])
    func buildThatVaries(step: String) throws {
      let delivery = try Delivery(run: [step])
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 1)
      #expect(report.verdict == .different)
      #expect(report.deterministic == false)
      #expect(!report.artifacts[0].differences.isEmpty)
      let first = try TemporaryFolder.read(delivery.evidence.appending("rebuilt/out"))
      let second = try TemporaryFolder.read(delivery.evidence.appending("rebuilt-second/out"))
      #expect(first != second)
    }

    /// What outlives the steps is ended, also when it holds the log open, and the artifact is as the steps left it.
    @Test(arguments: ["", "</dev/null >/dev/null 2>&1"]) func daemonThatOutlivesTheBuild(redirection: String) throws {
      let seconds = Leftovers.seconds()
      let step =
        "setsid sh -c 'trap \"\" TERM HUP INT; sleep \(seconds); echo late >> out' \(redirection) & echo made > out"
      let delivery = try Delivery(run: [step])
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 0, "\(report)")
      #expect(report.verdict == .reproduced)
      #expect(try Leftovers.processes(naming: seconds).isEmpty)
    }

    @Test func oneOfTwoArtifactsIsMissing() throws {
      let delivery = try Delivery(run: ["echo made > one"], shipped: ["one": "made\n", "two": "made\n"])
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 2)
      #expect(report.verdict == .inconclusive)
      #expect(report.artifacts.map(\.verdict) == [.reproduced, .inconclusive])
      #expect(report.artifacts[1].rebuilt == nil && report.artifacts[1].differences.isEmpty)
      #expect(report.reason?.message.contains("artifact two") == true)
    }

    /// A difference that was found stays found, and the report still says what is missing.
    @Test func oneArtifactIsWrongAndOneIsMissing() throws {
      let delivery = try Delivery(run: ["echo other > one"], shipped: ["one": "made\n", "two": "made\n"])
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 1)
      #expect(report.artifacts.map(\.verdict) == [.different, .inconclusive])
      #expect(report.deterministic == true)
    }

    /// Artifacts of one name from different folders stay apart.
    @Test func twoArtifactsOfOneName() throws {
      let delivery = try Delivery(
        run: ["mkdir a b; echo a > a/out; echo b > b/out; echo c > ../out"],
        shipped: ["a/out": "a\n", "b/out": "b\n", "../out": "c\n"])
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 0)
      #expect(report.artifacts.count == 3)
      let rebuilt = try delivery.names(in: "evidence/product-1.0/rebuilt")
      #expect(rebuilt.count == 3, "\(rebuilt)")
    }

    /// The network is not there, and nothing of the host is.
    @Test func theBuildIsAlone() throws {
      let delivery = try Delivery(
        run: [
          "id -u > out; hostname >> out; ls /sys/class/net 2>/dev/null; cat /proc/net/dev | tail -n +3 | wc -l >> out",
          "test -z \"$SSH_AUTH_SOCK$VERBATIM_SECRET\" && echo clean >> out",
        ], shipped: ["out": "1000\nverbatim\n1\nclean\n"])
      let result = try Verbatim.run(
        ["check", "recipe.yaml"], in: delivery.path, prefix: "VERBATIM_SECRET=1 SSH_AUTH_SOCK=/x")
      #expect(result.status == 0, "\(result.output)")
    }
  }
}
