import Model
import TestFixtures
import Testing

@testable import Environments

@Suite struct LayerDifferenceTests {
  /// What overlayfs shows of one layer over another.
  private func merged(_ lower: LayerTree, _ layer: LayerTree) throws -> LayerTree {
    var result = lower
    for path in layer.sortedPaths {
      guard let node = layer[path] else { continue }
      switch node.kind {
      case .whiteout: result.remove(path)
      case .folder where result[path]?.isFolder == true: try result.place(node, at: path)
      default:
        result.remove(path)
        try result.place(node, at: path)
      }
    }
    for names in layer.linkGroups.values {
      for name in names.dropFirst() { try result.link(name, to: names[0]) }
    }
    return result
  }

  @Test func layerMakesTheOneOfTheOther() throws {
    let fixture = try LayerFixture()
    let lower = try fixture.tree(
      TarBuilder.archive {
        $0.file("kept", "same")
        $0.file("changed", "old")
        $0.file("gone/deep/file", "x")
        $0.file("folder-to-file/x", "x")
        $0.file("file-to-folder", "x")
        $0.file("l1", "linked")
        $0.link("l2", to: "l1", type: "1")
        $0.file("dir/a", "a")
        $0.file("dir/b", "b")
      })
    let upper = try fixture.tree(
      TarBuilder.archive {
        $0.file("kept", "same")
        $0.file("changed", "new")
        $0.file("folder-to-file", "x")
        $0.file("file-to-folder/y", "y")
        $0.file("l1", "linked")
        $0.link("l3", to: "l1", type: "1")
        $0.file("dir/a", "a")
      })
    let layer = try LayerDifference.between(lower, upper)
    #expect(layer["kept"] == nil)
    #expect(layer["gone"]?.kind == .whiteout)
    #expect(layer["gone/deep"] == nil)
    #expect(layer["l2"]?.kind == .whiteout)
    #expect(layer.places["l1"] == layer.places["l3"])
    #expect(layer["dir/a"] == nil)
    #expect(layer["dir/b"]?.kind == .whiteout)
    #expect(layer["folder-to-file/x"] == nil)
    let result = try merged(lower, layer)
    #expect(try fixture.canonical(result).bytes == fixture.canonical(upper).bytes)
  }

  @Test func nothingBetweenEquals() throws {
    let fixture = try LayerFixture()
    let archive = TarBuilder.archive {
      $0.file("a/b", "x"); $0.link("a/c", to: "a/b", type: "1")
    }
    let layer = try LayerDifference.between(try fixture.tree(archive), try fixture.tree(archive))
    #expect(layer.sortedPaths == [.root])
  }

  @Test(arguments: [0o644, 0o755])
  func aModeAloneIsADifference(mode: Int) throws {
    let fixture = try LayerFixture()
    let lower = try fixture.tree(TarBuilder.archive { $0.file("f", "x") })
    let upper = try fixture.tree(TarBuilder.archive { $0.file("f", "x", mode: mode) })
    #expect((try LayerDifference.between(lower, upper)["f"] != nil) == (mode != 0o644))
  }
}
