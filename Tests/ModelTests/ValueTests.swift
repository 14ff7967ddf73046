import Model
import Testing

@Suite struct ValueTests {
  static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test func digestRoundTrip() throws {
    let digest = try #require(SHA256Digest(hex: Self.abc.uppercased()))
    #expect(digest.hex == Self.abc)
    #expect(SHA256Digest(bytes: digest.bytes) == digest)
  }

  @Test(arguments: ["", "00", String(repeating: "g", count: 64), String(repeating: "0", count: 65)])
  func notADigest(text: String) {
    #expect(SHA256Digest(hex: text) == nil)
  }

  @Test func digestsOrderAsTheirDigits() throws {
    let digests = try (0..<64).map { place in
      let digits = (0..<64).map { $0 == place ? "1" : "0" }.joined()
      return try #require(SHA256Digest(hex: digits))
    }
    #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
  }

  @Test(arguments: [
    "swh:1:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904", "swh:1:cnt:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
  ])
  func identifierRoundTrip(text: String) {
    #expect(SWHID(text)?.description == text)
  }

  @Test(arguments: [
    "", "swh:1:dir:", "swh:2:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "swh:1:rev:4b825dc642cb6eb9a060e54bf8d69288fbee4904", "swh:1:dir:4b825dc6;origin=x",
  ])
  func notAnIdentifier(text: String) {
    #expect(SWHID(text) == nil)
  }

  @Test(arguments: [
    ([Verdict.reproduced, .reproduced], Verdict.reproduced), ([.reproduced, .equivalent], .equivalent),
    ([.equivalent, .inconclusive], .inconclusive), ([.inconclusive, .different, .reproduced], .different),
    ([], .inconclusive),
  ])
  func worst(verdicts: [Verdict], expected: Verdict) {
    #expect(Verdict.worst(of: verdicts) == expected)
  }

  @Test func exitCodes() {
    #expect(Verdict.allCases.map(\.exitCode).sorted() == [0, 1, 2, 3])
    #expect(Verdict.reproduced.exitCode == 0 && Verdict.different.exitCode == 1)
    #expect(Verdict.inconclusive.exitCode == 2 && Verdict.equivalent.exitCode == 3)
  }

  @Test(arguments: [0, 1, -1, 951_782_399, 951_782_400, 1_714_564_800, 4_102_444_800, -62_167_219_200, 253_402_300_799])
  func timesReadBack(seconds: Int64) {
    #expect(TimeText.seconds(TimeText.text(seconds)) == seconds)
    #expect(TimeText.seconds(TimeText.text(seconds, nanoseconds: 120_000_000)) == seconds)
  }

  @Test func timesBeyondTheCalendarReadBack() {
    #expect(TimeText.seconds(TimeText.text(.max)) == .max)
    #expect(TimeText.seconds(TimeText.text(.min)) == .min)
  }

  @Test(arguments: [
    "", "2024-05-01", "2024-05-01 12:00:00", "2024-13-01 12:00:00Z", "2024-05-01 24:00:00Z", "2024-05-01T12:00:00Z",
    "2024-05-01 12:00:00.Z", "none", "x s",
  ])
  func notATime(text: String) { #expect(TimeText.seconds(text) == nil) }
}
