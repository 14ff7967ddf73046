import Comparing
import Model
import SystemPackage
import TestFixtures
import Testing

/// Headers, trailers, ranges and fields.
@Suite struct DeclaredPlaceTests {
  static let body = Reconstructed.noise(5000)
  static let header = Reconstructed.noise(16, seed: 2)
  static let trailer = Reconstructed.noise(4, seed: 3)

  @Test func headerAndTrailer() async throws {
    let exceptions: [DeclaredException] = [
      .test(.header, shipped: 16, rebuilt: 0), .test(.trailer, shipped: 4, rebuilt: 0),
    ]
    let shipped = Self.header + Self.body + Self.trailer
    let comparison = try await Reconstructed.compare(shipped, Self.body, exceptions)
    #expect(comparison.verdict == .equivalent)
    #expect(comparison.reconstruction?.summary == "16 bytes of header, 4 bytes of trailer, nothing else")
    for index in [0, 2500, 4999] {
      var other = Self.body
      other[index] ^= 1
      let changed = try await Reconstructed.compare(shipped, other, exceptions)
      #expect(changed.verdict == .different)
      #expect(changed.reconstruction?.sha256 == nil)
    }
  }

  /// One byte before, within and after a declared range.
  @Test(arguments: [(99, false), (100, true), (103, true), (104, false)])
  func range(index: Int, isDeclared: Bool) async throws {
    var shipped = Self.body
    shipped[101] ^= 0xFF
    shipped[index] ^= 1
    let comparison = try await Reconstructed.compare(
      shipped, Self.body, [.test(.range, offset: 100, length: 4)])
    #expect((comparison.verdict == .equivalent) == isDeclared)
    if !isDeclared { #expect(comparison.reconstruction?.refusals.first?.reason.contains("no exception") == true) }
  }

  @Test func aPlaceElsewhereAccountsForNothing() async throws {
    for place in ["other", "*.bin", "a/**"] {
      let comparison = try await Reconstructed.compare(
        Self.header + Self.body, Self.body, [.test(.header, place, shipped: 16, rebuilt: 0)])
      #expect(comparison.verdict == .different)
    }
  }

  /// What a hostile file of exceptions may say.
  @Test(arguments: [
    [DeclaredException.test(.range, offset: 0, length: 1 << 50)],
    [.test(.range, offset: .max, length: .max)], [.test(.range, offset: -5, length: 6)], [.test(.range)],
    [.test(.header, shipped: .max, rebuilt: .max)], [.test(.header, shipped: -1, rebuilt: 0)],
    [.test(.trailer, shipped: 1 << 40, rebuilt: 0)],
    [.test(.range, offset: 0, length: 100), .test(.range, offset: 50, length: 100)],
    [.test(.header, shipped: 5016, rebuilt: 5000), .test(.trailer, shipped: 4, rebuilt: 4)],
    [.test(.header, shipped: 16, rebuilt: 0), .test(.header, shipped: 16, rebuilt: 0)],
    [.test(.field, field: "everything")], [.test(.moduleSignature)], [.test(.authenticode, verify: .unverified)],
    [.test(.machoSignature, verify: .unverified)], [.test(.appendedSignature, verify: .certificates("none"))],
    [.test(.detachedSignature, "**", verify: .unverified)],
  ])
  func refusesHostileExceptions(exceptions: [DeclaredException]) async throws {
    let comparison = try await Reconstructed.compare(Self.header + Self.body, Self.body, exceptions)
    #expect(comparison.verdict == .different)
  }

  /// The report must be bounded whatever differs where anything may.
  @Test func boundsThePatches() async throws {
    let rebuilt = [UInt8](repeating: 0, count: 1 << 20)
    let shipped = (0..<rebuilt.count).map { UInt8($0 & 1) }
    let comparison = try await Reconstructed.compare(
      shipped, rebuilt, [.test(.range, offset: 0, length: 1 << 20)])
    #expect(comparison.verdict == .equivalent)
    #expect(comparison.reconstruction?.patches.count == 1)
  }

  @Test func withoutExceptionsNothingIsReconstructed() async throws {
    let folder = try TemporaryFolder()
    let comparison = try await Comparison.compare(
      shipped: try folder.write("a", Self.header + Self.body), rebuilt: try folder.write("b", Self.body))
    #expect(comparison.verdict == .different)
    #expect(comparison.reconstruction == nil)
    let equal = try await Comparison.compare(
      shipped: folder.path.appending("a"), rebuilt: folder.path.appending("a"), exceptions: [.test(.range)])
    #expect(equal.verdict == .reproduced)
    #expect(equal.reconstruction == nil)
  }

  @Test func gzipTime() async throws {
    let rebuilt = try ComparedBytes.filtered(Array("some text\n".utf8), by: "gzip -n")
    var shipped = rebuilt
    shipped[4...7] = [1, 2, 3, 4]
    let exceptions: [DeclaredException] = [.test(.field, field: "gzip mtime")]
    let comparison = try await Reconstructed.compare(shipped, rebuilt, exceptions)
    #expect(comparison.verdict == .equivalent)
    #expect(comparison.reconstruction?.summary == "4 bytes of gzip mtime, nothing else")
    shipped[9] ^= 1
    #expect(try await Reconstructed.compare(shipped, rebuilt, exceptions).verdict == .different)
  }

  /// A field by its name is one value, not all the content of a file.
  @Test func aFieldIsNoContent() async throws {
    func tar(_ text: String, _ time: Int) -> [UInt8] {
      var tar = TarBuilder()
      var header = TarBuilder.Header("a/b.txt")
      header.modified = time
      tar.entry(header, Array(text.utf8))
      return tar.finished()
    }
    let time: [DeclaredException] = [.test(.field, "a/*", field: "mtime")]
    let comparison = try await Reconstructed.compare(tar("one", 5), tar("one", 6), time)
    #expect(comparison.verdict == .equivalent)
    // The header's checksum follows from the time.
    #expect(comparison.reconstruction?.counts.map(\.follows) == [false, true])
    #expect(try await Reconstructed.compare(tar("two", 5), tar("one", 6), time).verdict == .different)
    let content = time + [.test(.field, "**", field: "content")]
    #expect(try await Reconstructed.compare(tar("two", 5), tar("one", 6), content).verdict == .different)
    #expect(
      try await Reconstructed.compare(tar("one", 5), tar("one", 6), [.test(.field, "b/*", field: "mtime")]).verdict
        == .different)
  }
}
