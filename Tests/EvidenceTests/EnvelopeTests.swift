import Digests
import Keys
import Model
import TestFixtures
import Testing

@testable import Evidence

/// Envelopes and statements by themselves.
@Suite struct EnvelopeTests {
  static func statement() throws -> Statement {
    try Statement(
      subjects: [ResourceDescriptor(name: "app.deb", digest: ["sha256": SHA256Digest.of("app").hex])],
      predicateType: "https://example.org/predicate/v1",
      predicate: .members(["says": .text("é\n"), "count": .integer(3)]))
  }

  /// The example of the specification's protocol.md.
  @Test func preAuthenticationEncoding() {
    let encoded = Envelope.preAuthenticationEncoding("http://example.com/HelloWorld", Array("hello world".utf8))
    #expect(encoded == Array("DSSEv1 29 http://example.com/HelloWorld 11 hello world".utf8))
    #expect(Envelope.preAuthenticationEncoding("é", []) == Array("DSSEv1 2 é 0 ".utf8))
  }

  @Test(arguments: KeyAlgorithm.allCases) func roundTrip(algorithm: KeyAlgorithm) async throws {
    let key = try PrivateKey.generate(algorithm)
    let other = try PrivateKey.generate(algorithm).publicKey
    let statement = try Self.statement()
    let envelope = try Envelope(bytes: try await statement.sign(with: [key]).bytes, named: "it")
    #expect(envelope.signatures.map(\.keyID) == [key.publicKey.keyID])
    let verified = try Statement.verified(envelope, by: [other, key.publicKey], named: "it")
    #expect(verified.statement == statement && verified.signers == [key.publicKey])
    #expect(verified.statement.payload == statement.payload)
    #expect(verified.statement.isAbout(.of("app")) && !verified.statement.isAbout(.of("other")))
    #expect(throws: EvidenceError.self) { _ = try Statement.verified(envelope, by: [other], named: "it") }
    #expect(throws: EvidenceError.self) { _ = try Statement.verified(envelope, by: [], named: "it") }
  }

  @Test func manySigners() async throws {
    let keys = try (0..<3).map { _ in try PrivateKey.generate(.ecdsaP256) }
    let envelope = try await Self.statement().sign(with: keys)
    let publics = keys.map(\.publicKey)
    #expect(try envelope.signers(among: publics, named: "it") == publics)
    #expect(try envelope.signers(among: [publics[1]], named: "it") == [publics[1]])
    await #expect(throws: EvidenceError.self) { _ = try await Self.statement().sign(with: [keys[0], keys[0]]) }
    await #expect(throws: EvidenceError.self) { _ = try await Self.statement().sign(with: []) }
    // One that signed twice is one.
    let twice = envelope.tree.bytes
    let text = String(decoding: twice, as: UTF8.self)
    let first = try #require(envelope.tree["signatures"]?.list?.first).bytes
    let doubled = text.replacing("[{", with: "[" + String(decoding: first, as: UTF8.self) + ",{", maxReplacements: 1)
    let again = try Envelope(bytes: Array(doubled.utf8), named: "it")
    #expect(again.signatures.count == 4)
    #expect(try again.signers(among: publics, named: "it").count == 3)
  }

  /// A keyid is a hint; one that names a trusted key whose signature does not hold is no oversight.
  @Test func keyIDs() async throws {
    let key = try PrivateKey.generate(.ecdsaP256)
    let other = try PrivateKey.generate(.ecdsaP256)
    let text = String(decoding: try await Self.statement().sign(with: [key]).bytes, as: UTF8.self)
    let id = key.publicKey.keyID
    func signers(_ text: String) throws -> [PublicKey] {
      try Envelope(bytes: Array(text.utf8), named: "it").signers(among: [key.publicKey, other.publicKey], named: "it")
    }
    for unnamed in ["\"keyid\":\"\",", "", "\"keyid\":null,"] {
      #expect(try signers(text.replacing("\"keyid\":\"\(id)\",", with: unnamed)) == [key.publicKey])
    }
    #expect(throws: EvidenceError.self) { try signers(text.replacing(id, with: other.publicKey.keyID)) }
    #expect(throws: EvidenceError.self) { try signers(text.replacing(id, with: "SHA256:other")) }
    let misnamed = try Envelope(bytes: Array(text.replacing(id, with: other.publicKey.keyID).utf8), named: "it")
    #expect(misnamed.findings(among: [key.publicKey, other.publicKey]) == [.broken(other.publicKey)])
  }

