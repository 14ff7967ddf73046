import Glibc
import Model
import Processes
import Sandbox
import SystemPackage
import Testing

/// Whether guests can be had.
enum Guests {
  /// Prints why tests are skipped, where they are.
  static let possible: Bool = {
    if HostCommand.locate("linux.uml") != nil { return true }
    print("SKIP: this machine has no user-mode Linux")
    return false
  }()
}

/// A clock that can be set: the command runs in user-mode Linux.
@Suite(.serialized, .enabled(if: Guests.possible, "SKIP: this machine has no user-mode Linux"))
struct ClockTests {
  private let folders: TestFolders
  private let engine: SandboxEngine

  init() async throws {
    folders = try TestFolders()
    engine = try await SandboxEngine()
  }

  private static let start = BuildClock(start: "2017-03-04T05:06:07.500Z")

  private func run(
    _ script: String, clock: BuildClock? = start, _ change: (inout SandboxRequest) -> Void = { _ in }
  ) async throws -> (SandboxOutcome, [String]) {
    let root = try await TinyRoot.make(in: folders, "root\(UInt32.random(in: 0...UInt32.max))")
    var request = SandboxRequest(
      root: .layers([root]), tree: .init(mountPoint: "/build/it"), command: ["/bin/sh", "-c", script],
      workingDirectory: "/build/it", clock: clock)
    request.limits.output = 64 << 20
    request.limits.memory = 256 << 20
    change(&request)
    let lines = OutputLines()
    let outcome = try await engine.run(request) { lines.add($0) }
    return (outcome, lines.all)
  }

  /// Seconds since 1970 by `clock_gettime`.
  private static let now =
    "perl -e '$t = pack \"qq\", 0, 0; syscall 228, 0, $t; printf \"%d.%09d\\n\", unpack \"qq\", $t'"

  private func times(_ lines: some Sequence<String>) -> [Double] { lines.compactMap { Double($0) } }

  @Test func allClocksAgree() async throws {
    let (outcome, lines) = try await run(
      """
      \(Self.now); : >a; stat -c %.3Y a; : >/tmp/a; stat -c %.3Y /tmp/a; perl -e 'print time, "\\n"'
      stat -c %.3Y . /tmp "$HOME"; id -u; nproc; pwd; umask
      """
    ) {
      $0.variables["HOME"] = "/home/b"
      $0.umask = 0o027
    }
    #expect(outcome.succeeded, "\(lines)")
    let start = 1_488_603_967.5
    let found = times(lines.prefix(7))
    #expect(found.count == 7 && found.allSatisfy { $0 >= start - 1 && $0 < start + 8 }, "\(lines)")
    // What the first command sees is what was asked for; starting it takes less than a second where others build.
    #expect(found.first.map { $0 >= start && $0 < start + 2 } ?? false, "\(lines)")
    #expect(lines.dropFirst(7) == ["1000", "1", "/build/it", "0027"])
    #expect(outcome.confinement.contains { $0.contains("2017-03-04T05:06:07.5Z") })
  }

  @Test(arguments: [(0, -0.1...0.5), (100, 0.15...1.5), (20_000, 30.0...500.0)])
  func ratesHold(rate: Int, spent: ClosedRange<Double>) async throws {
    let (outcome, lines) = try await run(
      "\(Self.now); sleep 2; \(Self.now); : >a; stat -c %.9Y a",
      clock: BuildClock(start: "2017-03-04T05:06:07Z", rate: rate))
    #expect(outcome.succeeded, "\(lines)")
    let found = times(lines)
    try #require(found.count == 3, "\(lines)")
    #expect(spent.contains(found[1] - found[0]) && found[0] >= 1_488_603_967, "\(found)")
    #expect(abs(found[2] - found[1]) < 0.5 + Double(rate) / 1000, "\(found)")
  }

  @Test func endsAsOnTheMachinesKernel() async throws {
    #expect(try await run("exit 7").0.termination == .exited(7))
    #expect(try await run("kill -SEGV $$").0.termination == .signalled(11))
    #expect(try await run("", { $0.command = ["no-such-program"] }).0.termination == .exited(127))
  }

  @Test func artifactsAreTaken() async throws {
    let source = try await folders.folder("source")
    try await folders.shell("echo x >source/a; ln source/a source/b; touch -d '2001-02-03 04:05:06.789 UTC' source/a")
    let archive = folders.path.appending("out.tar")
    let (outcome, lines) = try await run(
      """
      stat -c '%u:%g %y %h' s/a; echo built >s/out; chmod 640 s/out; ln -s /etc/passwd s/link; echo "two
      lines" >&2; head -c 300000 /dev/zero | perl -pe 's/\\0/x/g'; echo; echo last
      """
    ) {
      $0.tree?.contents = [.init(host: source, at: "s")]
      $0.collect = .artifacts(["s/out", "s/link", "s/none"])
      $0.collectTo = archive
    }
    #expect(outcome.succeeded)
    #expect(lines.first == "1000:1000 2001-02-03 04:05:06.789000000 +0000 2")
    #expect(Array(lines.dropFirst().prefix(2)) == ["two", "lines"] && lines.last == "last")
    #expect(outcome.missing == ["s/none"])
    let listed = try await folders.shell("tar tvf out.tar --utc --full-time; tar xOf out.tar s/out")
    #expect(listed.contains("1000/1000         6 2017-03-04 05:06:") && listed.hasSuffix("built\n"), "\(listed)")
    #expect(listed.contains("s/link -> /etc/passwd"))
  }
}
