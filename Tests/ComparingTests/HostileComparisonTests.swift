import Comparing
import Model
import TestFixtures
import Testing

@Suite struct HostileComparisonTests {
  private func tar(_ text: String) -> [UInt8] {
    var tar = TarBuilder()
    tar.file("a", text)
    tar.file("b", "same")
    return tar.finished()
  }

  @Test func cutArchivesAreComparedAsFarAsTheyGo() async throws {
    let whole = tar("text")
    let cut = Array(whole.prefix(700))
    let found = try await ComparedBytes.differences(whole, cut)
    #expect(
      Set(ComparedBytes.lines(found)) == [
        "|rules of the format|value", "|end of archive|missing", "a|padding|missing", "b||missing",
      ])
    #expect(found.first?.shipped == "kept")
    #expect(found.first?.rebuilt?.contains("it ends within") == true)
  }

  @Test func nestingHasALimitThatSaysSo() async throws {
    var limits = ComparisonLimits()
    limits.depth = 3
    func nested(_ text: String) -> [UInt8] {
      (0..<5).reduce(tar(text)) { inner, _ in
        var outer = TarBuilder()
        outer.entry(TarBuilder.Header("inner"), inner)
        return outer.finished()
      }
    }
    let found = try await ComparedBytes.differences(nested("x"), nested("y"), limits: limits)
    #expect(ComparedBytes.roots(found) == ["inner > inner > inner > inner|content|bytes"])
    #expect(found.first?.shipped?.contains("not opened, for it is within 3 others") == true)
    #expect(
      ComparedBytes.lines(try await ComparedBytes.differences(nested("x"), nested("y"))).first?.hasSuffix(
        "> a|line 1|text") == true)
  }

  @Test func bombsStopAtTheLimit() async throws {
    var limits = ComparisonLimits()
    limits.unpackedBytes = 1 << 20
    let bombs = try ["a", "b"].map { letter in
      try ComparedBytes.filtered(
        Array(repeating: Array(letter.utf8)[0], count: 2 << 20), by: "gzip -n9")
    }
    let found = try await ComparedBytes.differences(bombs[0], bombs[1], limits: limits)
    #expect(ComparedBytes.roots(found) == ["|compressed data|bytes"])
    #expect(found.first?.shipped?.contains("more than 1048576 bytes to unpack") == true)
  }

  @Test func bytesAfterTheEndAreNamed() async throws {
    let found = try await ComparedBytes.differences(tar("x"), tar("x") + Array("hidden".utf8))
    #expect(ComparedBytes.lines(found) == ["|after the archive|extra"])
  }

  /// Whatever bytes are changed, added or cut: no crash, and never an empty explanation of unequal bytes.
  @Test(arguments: 0..<6)
  func damagedArchivesAlwaysHaveDifferences(seed: Int) async throws {
    var random = SplitMix(state: UInt64(seed) &* 7919 &+ 1)
    var package = ArBuilder()
    package.member("debian-binary", Array("2.0\n".utf8))
    package.member("data.tar", tar("text"))
    package.member("data.tar.gz", try ComparedBytes.filtered(tar("text"), by: "gzip -n"))
    var zip = ZipBuilder()
    zip.member("x", Array("text".utf8))
    let samples = [
      package.bytes, zip.finished(), try ComparedBytes.filtered(tar("text"), by: "gzip -n"),
      try ComparedBytes.filtered(tar("text"), by: "xz"),
    ]
    for sample in samples {
      for _ in 0..<3 {
        try await ComparedBytes.differences(sample, damaged(sample, &random))
        try await ComparedBytes.differences(damaged(sample, &random), damaged(sample, &random))
      }
    }
  }

  private func damaged(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0: bytes.removeLast(min(bytes.count - 1, place))
      case 1: bytes.append(UInt8.random(in: .min ... .max, using: &random))
      case 2: bytes.insert(0, at: place)
      default: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
      }
    }
    return bytes
  }
}

/// The same numbers on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
