import Processes
import Sandbox
import SystemPackage
import Testing

/// What is taken from a sandbox, and what a build cannot smuggle through it.
@Suite struct CollectionTests {
  private let folders: TestFolders
  private let engine: SandboxEngine
  private var archive: FilePath { folders.path.appending("out.tar") }

  init() async throws {
    folders = try TestFolders()
    engine = try await SandboxEngine()
  }

  /// Runs a script on the host's tools and lists the collected archive, a line each: type, owner, name, target.
  private func collect(_ script: String, _ collection: SandboxRequest.Collection) async throws -> (
    SandboxOutcome, [String]
  ) {
    let request = SandboxRequest(
      root: .hostTools, tree: .init(mountPoint: "/build"), command: ["/bin/sh", "-euc", script],
      workingDirectory: "/build", collect: collection, collectTo: archive)
    let outcome = try await engine.run(request)
    let listed = try await folders.shell("tar --numeric-owner -tvf \"$1\"", [archive.string])
    return (
      outcome,
      listed.split(separator: "\n").map { line in
        let words = line.split(separator: " ")
        return ([String(words[0].prefix(1)), String(words[1])] + words.dropFirst(5).map(String.init)).joined(
          separator: " ")
      }
    )
  }

  @Test func artifactsComeWithTheirFolders() async throws {
    let (outcome, names) = try await collect(
      "mkdir -p a/b; echo 1 >a/b/one; echo 2 >two; echo 3 >a/unasked", .artifacts(["a/b/one", "two", "a/none"]))
    #expect(outcome.succeeded)
    #expect(names == ["d 1000/1000 a/", "d 1000/1000 a/b/", "- 1000/1000 a/b/one", "- 1000/1000 two"])
    #expect(outcome.missing == ["a/none"])
    #expect(try await folders.shell("tar -xOf out.tar a/b/one") == "1\n")
  }

  @Test func specialFilesAreShownAndNeverOpened() async throws {
    let (outcome, names) = try await collect(
      "mkfifo pipe; ln -s /etc/shadow link; mkdir folder; ln -s /etc etc; touch -- '-I sh'",
      .artifacts(["pipe", "link", "folder", "etc/passwd", "./x".replacing("./", with: "")]))
    #expect(outcome.succeeded)
    #expect(
      names == [
        "p 1000/1000 pipe", "l 1000/1000 link -> /etc/shadow", "d 1000/1000 folder/", "l 1000/1000 etc -> /etc",
      ])
    #expect(outcome.missing == ["etc/passwd", "x"])
  }

  @Test func nothingIsCollectedFromAFailure() async throws {
    let request = SandboxRequest(
      root: .hostTools, tree: .init(mountPoint: "/build"), command: ["/bin/sh", "-c", "touch /build/a; exit 1"],
      collect: .artifacts(["a"]), collectTo: archive)
    #expect(try await engine.run(request).termination == .exited(1))
    #expect(try await folders.shell("ls") == "")
  }

  @Test func oneFolderIsCollectedWhole() async throws {
    let (_, names) = try await collect("mkdir -p s/b s/a; echo x >s/b/f; ln -s f s/b/l; mkfifo s/p", .tree("s"))
    #expect(
      names == [
        "d 1000/1000 ./", "d 1000/1000 ./a/", "d 1000/1000 ./b/", "- 1000/1000 ./b/f", "l 1000/1000 ./b/l -> f",
        "p 1000/1000 ./p",
      ])
  }

  @Test func aFolderIsNotEnteredThroughALink() async throws {
    let request = SandboxRequest(
      root: .hostTools, tree: .init(mountPoint: "/build"), command: ["/bin/ln", "-s", "/usr/bin", "/build/s"],
      collect: .tree("s"), collectTo: archive)
    let outcome = try await engine.run(request)
    #expect(outcome.missing == ["s"])
    #expect(try await folders.shell("stat -c %s out.tar") == "0\n")
  }

  @Test func aRootIsCollectedAndStackedAgain() async throws {
    let root = try await TinyRoot.make(in: folders, "root")
    var request = SandboxRequest(
      root: .layers([root]), tree: .init(mountPoint: "/build/it"),
      command: [
        "/bin/sh", "-euc",
        "echo upper >/etc/marker; rm -r /var/lib/old; mkdir /var/lib/old; touch /var/lib/old/n /tmp/no /dev/shm/no /build/it/no; chown 7:8 /var/lib/old/n; chmod 4755 /var/lib/old/n",
      ], user: .administrator, collect: .root, collectTo: archive)
    #expect(try await engine.run(request).succeeded)
    let names = try await folders.shell("tar -tf out.tar")
    #expect(names.hasPrefix("./\n") && names.contains("./var/lib/old/n\n") && names.contains("./etc/marker\n"))
    for absent in ["no\n", "build", "etc/hosts", "etc/resolv.conf", "machine-id", "./proc/1"] {
      #expect(!names.contains(absent), "\(absent)")
    }
    let first = try await folders.shell("sha256sum <out.tar")
    request.root = .layers([folders.path.appending("layer")])
    try await engine.unpackLayer(archive, into: folders.path.appending("layer"))
    request.command = ["/bin/sh", "-c", "cat /etc/marker; stat -c '%u:%g %a' /var/lib/old/n"]
    let lines = OutputLines()
    #expect(try await engine.run(request) { lines.add($0) }.succeeded)
    #expect(lines.all == ["upper", "7:8 4755"])
    #expect(try await folders.shell("sha256sum <out.tar") == first, "the same root gives the same bytes")
    try await engine.removeLayer(folders.path.appending("layer"))
    #expect(try await folders.shell("ls") == "out.tar\nroot\n")
  }

  @Test func whiteoutsOfALayerHideFiles() async throws {
    let root = try await TinyRoot.make(in: folders, "root")
    // Made by hand, as an ordinary user cannot make the device outside: one tar header of a character device 0, 0.
    try await folders.shell(
      """
      perl -e 'sub f { my $h = pack("a100a8a8a8a12a12a8a1a100a6a2a32a32a8a8a155", $_[0], sprintf("%07o",$_[2]), "0000000",
        "0000000", "00000000000", "00000000000", " " x 8, $_[1], "", "ustar", "00", "", "", "0000000", "0000000", "");
        $h .= "\\0" x (512 - length $h); my $s = 0; $s += ord for split //, $h; substr($h, 148, 8) = sprintf("%06o\\0 ", $s);
        print $h } f("etc/", 5, 0755); f("etc/marker", 3, 0); print "\\0" x 1024' >white.tar
      """)
    let layer = folders.path.appending("white")
    try await engine.unpackLayer(folders.path.appending("white.tar"), into: layer)
    let lines = OutputLines()
    let request = SandboxRequest(root: .layers([root, layer]), command: ["/bin/sh", "-c", "ls -A /etc"])
    _ = try await engine.run(request) { lines.add($0) }
    try await engine.removeLayer(layer)
    #expect(lines.all == ["group", "hostname", "hosts", "passwd", "resolv.conf"])
  }
}
