import Digests
import Keys
import Model
import TestFixtures
import Testing

@testable import TransparencyLog

/// Notes, cosignatures, proofs and records as texts.
@Suite struct NoteTests {
  private func key(_ name: String, _ kind: NoteKey.Kind = .note) throws -> (PrivateKey, NoteKey) {
    let secret = try PrivateKey.generate(.ed25519)
    return (secret, try #require(NoteKey(name: name, kind: kind, publicKey: secret.publicKey)))
  }

  /// The example of C2SP signed-note.
  @Test func theSpecificationsExample() throws {
    let note = """
      This is an example message.

      \u{2014} example.com/foo zzD2hpofDb99v9HGpJr8jPZkl6YKTFdDkNmMDc7x2WRtkEOt5xMPLpRmvH7vCoF6NDEFn1ksI0HLjHklAZ6Xdz6mEA0=

      """
    let parsed = try SignedNote(bytes: Array(note.utf8), named: "note")
    #expect(parsed.text == "This is an example message.\n" && parsed.signatures.count == 1)
    #expect(parsed.bytes == Array(note.utf8))
  }

  @Test func severalSigners() async throws {
    let (one, oneKey) = try key("one.example")
    let (_, twoKey) = try key("two.example")
    let note = try await SignedNote.sign("hello\n\nworld\n", as: oneKey, with: one)
    let again = try SignedNote(bytes: note.bytes, named: "note")
    #expect(again == note && again.text == "hello\n\nworld\n")
    #expect(try again.isSigned(by: oneKey, named: "note"))
    #expect(try !again.isSigned(by: twoKey, named: "note"))
    await #expect(throws: LogError.self) { _ = try await SignedNote.sign("a\n", as: twoKey, with: one) }
  }

  @Test(arguments: [
    "", "\n", "text", "text\n", "text\n\n", "text\n\nname AAAAAAA=\n", "text\n\n— name\n", "text\n\n— name AAAA\n",
    "text\n\n— name AAAAAAA=", "text\n\n— na+me AAAAAAA=\n", "text\n\n—  AAAAAAA=\n", "text\n\n— name AAAAAAA= x\n",
    "text\n\n— name AAAAAAA\n", "text\n\n— name !AAAAAA=\n", "te\u{1}xt\n\n— name AAAAAAA=\n",
    "text\r\n\n— name AAAAAAA=\n", "text\n\n- name AAAAAAA=\n", "text\n\n— name AAAAAAA=\n\n",
  ]) func noNote(text: String) {
    #expect(throws: LogError.self) { _ = try SignedNote(bytes: Array(text.utf8), named: "note") }
  }

  @Test func tooMuch() {
    let line = "— name AAAAAAA=\n"
    func note(_ count: Int) -> [UInt8] { Array(("t\n\n" + String(repeating: line, count: count)).utf8) }
    #expect(throws: Never.self) { _ = try SignedNote(bytes: note(100), named: "note") }
    #expect(throws: LogError.self) { _ = try SignedNote(bytes: note(101), named: "note") }
    #expect(throws: LogError.self) {
      _ = try SignedNote(bytes: [UInt8](repeating: 0x61, count: 1 << 21), named: "note")
    }
  }

  @Test(arguments: [
    "a\n1\n", "\n1\nAA==\n", "a\n01\n\(root)\n", "a\n-1\n\(root)\n", "a\n+1\n\(root)\n", "a\n1 \n\(root)\n",
    "a\n1\nAA==\n",
    "a\n1\n\(root)", "a\n1\n\(root)\n\nx\n", "a\n0\n\(root)\n", "a\n18446744073709551615\n\(root)\n",
    "a\n99999999999999999999\n\(root)\n",
  ]) func noCheckpoint(text: String) {
    #expect(throws: LogError.self) { _ = try Checkpoint(text: text, named: "checkpoint") }
  }

  static let root = "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="

  @Test func extensionsAreKept() throws {
    let text = "a\n1\n\(Self.root)\nmore\nand more\n"
    let checkpoint = try Checkpoint(text: text, named: "checkpoint")
    #expect(checkpoint.text == text && checkpoint.extensions == ["more", "and more"])
  }

