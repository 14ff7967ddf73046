import Digests
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Environments

@Suite struct ImageTests {
  /// Layers that use every rule of the specification.
  static let layers: [[UInt8]] = [
    TarBuilder.archive {
      $0.folder("./", mode: 0o755)
      $0.folder("etc/")
      $0.file("etc/kept", "lower")
      $0.file("etc/gone", "lower")
      $0.file("etc/changed", "lower")
      $0.folder("usr/")
      $0.folder("usr/lib/")
      $0.file("usr/lib/a", "a")
      $0.link("lib", to: "usr/lib")
      $0.link("absolute", to: "/usr/lib")
      $0.folder("opaque/", mode: 0o700)
      $0.file("opaque/old", "old")
      $0.folder("opaque/sub/")
      $0.file("opaque/sub/old", "old")
      $0.folder("tree/")
      $0.file("tree/x", "x")
      $0.file("becomes-folder", "x")
      $0.folder("becomes-file/")
      $0.file("becomes-file/x", "x")
      $0.file("linked", "linked")
    },
    TarBuilder.archive {
      // The new entries come before the whiteouts: the order must not matter.
      $0.file("opaque/new", "new")
      $0.file("opaque/.wh..wh..opq")
      $0.file("etc/.wh.gone")
      $0.file("etc/changed", "upper", mode: 0o600)
      $0.file(".wh.tree")
      $0.link("hard", to: "linked", type: "1")
      $0.folder("becomes-folder/", mode: 0o711)
      $0.file("becomes-folder/y", "y")
      $0.file("becomes-file", "now a file")
      $0.folder("etc/", mode: 0o750)
    },
    TarBuilder.archive {
      $0.file("tree/y", "again")
      $0.folder("tree/")
      $0.file("etc/.wh.never-there")
      $0.file("etc/.wh.changed")
      $0.file("etc/changed", "third")
    },
  ]

  private func flatten(_ archive: [UInt8], _ digest: SHA256Digest, _ fixture: LayerFixture) throws -> LayerTree {
    let scratch = try TemporaryFolder()
    return try RootArchive.image(
      try scratch.write("image.tar", archive), manifest: digest, in: scratch.path, spool: fixture.spool,
      progress: SilentProgress())
  }

  @Test(arguments: ImageFixture.Compression.allCases)
  func layersAreApplied(compression: ImageFixture.Compression) throws {
    let fixture = try LayerFixture()
    let image = ImageFixture(layers: Self.layers, compression: compression)
    let tree = try flatten(try image.archive(), try image.digest(), fixture)
    let expected = [
      "/ 755 0:0 folder", "/absolute 777 0:0 link /usr/lib", "/becomes-file 644 0:0 file now a file",
      "/becomes-folder 711 0:0 folder", "/becomes-folder/y 644 0:0 file y", "/etc 750 0:0 folder",
      "/etc/changed 644 0:0 file third", "/etc/kept 644 0:0 file lower", "/hard 644 0:0 file linked",
      "/lib 777 0:0 link usr/lib", "/linked 644 0:0 file linked", "/opaque 700 0:0 folder",
      "/opaque/new 644 0:0 file new", "/tree 755 0:0 folder", "/tree/y 644 0:0 file again", "/usr 755 0:0 folder",
      "/usr/lib 755 0:0 folder", "/usr/lib/a 644 0:0 file a",
    ]
    #expect(try fixture.listing(tree) == expected)
    #expect(tree.places["hard"] == tree.places["linked"])
  }

  @Test func umociAgrees() throws {
    guard try FixtureProcess.shell("command -v umoci").status == 0 else {
      print("SKIP: umoci is not installed, so nothing says whether the flattened layers are right")
      return
    }
    let fixture = try LayerFixture()
    let image = ImageFixture(layers: Self.layers, compression: .gzip)
    let ours = try flatten(try image.archive(), try image.digest(), fixture)
    let folder = try TemporaryFolder()
    _ = try FixtureProcess.shell("mkdir -p \"$1/image/blobs/sha256\"", [folder.path.string])
    for (name, bytes) in try image.layout() { try folder.write("image/\(name)", bytes) }
    let result = try FixtureProcess.shell(
      """
      cd "$1" && root=; [ "$(id -u)" = 0 ] || root=--rootless
      umoci unpack $root --image image:latest bundle && \
      tar --numeric-owner --owner=0 --group=0 --format=pax -cf rootfs.tar -C bundle/rootfs .
      """, [folder.path.string])
    #expect(result.status == 0, "\(result.errors)")
    let theirs = try fixture.tree(try folder.read("rootfs.tar"))
    #expect(try fixture.listing(ours) == fixture.listing(theirs))
    for path in ours.sortedPaths where ours[path]?.isFolder == false {
      #expect(ours[path]?.modified == theirs[path]?.modified, "\(path)")
    }
  }

