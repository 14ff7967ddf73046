import Keys
import SystemPackage
import TestFixtures
import Testing

@testable import Evidence

/// Bundles of Sigstore, as PyPI `sigstore-models` reads them where it is installed.
@Suite struct SigstoreBundleTests {
  @Test func roundTrip() async throws {
    let (key, other) = (try PrivateKey.generate(.ecdsaP256), try PrivateKey.generate(.ecdsaP256))
    let envelope = try await EnvelopeTests.statement().sign(with: [key])
    let bytes = try SigstoreBundle.bytes(envelope)
    #expect(try SigstoreBundle.envelope(bytes, named: "it") == envelope)
    let two = try await EnvelopeTests.statement().sign(with: [key, other])
    #expect(throws: EvidenceError.self) { _ = try SigstoreBundle.bytes(two) }
    let text = String(decoding: bytes, as: UTF8.self)
    for (part, change) in [
      ("v0.3", "v0.2"), ("\"hint\":\"\(key.publicKey.keyID)\"", "\"hint\":\"x\""), ("publicKey", "certificate"),
      ("dsseEnvelope", "messageSignature"), ("\"keyid\":\"\(key.publicKey.keyID)\"", "\"keyid\":\"\""),
    ] {
      #expect(text.contains(part))
      let changed = Array(text.replacing(part, with: change).utf8)
      #expect(throws: EvidenceError.self, "\(change)") { _ = try SigstoreBundle.envelope(changed, named: "it") }
    }
  }

  @Test func othersReadIt() async throws {
    let folder = try TemporaryFolder()
    let key = try PrivateKey.generate(.ecdsaP256)
    try folder.write("bundle", try SigstoreBundle.bytes(await EnvelopeTests.statement().sign(with: [key])))
    try folder.write(
      "script.py",
      """
      try: from sigstore_models.bundle.v1 import Bundle
      except ImportError: raise SystemExit(77)
      bundle = Bundle.from_json(open("bundle").read())
      assert bundle.verification_material.public_key.hint == bundle.dsse_envelope.signatures[0].keyid
      """)
    let result = try FixtureProcess.shell(
      "cd \"$1\" && exec \"$2\" script.py", [folder.path.string, OtherVerifiersTests.python])
    if result.status == 77 { return print("SKIP: sigstore-models is not installed, so bundles are not read with it") }
    #expect(result.status == 0, "\(result.errors)")
  }
}