  @Test func witnesses() async throws {
    let (log, logKey) = try key("log.example")
    let text = "log.example\n1\n\(Self.root)\n"
    let signed = try await SignedNote.sign(text, as: logKey, with: log)
    let (one, oneKey) = try key("w1.example", .cosignature)
    let (two, twoKey) = try key("w2.example", .cosignature)
    let both = try await signed.cosigned(as: oneKey, with: one, time: 1_700_000_000)
      .cosigned(as: twoKey, with: two, time: 1_700_000_001)
    let verified = try VerifiedCheckpoint(
      bytes: both.bytes, by: logKey, witnesses: [oneKey, twoKey], quorum: 2, named: "checkpoint")
    #expect(verified.cosignatures.map(\.time) == [1_700_000_000, 1_700_000_001])
    // One who signs twice, under two names, or who is the log itself, is not two.
    let twice = try await signed.cosigned(as: oneKey, with: one, time: 1).cosigned(as: oneKey, with: one, time: 2)
    #expect(throws: LogError.self) {
      try VerifiedCheckpoint(bytes: twice.bytes, by: logKey, witnesses: [oneKey, oneKey], quorum: 2, named: "it")
    }
    let alias = try #require(NoteKey(name: "w3.example", kind: .cosignature, publicKey: one.publicKey))
    let named = try await signed.cosigned(as: oneKey, with: one, time: 1).cosigned(as: alias, with: one, time: 2)
    #expect(throws: LogError.self) {
      try VerifiedCheckpoint(bytes: named.bytes, by: logKey, witnesses: [oneKey, alias], quorum: 2, named: "it")
    }
    let own = try #require(NoteKey(name: "log.example", kind: .cosignature, publicKey: log.publicKey))
    let selfSigned = try await signed.cosigned(as: own, with: log, time: 1)
    #expect(throws: LogError.self) {
      try VerifiedCheckpoint(bytes: selfSigned.bytes, by: logKey, witnesses: [own], quorum: 1, named: "it")
    }
    // A cosignature is no signature of the log, and a broken one of a known witness is not left out.
    #expect(throws: LogError.self) { try VerifiedCheckpoint(bytes: both.bytes, by: oneKey, named: "it") }
    var lines = both.bytes
    lines[lines.count - 10] = lines[lines.count - 10] == 0x41 ? 0x42 : 0x41
    #expect(throws: LogError.self) {
      try VerifiedCheckpoint(bytes: lines, by: logKey, witnesses: [twoKey], named: "it")
    }
    #expect(throws: Never.self) { try VerifiedCheckpoint(bytes: lines, by: logKey, witnesses: [oneKey], named: "it") }
  }

  @Test func noByteOfAProofMayChange() async throws {
    let log = try await TestLog()
    let entries = TestLog.entries(0..<11)
    try await log.writer().append(entries)
    let plain = try log.reader().proveInclusion(6)
    let proof = InclusionProof(index: 6, hashes: plain.hashes, checkpoint: plain.checkpoint, extra: [1, 2, 3])
    let bytes = proof.bytes
    #expect(try InclusionProof(bytes: bytes, named: "proof") == proof)
    func accepts(_ bytes: [UInt8]) -> Bool {
      guard let proof = try? InclusionProof(bytes: bytes, named: "proof") else { return false }
      // What is extra is covered by no signature.
      return proof.extra == [1, 2, 3] && (try? proof.verify(entries[6], by: log.key, named: "proof")) != nil
    }
    #expect(accepts(bytes))
    for place in bytes.indices {
      for bit in 0..<8 {
        var wrong = bytes
        wrong[place] ^= 1 << UInt8(bit)
        #expect(!accepts(wrong), "byte \(place)")
      }
      #expect(!accepts(Array(bytes[..<place])))
    }
  }

  @Test(arguments: [
    "", "c2sp.org/tlog-proof@v1\n\nx", "c2sp.org/tlog-proof@v2\nindex 1\n\nx", "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
    "c2sp.org/tlog-proof@v1\nextra !\nindex 1\n\nx", "c2sp.org/tlog-proof@v1\nindex 1\nAA==\n\nx",
    "c2sp.org/tlog-proof@v1\nindex 1\n" + String(repeating: "\(root)\n", count: 65) + "\nx",
    "c2sp.org/tlog-proof@v1\nindex 99999999999999999999\n\nx",
  ]) func noProof(text: String) {
    #expect(throws: LogError.self) { _ = try InclusionProof(bytes: Array(text.utf8), named: "proof") }
  }

  @Test func records() throws {
    let digest = SHA256Digest.of("a")
    for verdict in Verdict.allCases {
      let record = try #require(
        VerdictRecord(artifact: digest, statement: .of("b"), time: 1_700_000_000, verdict: verdict))
      #expect(try VerdictRecord(bytes: record.bytes, named: "record") == record)
    }
    let record = try #require(VerdictRecord(artifact: digest, statement: .of("b"), time: 0, verdict: .different))
    let text = String(decoding: record.bytes, as: UTF8.self)
    #expect(text.contains("\"time\":\"1970-01-01T00:00:00Z\",\"verdict\":\"different\"}"))
    for wrong in [
      "", "{}", text + "\n", " " + text, text.replacing("\"record\":1", with: "\"record\":2"),
      text.replacing("different", with: "Different"), text.replacing("1970-01-01T", with: "1970-01-01 "),
      text.replacing("sha256:", with: "sha512:"), text.replacing("00:00:00Z", with: "00:00:00.0Z"),
      text.replacing("artifact", with: "ARTIFACT"), text.replacing("01-01", with: "01-32"),
      text.replacing("01-01", with: "02-30"), String(repeating: "\"", count: 18), text.uppercased(),
    ] {
      #expect(throws: LogError.self, "\(wrong)") { _ = try VerdictRecord(bytes: Array(wrong.utf8), named: "record") }
    }
    #expect(VerdictRecord(artifact: digest, statement: digest, time: -1, verdict: .reproduced) == nil)
  }
}
