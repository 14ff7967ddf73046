import Processes
import Sandbox
import SystemPackage
import Testing

/// What a sandbox gives its command.
@Suite struct SandboxRunTests {
  private let folders: TestFolders
  private let engine: SandboxEngine

  init() async throws {
    folders = try TestFolders()
    engine = try await SandboxEngine()
  }

  private func run(_ request: SandboxRequest) async throws -> (SandboxOutcome, [String]) {
    let lines = OutputLines()
    let outcome = try await engine.run(request) { lines.add($0) }
    return (outcome, lines.all)
  }

  private func layered(_ script: String, _ change: (inout SandboxRequest) -> Void = { _ in }) async throws -> (
    SandboxOutcome, [String]
  ) {
    let root = try await TinyRoot.make(in: folders, "root")
    var request = SandboxRequest(
      root: .layers([root]), tree: .init(mountPoint: "/build/it"), command: ["/bin/sh", "-c", script],
      workingDirectory: "/build/it")
    change(&request)
    return try await run(request)
  }

  @Test func commandSeesWhatWasAsked() async throws {
    let (outcome, lines) = try await layered("pwd; id -u; id -g; umask; nproc; cat /etc/hostname; exit 7") {
      $0.processors = 1
      $0.umask = 0o027
      $0.hostName = "builder-7"
    }
    #expect(outcome.termination == .exited(7))
    #expect(lines == ["/build/it", "1000", "1000", "0027", "1", "builder-7"])
    #expect(outcome.confinement.count > 5)
  }

  @Test func environmentIsExact() async throws {
    let (_, lines) = try await layered("env") { $0.variables = ["PATH": "/usr/bin", "EMPTY": "", "SAY": "a b\nc"] }
    #expect(Set(lines) == ["PATH=/usr/bin", "EMPTY=", "SAY=a b", "c", "PWD=/build/it"])
  }

  @Test func signalsAreTold() async throws {
    let (outcome, _) = try await layered("kill -SEGV $$")
    #expect(outcome.termination == .signalled(11))
  }

  @Test func missingCommandIsTheBuildsFailure() async throws {
    let (outcome, lines) = try await layered("") { $0.command = ["no-such-program"] }
    #expect(outcome.termination == .exited(127))
    #expect(lines.contains { $0.contains("no-such-program") })
  }

  @Test func layersAreNeverWritten() async throws {
    let (outcome, lines) = try await layered(
      "cat /etc/marker; echo upper >/etc/marker; cat /etc/marker; rm -r /var/lib/old; mkdir /var/lib/old; touch /var/lib/old/new /usr/x"
    ) { $0.user = .administrator }
    #expect(outcome.termination == .exited(0), "\(lines)")
    #expect(lines == ["lower", "upper"])
    let left = try await folders.shell("cat root/etc/marker; ls -A root/var/lib/old; ls root | tr '\\n' ' '")
    #expect(left == "lower\nbin dev etc lib lib64 proc root tmp usr var ")
  }

  @Test func upperLayersHideLowerOnes() async throws {
    let root = try await TinyRoot.make(in: folders, "root")
    let more = try await folders.folder("with, comma:colon")
    try await folders.shell("mkdir -p \"$1/etc\"; echo second >\"$1/etc/marker\"", [more.string])
    let (_, lines) = try await run(
      SandboxRequest(root: .layers([root, more]), command: ["/bin/cat", "/etc/marker"]))
    #expect(lines == ["second"])
  }

