import Digests
import Evidence
import Keys
import Model
import Testing

@testable import Policies

/// Evidence that was changed after it was signed, and what is no evidence at all.
@Suite struct MutationTests {
  let parties: PolicyFixture

  init() throws { parties = try PolicyFixture() }

  /// Ten thousand changes of one byte of a file of evidence: nothing that was changed is believed, and all else is.
  @Test func flippedBytes() async throws {
    let bytes = EnvelopeLines.bytes([
      try await PolicyFixture.verdict().sign(with: [parties.vendor]),
      try await PolicyFixture.verdict().sign(with: [parties.first]),
      try await PolicyFixture.verdict().sign(with: [parties.second]),
    ])
    let original = Set(try EvidenceText.parts(of: bytes, named: "it.intoto.jsonl").map(\.bytes))
    let judge = EnvelopeJudgement(
      policy: try parties.policy(), artifact: PolicyFixture.artifact, time: PolicyFixture.now, foreign: false)
    try #require(bytes.count < 10_000)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seed in 0..<4 {
        group.addTask {
          var generator = Repeatable(seed: UInt64(seed))
          for count in stride(from: seed, to: 10_000, by: 4) {
            var wrong = bytes
            // Every byte at least once, and then at random.
            let place = count < bytes.count ? count : Int.random(in: bytes.indices, using: &generator)
            wrong[place] ^= UInt8.random(in: 1...255, using: &generator)
            let parts = try EvidenceText.parts(of: wrong, named: "it.intoto.jsonl")
            let changed = parts.filter { !original.contains($0.bytes) }
            // The change of a line's end makes one line of two.
            #expect(
              !changed.isEmpty && parts.count - changed.count == (bytes[place] == 0x0A && parts.count == 2 ? 1 : 2))
            for outcome in changed.flatMap({ judge.outcomes($0) }) {
              guard case .refused = outcome else {
                Issue.record("byte \(place) as \(wrong[place]) was believed")
                continue
              }
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// What is not signed may be written otherwise by others, but nothing else is ever said by it.
  @Test func flippedBytesOfOthers() async throws {
    let part = try await PolicyFixture.part(PolicyFixture.verdict(), by: parties.first)
    let digest = SHA256Digest.of(try EvidenceText.envelope(part).payload)
    let verification = PolicyVerification(
      policy: try parties.policy(), artifact: PolicyFixture.artifact, time: PolicyFixture.now, foreign: true)
    var generator = Repeatable()
    for _ in 0..<1000 {
      var bytes = part.bytes
      let place = Int.random(in: bytes.indices, using: &generator)
      bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
      let judgement = try await verification.judge(EvidenceSet(parts: [.init(name: "it", bytes: bytes)]))
      #expect(judgement.votes.allSatisfy { $0.statement == digest && $0.verdict == .reproduced })
    }
  }

  @Test func truncated() async throws {
    let part = try await PolicyFixture.part(PolicyFixture.verdict(), by: parties.first)
    for count in stride(from: 1, to: part.bytes.count, by: 7) {
      let cut = EvidenceText.Part(name: "it", bytes: Array(part.bytes.prefix(count)))
      #expect(try await parties.refusal(of: cut)?.reason == .malformed)
    }
  }

  static let hostile: [(String, String)] = [
    ("", "it ends where a value belongs"),
    ("{", "a name in quotes belongs here"),
    ("null", "it is no envelope: it is no object"),
    ("[]", "it is no envelope: it is no object"),
    ("{}", "it is no envelope: its payload is not base64"),
    (#"{"payload":"AA==","payload":"AA=="}"#, "the name \"payload\" is there twice"),
    (#"{"payload":"A!==","payloadType":"t","signatures":[{"sig":"AA=="}]}"#, "its payload is not base64"),
    (#"{"payload":"AB==","payloadType":"t","signatures":[{"sig":"AA=="}]}"#, "its payload is not base64"),
    (#"{"payload":{},"payloadType":"t","signatures":[{"sig":"AA=="}]}"#, "its payload is not base64"),
    (#"{"payload":"AA==","payloadType":7,"signatures":[{"sig":"AA=="}]}"#, "it has no payloadType"),
    (#"{"payload":"AA==","payloadType":"t","signatures":[]}"#, "nobody signed it"),
    (#"{"payload":"AA==","payloadType":"t","signatures":[{"sig":[]}]}"#, "a signature is not base64"),
    (#"{"payload":"AA==","payloadType":"t","signatures":[{"keyid":{},"sig":"AA=="}]}"#, "a keyid is no text"),
    (#"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}"#, "with a public key that somebody keeps"),
    (#"{"mediaType":1}"#, "it is no Sigstore bundle of version 0.3"),
    ("\u{FEFF}{}", "no value begins so"),
    ("{} {}", "there is more after the value"),
    ("{\"a\":\"\\ud800\"}", "half a character is escaped"),
  ]

  @Test(arguments: hostile) func hostileText(text: String, message: String) async throws {
    let refusal = try await parties.refusal(of: .init(name: "it", bytes: Array(text.utf8)))
    #expect(refusal?.reason == .malformed && refusal?.message.contains(message) == true, "\(refusal?.message ?? "")")
  }

  @Test func hostileAmounts() async throws {
    let deep = Array(repeating: UInt8(ascii: "["), count: 1 << 20)
    let members = "{" + (0..<20_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    let notText = Array("{\"payload\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8)
    for (bytes, message) in [
      (deep, "nested deeper than 32 or has over 10000 values"),
      (Array(members.utf8), "nested deeper than 32 or has over 10000 values"), (zeros, "no value begins so"),
      (notText, "it is not UTF-8"),
    ] {
      let refusal = try await parties.refusal(of: .init(name: "it", bytes: bytes))
      #expect(refusal?.message.contains(message) == true, "\(refusal?.message.prefix(200) ?? "")")
    }
  }

  /// What is signed is read as strictly, after the signature.
  @Test func hostileStatements() async throws {
    let good = String(decoding: try PolicyFixture.verdict().payload, as: UTF8.self)
    let deep = String(repeating: "[", count: 100_000)
    for (payload, message) in [
      ("{}", "its _type is not https://in-toto.io/Statement/v1"), (deep, "nested deeper than 64"),
      (good.replacing("{\"_type\"", with: "{\"subject\":[],\"_type\""), "the name \"subject\" is there twice"),
      (String(good.dropLast()), "a comma or the end of the object belongs here"),
      (good.replacing("\"subject\":[", with: "\"subject\":[1,"), "it is no object"),
    ] {
      let envelope = try await Envelope.sign(Array(payload.utf8), with: [parties.first])
      let refusal = try await parties.refusal(of: .init(name: "it", bytes: envelope.bytes))
      #expect(refusal?.reason == .malformed && refusal?.message.contains(message) == true, "\(refusal?.message ?? "")")
    }
  }

  /// A number generator that gives the same numbers in every run.
  private struct Repeatable: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64 = 0) { state = 0x9E37_79B9_7F4A_7C15 &+ seed }

    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }
}
