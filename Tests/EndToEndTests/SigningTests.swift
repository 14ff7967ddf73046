import FoundationEssentials
import Model
import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// What a check signs, of a delivery whose every text has a mark that must not be published.
  @Suite(.enabled(if: Requirements.debian)) struct SigningTests {
    private static let mark = "MARKED"
    private static let variables = "P=secret SOURCE_DATE_EPOCH=1700000000"
    private static let signing = ["--key", "a.key", "--passphrase-env", "P"]

    let delivery: Delivery

    init() throws {
      delivery = try Delivery(
        run: ["echo MARKED log; mkdir MARKEDfolder; echo MARKED artifact >MARKEDfolder/MARKEDout"],
        shipped: ["MARKEDfolder/MARKEDout": "MARKED shipped\n"], source: "reviewed: null")
      let recipe = try delivery.recipe().replacing("name: product", with: "name: MARKEDproduct")
      try delivery.write(recipe: recipe.replacing("    reviewed: null\n", with: ""))
      var tar = TarBuilder()
      tar.file("product-1.0/MARKEDname", "MARKED source\n")
      try delivery.folder.write("source.tar", tar.finished())
      let made = try Verbatim.run(
        ["key", "new", "a.key", "--passphrase-env", "P"], in: delivery.path, store: nil, prefix: Self.variables)
      try #require(made.status == 0, "\(made.errors)")
    }

    private func check(_ evidence: String) throws {
      let result = try Verbatim.run(
        ["check", ".", "--evidence", evidence, "--cyclonedx", "\(evidence).cdx", "--spdx", "\(evidence).spdx"]
          + Self.signing, in: delivery.path, prefix: Self.variables)
      try #require(result.status == 1, "\(result.output) \(result.errors)")
      #expect(result.output.contains("signed       3 statements by SHA256:"))
    }

    /// An envelope as its specification has it.
    private struct Envelope: Decodable {
      struct Signature: Decodable { let sig: Data }
      let payload: Data
      let payloadType: String
      let signatures: [Signature]
    }

    private func envelopes(_ path: String) throws -> [Envelope] {
      try delivery.folder.read(path).split(separator: 0x0A)
        .map { try JSONDecoder().decode(Envelope.self, from: Data($0)) }
    }

    private func payloads(_ path: String) throws -> [Data] { try envelopes(path).map(\.payload) }

    /// Whether OpenSSL verifies what an envelope says was signed.
    private func isSigned(_ envelope: Envelope) throws -> Bool {
      let (type, size) = (envelope.payloadType, envelope.payload.count)
      let content = Array("DSSEv1 \(type.utf8.count) \(type) \(size) ".utf8) + envelope.payload
      try delivery.folder.write("content", content)
      try delivery.folder.write("signature", Array(try #require(envelope.signatures.first).sig))
      return try FixtureProcess.shell(
        "cd \"$1\" && openssl dgst -sha256 -verify a.key.pub -signature signature content", [delivery.path.string]
      ).status == 0
    }

    @Test func statementsAreTheSameAndThePublicOneQuotesNothing() throws {
      try check("one")
      try check("two")
      let files = ["shipped-0.intoto.jsonl", "public.intoto.jsonl"]
      for file in files { #expect(try payloads("one/\(file)") == payloads("two/\(file)")) }
      for file in ["cdx", "spdx"] {
        let inventory = try delivery.folder.read("one.\(file)")
        #expect(inventory == (try delivery.folder.read("two.\(file)")))
        #expect(String(decoding: inventory, as: UTF8.self).contains("MARKEDproduct"))
      }
      // Signed once more by itself, as where keys are kept elsewhere.
      let again = try Verbatim.run(
        ["sign", "one"] + Self.signing, in: delivery.path, store: nil, prefix: Self.variables)
      #expect(again.status == 0, "\(again.errors)")
      for file in files { #expect(try payloads("one/\(file)") == payloads("two/\(file)")) }

      for file in files + ["views.intoto.jsonl"] {
        for envelope in try envelopes("one/\(file)") { #expect(try isSigned(envelope)) }
      }
      let published = try payloads("one/public.intoto.jsonl")
      #expect(published.count == 1)
      for payload in published {
        let text = String(decoding: payload, as: UTF8.self)
        #expect(text.contains("\"verificationResult\":\"FAILED\"") && text.contains("\"deterministic\":true"))
        #expect(Self.marks(in: Array(payload)) == [])
      }
      #expect(Self.marks(in: try delivery.folder.read("one/report.json")) != [])
      #expect(Self.marks(in: try delivery.folder.read("one/build.log")) != [])
    }

    /// The forms in which a mark is in what is published.
    private static func marks(in bytes: [UInt8]) -> [String] {
      let text = String(decoding: bytes, as: UTF8.self)
      var forms = [mark, Hexadecimal.string(Array(mark.utf8))]
      for shift in 0..<3 {
        let encoded = Data([UInt8](repeating: 0, count: shift) + Array(mark.utf8)).base64EncodedString()
        forms.append(String(encoded.dropFirst(shift == 0 ? 0 : shift + 1).prefix(6)))
      }
      return forms.filter { text.lowercased().contains($0.lowercased()) }
    }

    @Test(arguments: [
      (["sign", "."], "Name what signs"), (["sign", "."] + signing, "it has no report.json"),
      (["check", ".", "--key", "none", "--passphrase-env", "P"], "none"),
      (["check", ".", "--party", "no URI"] + signing, "takes a URI"),
    ])
    func refused(arguments: [String], text: String) throws {
      let result = try Verbatim.run(arguments, in: delivery.path, store: nil, prefix: Self.variables)
      #expect(result.status == 2)
      #expect(result.errors.contains(text), "\(result.errors)")
    }
  }
}