  @Test func treeIsCopiedAndTheBuildersOwn() async throws {
    let source = try await folders.folder("source")
    try await folders.shell(
      """
      mkdir -p "$1/a/b"; echo x >"$1/a/b/c"; ln -s ../.. "$1/a/up"; ln "$1/a/b/c" "$1/a/d"
      chmod 0600 "$1/a/b/c"; touch -d '2001-02-03 04:05:06.789 UTC' "$1/a/b/c" "$1/a/b"; chmod 0555 "$1/a/b"
      echo y >file
      """, [source.string])
    let host = folders.path.appending("file")
    let (outcome, lines) = try await layered(
      "stat -c '%n %u:%g %a %y %h' s/a/b s/a/b/c s/a/up sub/file; touch s/a/new"
    ) {
      $0.tree?.contents = [.init(host: source, at: "s"), .init(host: host, at: "sub/file")]
    }
    #expect(outcome.termination == .exited(0), "\(lines)")
    #expect(lines.first == "s/a/b 1000:1000 555 2001-02-03 04:05:06.789000000 +0000 2")
    #expect(lines.dropFirst().first == "s/a/b/c 1000:1000 600 2001-02-03 04:05:06.789000000 +0000 2")
    #expect(lines.count == 4 && lines[2].hasPrefix("s/a/up 1000:1000 777") && lines[3].hasPrefix("sub/file 1000:1000"))
    #expect(try await folders.shell("ls source/a | tr '\\n' ' '") == "b d up ")
  }

  /// The builder's home is where `HOME` says, empty and writable, and is written to nothing that stays.
  @Test func homeIsEmptyAndWritable() async throws {
    let script = """
      ls -A "$HOME"; stat -c '%u:%g %a' "$HOME"; echo x >"$HOME/y"; cat "$HOME/y"; cat /etc/passwd
      rmdir "$HOME" 2>/dev/null || echo stays
      """
    for run in 1...2 {
      let (outcome, lines) = try await layered(script) { $0.variables["HOME"] = "/home/builder" }
      #expect(outcome.succeeded)
      #expect(
        lines == [
          "1000:1000 755", "x", "root:x:0:0:root:/root:/bin/sh", "builder:x:1000:1000::/home/builder:/bin/sh", "stays",
        ], "run \(run)")
    }
    #expect(try await folders.shell("ls -d root/home 2>/dev/null || echo none") == "none\n")
  }

  /// A home that the layers have stays theirs.
  @Test func homeOfTheLayersIsKept() async throws {
    let root = try await TinyRoot.make(in: folders, "root")
    try await folders.shell("mkdir -p root/home/builder; echo layer >root/home/builder/kept")
    let (outcome, lines) = try await run(
      SandboxRequest(
        root: .layers([root]), command: ["/bin/cat", "/home/builder/kept"],
        variables: ["PATH": "/usr/bin", "HOME": "/home/builder"]))
    #expect(outcome.succeeded)
    #expect(lines == ["layer"])
  }

  @Test func readOnlyMountsAreReadOnly() async throws {
    let given = try await folders.folder("given")
    try await folders.shell("echo hello >\"$1/f\"; chmod -R a+rwX \"$1\"", [given.string])
    let (_, lines) = try await layered("cat /inputs/f; (echo no >/inputs/f) 2>/dev/null || echo denied") {
      $0.readOnlyMounts = [.init(host: given, inside: "/inputs")]
    }
    #expect(lines == ["hello", "denied"])
  }

  @Test func logHoldsTheBytes() async throws {
    let log = folders.path.appending("build.log")
    let (_, lines) = try await layered("printf 'a\\033[1mb\\nlast'; echo err >&2") { $0.log = log }
    #expect(lines == ["a\u{FFFD}[1mb", "lasterr"])
    #expect(try await folders.shell("cat build.log") == "a\u{1B}[1mb\nlasterr\n")
  }

  @Test func hostToolsRun() async throws {
    let (outcome, lines) = try await run(
      SandboxRequest(
        root: .hostTools, tree: .init(mountPoint: "/work"),
        command: ["/bin/sh", "-c", "perl -e 'print 6*7, qq(\\n)'; echo x >/work/y; ls -A / /etc"]))
    #expect(outcome.succeeded)
    #expect(lines.first == "42")
    #expect(!lines.contains("shadow") && !lines.contains("root") && !lines.contains("home"))
  }

  @Test func nothingIsLeftBehind() async throws {
    let before = try await folders.shell("cat /proc/self/mountinfo | wc -l; ls -A /media /srv /mnt")
    _ = try await layered("true")
    #expect(try await folders.shell("cat /proc/self/mountinfo | wc -l; ls -A /media /srv /mnt") == before)
  }
}
