import Model
import TestFixtures
import Testing

@testable import Environments

@Suite struct LayerReaderTests {
  /// Archives that no root file system may come from, and a word of the refusal.
  private static let hostile: [(name: String, archive: [UInt8], says: String)] = [
    ("absolute", TarBuilder.archive { $0.file("/etc/passwd", "x") }, "does not lie"),
    ("parent", TarBuilder.archive { $0.file("../x", "x") }, "does not lie"),
    ("inner parent", TarBuilder.archive { $0.file("a/../../x", "x") }, "does not lie"),
    (
      "through a link",
      TarBuilder.archive {
        $0.link("a", to: "/etc"); $0.file("a/passwd", "x")
      }, "symbolic link"
    ),
    (
      "through a file",
      TarBuilder.archive {
        $0.file("a", "x"); $0.file("a/b", "x")
      }, "not a folder"
    ),
    ("hard link out", TarBuilder.archive { $0.link("a", to: "../../etc/shadow", type: "1") }, "does not lie"),
    ("hard link to absolute", TarBuilder.archive { $0.link("a", to: "/etc/shadow", type: "1") }, "does not lie"),
    ("hard link to nothing", TarBuilder.archive { $0.link("a", to: "b", type: "1") }, "not there"),
    (
      "hard link to a folder",
      TarBuilder.archive {
        $0.folder("b/"); $0.link("a", to: "b", type: "1")
      }, "hard link to the folder"
    ),
    (
      "hard link over what holds its target",
      TarBuilder.archive {
        $0.file("d/f", "x"); $0.link("d", to: "d/f", type: "1")
      }, "below the folder"
    ),
    ("root as a file", TarBuilder.archive { $0.file(".", "x") }, "root is not a folder"),
    ("long name", TarBuilder.archive { $0.file(String(repeating: "n", count: 256), "x") }, "does not lie"),
    ("cut", Array(TarBuilder.archive { $0.file("a", "text") }.prefix(700)), ""),
    ("no end", Array(TarBuilder.archive { $0.file("a", "text") }.dropLast(1024)), ""),
    ("no archive", Array("hello".utf8), ""),
    ("empty", [], ""),
  ]

  @Test(arguments: hostile.indices)
  func hostileArchivesAreRefused(index: Int) throws {
    let (name, archive, says) = Self.hostile[index]
    let fixture = try LayerFixture()
    let error = try #require(environmentError { _ = try fixture.tree(archive) }, "\(name) was taken")
    #expect(error.message.contains(says), "\(name): \(error.message)")
    #expect(error.inconclusive == .missingInput)
  }

  @Test func limitsHold() throws {
    let many = TarBuilder.archive { for number in 0..<50 { $0.file("f\(number)", "x") } }
    let fixture = try LayerFixture()
    #expect(environmentError { _ = try fixture.tree(many, limits: .init(entries: 40)) }?.code == .limit)
    let small = try LayerFixture(limit: 1000)
    let large = TarBuilder.archive { $0.file("f", String(repeating: "x", count: 1001)) }
    #expect(environmentError { _ = try small.tree(large) }?.code == .limit)
  }

  @Test func devicesAndSocketsAreLeftOut() throws {
    let fixture = try LayerFixture()
    let tree = try fixture.tree(
      TarBuilder.archive { builder in
        for type in "346" {
          var header = TarBuilder.Header("node\(type)")
          header.type = type
          builder.entry(header)
        }
      })
    #expect(tree.sortedPaths == [.root, "node6"])
  }

  @Test func laterEntriesReplaceEarlierOnes() throws {
    let fixture = try LayerFixture()
    let tree = try fixture.tree(
      TarBuilder.archive {
        $0.file("d/inner", "x")
        $0.file("d", "now a file")
        $0.file("f", "x")
        $0.folder("f/", mode: 0o700)
      })
    #expect(try fixture.listing(tree) == ["/ 755 0:0 folder", "/d 644 0:0 file now a file", "/f 700 0:0 folder"])
  }

  @Test func namesOfOneUnicodeTextAreTwoFiles() throws {
    let fixture = try LayerFixture()
    let tree = try fixture.tree(
      TarBuilder.archive {
        $0.file("caf\u{E9}", "composed"); $0.file("cafe\u{301}", "decomposed")
      })
    #expect(tree.places.count == 3)
  }

  @Test func everyPathHasAParentThatIsAFolder() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      var tree = LayerTree()
      let names = ["a", "b", "a/b", "a/b/c", "b/c", "a/c", "b/c/d"]
      for _ in 0..<20 {
        let path = try #require(LayerPath(archiveName: Array(names.randomElement(using: &generator)!.utf8)))
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: try? tree.place(.impliedFolder, at: path)
        case 1: try? tree.place(LayerNode(kind: .fifo, mode: 0), at: path)
        case 2: try? tree.link(path, to: try #require(LayerPath(archiveName: Array(names.randomElement()!.utf8))))
        default: tree.remove(path)
        }
      }
      for path in tree.sortedPaths {
        guard let parent = path.parent else { continue }
        #expect(tree[parent]?.isFolder == true)
        #expect(tree.paths(in: parent).contains(path))
      }
    }
  }
}