  @Test func savedImagesOfAllAgesAreTaken() throws {
    let fixture = try LayerFixture()
    let image = ImageFixture(layers: Self.layers + [Self.layers[2]])
    let wanted = try fixture.canonical(try flatten(try image.archive(), try image.digest(), fixture)).identity
    // An older one has no manifest, so its image ID stands for it.
    let legacy = try flatten(try image.legacy(), .of(image.config), fixture)
    #expect(try fixture.canonical(legacy).identity == wanted)
    let config = "blobs/sha256/\(SHA256Digest.of(image.config))"
    let names = try image.blobs().map { "\"blobs/sha256/\(SHA256Digest.of($0))\"" }.joined(separator: ",")
    let saved = "[{\"Config\":\"\(config)\",\"RepoTags\":[\"a:b\"],\"Layers\":[\(names)]}]"
    let both = ImageFixture.archive(try image.layout() + [("manifest.json", Array(saved.utf8))])
    #expect(try fixture.canonical(try flatten(both, try image.digest(), fixture)).identity == wanted)
    #expect(try fixture.canonical(try flatten(both, .of(image.config), fixture)).identity == wanted)
  }

  @Test func parentsThatAreLinksAreFollowedInside() throws {
    let upper = TarBuilder.archive {
      $0.file("lib/b", "b")
      $0.file("absolute/c", "c")
      $0.file("lib/.wh.a")
    }
    let fixture = try LayerFixture()
    let image = ImageFixture(layers: [Self.layers[0], upper])
    let tree = try flatten(try image.archive(), try image.digest(), fixture)
    #expect(tree["usr/lib/b"] != nil && tree["usr/lib/c"] != nil && tree["usr/lib/a"] == nil)
  }

  @Test(arguments: ["../../../../etc", "/../../etc", "/.."])
  func linksNeverLeaveTheRoot(target: String) throws {
    let fixture = try LayerFixture()
    let layer = TarBuilder.archive {
      $0.link("out", to: target)
      $0.file("out/x", "x")
    }
    let image = ImageFixture(layers: [layer])
    let tree = try flatten(try image.archive(), try image.digest(), fixture)
    #expect(tree[target.hasSuffix("etc") ? "etc/x" : "x"] != nil)
  }

  @Test func wrongImagesAreRefused() throws {
    let fixture = try LayerFixture()
    let sound = ImageFixture(layers: Self.layers, compression: .gzip)
    let digest = try sound.digest()
    func refusal(_ archive: [UInt8], _ digest: SHA256Digest) -> String? {
      environmentError { _ = try flatten(archive, digest, fixture) }?.description
    }
    #expect(refusal(try sound.archive(), .of("other"))?.contains("the archive has sha256:\(digest)") == true)
    var wrong = sound
    wrong.diffIDs = ["sha256:\(digest)", "sha256:\(digest)", "sha256:\(digest)"]
    #expect(refusal(try wrong.archive(), try wrong.digest())?.contains("expected DiffID") == true)
    wrong.diffIDs = []
    #expect(refusal(try wrong.archive(), try wrong.digest())?.contains("each of its 3 layers") == true)
    wrong = sound
    wrong.os = "windows"
    #expect(refusal(try wrong.archive(), try wrong.digest())?.contains("windows") == true)
    wrong = sound
    wrong.sizeError = 1
    #expect(refusal(try wrong.archive(), try wrong.digest())?.contains("its descriptor says") == true)
    var files = try sound.layout()
    files[files.count - 1].1[0] ^= 1
    #expect(refusal(ImageFixture.archive(files), digest)?.contains("other bytes than its name says") == true)
    files.removeLast()
    #expect(refusal(ImageFixture.archive(files), digest)?.contains("is not in the archive") == true)
    #expect(refusal(ImageFixture.archive([("readme", [1])]), digest)?.contains("neither an OCI layout") == true)
    let index = Array(
      String(decoding: try #require(try sound.layout().first { $0.0 == "index.json" }).1, as: UTF8.self).utf8)
    let nested = ImageFixture.archive([("blobs/sha256/\(SHA256Digest.of(index))", index)])
    #expect(refusal(nested, .of(index))?.contains("an index of several images") == true)
  }

  @Test(arguments: [
    "{\"schemaVersion\":2", "[]", "{\"schemaVersion\":2,\"config\":7}", HostileText("[", times: 100_000), "\u{0}",
  ])
  func brokenDocumentsAreRefused(text: HostileText) throws {
    let fixture = try LayerFixture()
    let bytes = Array(text.text.utf8)
    let archive = ImageFixture.archive([("blobs/sha256/\(SHA256Digest.of(bytes))", bytes)])
    #expect(environmentError { _ = try flatten(archive, .of(bytes), fixture) }?.code == .input)
  }

  @Test(arguments: [".wh.", "d/.wh..", "d/.wh..."])
  func whiteoutsOfNoNameAreRefused(name: String) throws {
    let fixture = try LayerFixture()
    let image = ImageFixture(layers: [TarBuilder.archive { $0.file(name) }])
    #expect(
      environmentError { _ = try flatten(try image.archive(), try image.digest(), fixture) }?.message.contains(
        "whiteout")
        == true)
  }

  @Test func aLoopOfLinksEnds() throws {
    let fixture = try LayerFixture()
    let image = ImageFixture(layers: [
      TarBuilder.archive {
        $0.link("a", to: "b"); $0.link("b", to: "a"); $0.file("a/x")
      }
    ])
    #expect(
      environmentError { _ = try flatten(try image.archive(), try image.digest(), fixture) }?.message.contains(
        "too many")
        == true)
  }
}