  @Test func eitherAlphabet() async throws {
    let key = try PrivateKey.generate(.ed25519)
    let payload: [UInt8] = [0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0xFE, 1]
    let signed = try await Envelope.sign(payload, type: "t", with: [key])
    let text = String(decoding: signed.bytes, as: UTF8.self)
    #expect(text.contains("\"payload\":\"++++///+AQ==\""))
    for (coded, isRead) in [
      ("----___-AQ==", true), ("----___-AQ", true), ("++++///+AQ==", true), ("++++___+AQ==", false),
      ("++++///+AQ", false),
      ("----___-AR==", false), ("----___-A", false), (" ----___-AQ==", false),
    ] {
      let changed = Array(text.replacing("++++///+AQ==", with: coded).utf8)
      let envelope = try? Envelope(bytes: changed, named: "it")
      #expect(envelope?.payload == (isRead ? payload : nil), "\(coded)")
    }
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"payload":"AA==","payloadType":"t"}"#, #"{"payload":"AA==","payloadType":"t","signatures":[]}"#,
    #"{"payload":"AA==","payloadType":"","signatures":[{"sig":"AA=="}]}"#,
    #"{"payload":"A","payloadType":"t","signatures":[{"sig":"AA=="}]}"#,
    #"{"payload":1,"payloadType":"t","signatures":[{"sig":"AA=="}]}"#,
    #"{"payload":"AA==","payloadType":"t","signatures":[{"sig":"!"}]}"#,
    #"{"payload":"AA==","payloadType":"t","signatures":["AA=="]}"#,
    #"{"payload":"AA==","payloadType":"t","signatures":[{"keyid":1,"sig":"AA=="}]}"#,
    #"{"payload":"AA==","payload":"AA==","payloadType":"t","signatures":[{"sig":"AA=="}]}"#,
    #"{"payload":"AA==","payloadType":"t","signatures":{"sig":"AA=="}}"#,
  ]) func noEnvelope(text: String) {
    #expect(throws: EvidenceError.self) { _ = try Envelope(bytes: Array(text.utf8), named: "it") }
  }

  @Test func unknownNamesAreLeftOut() throws {
    let text = #"{"more":{"a":[]},"payload":"AA==","payloadType":"t","signatures":[{"sig":"AA==","cert":"x"}]}"#
    #expect(try Envelope(bytes: Array(text.utf8), named: "it").payload == [0])
  }

  @Test func tooManySignatures() {
    let list = Array(repeating: #"{"sig":"AA=="}"#, count: 33).joined(separator: ",")
    let text = #"{"payload":"AA==","payloadType":"t","signatures":[\#(list)]}"#
    #expect(throws: EvidenceError.self) { _ = try Envelope(bytes: Array(text.utf8), named: "it") }
  }

  @Test func anotherType() async throws {
    let key = try PrivateKey.generate(.ecdsaP256)
    let envelope = try await Envelope.sign(Self.statement().payload, type: "text/plain", with: [key])
    do {
      _ = try Statement.verified(envelope, by: [key.publicKey], named: "it")
      Issue.record("another type was taken")
    } catch { #expect(error.code == .wrongType && error.message.contains("text/plain")) }
  }

  @Test(arguments: [
    #"{"_type":"https://in-toto.io/Statement/v0.1","subject":[\#(good)],"predicateType":"p","predicate":{}}"#,
    #"{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"p","predicate":{}}"#,
    #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a"}],"predicateType":"p","predicate":{}}"#,
    #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha1":"aa"}}],"predicateType":"p","predicate":{}}"#,
    #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"AA"}}],"predicateType":"p","predicate":{}}"#,
    #"{"_type":"https://in-toto.io/Statement/v1","subject":[\#(good)],"predicateType":"","predicate":{}}"#,
    #"{"_type":"https://in-toto.io/Statement/v1","subject":[\#(good)],"predicateType":"p","predicate":[]}"#,
    #"{"_type":"https://in-toto.io/Statement/v1","subject":[\#(good)],"predicateType":"p"}"#,
    #"{"_type":"https://in-toto.io/Statement/v1","subject":\#(good),"predicateType":"p","predicate":{}}"#,
  ]) func noStatement(text: String) {
    #expect(throws: EvidenceError.self) { _ = try Statement(payload: Array(text.utf8), named: "it") }
  }

  static let good = #"{"name":"a","digest":{"sha256":"\#(String(repeating: "a", count: 64))"}}"#

  @Test func lines() async throws {
    let key = try PrivateKey.generate(.ecdsaP256)
    let envelope = try await Self.statement().sign(with: [key])
    let bytes = EnvelopeLines.bytes([envelope, envelope])
    #expect(try EnvelopeLines.read(bytes, named: "it") == [envelope, envelope])
    #expect(try EnvelopeLines.read(Array(bytes.dropLast()), named: "it").count == 2)
    for wrong in [[], [0x0A], bytes + [0x0A], [0x0A] + bytes, bytes + Array("{}".utf8)] {
      #expect(throws: EvidenceError.self) { _ = try EnvelopeLines.read(wrong, named: "it") }
    }
  }

  /// No change of a byte gives another statement that is believed.
  @Test func mutations() async throws {
    let key = try PrivateKey.generate(.ecdsaP256)
    let statement = try Self.statement()
    let bytes = try await statement.sign(with: [key]).bytes
    for place in bytes.indices {
      for change in [UInt8(1), 2, 0x20, 0x80] {
        var wrong = bytes
        wrong[place] ^= change
        guard let envelope = try? Envelope(bytes: wrong, named: "it"),
          let verified = try? Statement.verified(envelope, by: [key.publicKey], named: "it")
        else { continue }
        // A changed alphabet or a changed name of the hint changes nothing that is said.
        #expect(verified.statement == statement)
      }
    }
  }
}
