import Digests
import Glibc
import Keys
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Evidence

/// Verifiers that we did not write: PyPI `securesystemslib` and `in-toto-attestation`.
@Suite struct OtherVerifiersTests {
  static let python = unsafe getenv("VERBATIM_ORACLE_PYTHON").map { unsafe String(cString: $0) } ?? "python3"

  static let hasTools: Bool = {
    let found = try? FixtureProcess.shell(
      "\"$1\" -c 'import securesystemslib.dsse, cryptography, in_toto_attestation.v1.statement'", [python])
    if found?.status != 0 {
      print("SKIP: securesystemslib and in-toto-attestation are not installed, so their word on evidence is not asked")
    }
    return found?.status == 0
  }()

  @Test(.enabled(if: hasTools), arguments: KeyAlgorithm.allCases)
  func theyVerifyOurs(algorithm: KeyAlgorithm) async throws {
    let folder = try TemporaryFolder()
    let (key, other) = (try PrivateKey.generate(algorithm), try PrivateKey.generate(algorithm))
    try folder.write("envelope", try await EnvelopeTests.statement().sign(with: [key]).bytes)
    try folder.write("key", key.publicKey.pem)
    try folder.write("other", other.publicKey.pem)
    try folder.write("id", key.publicKey.keyID)
    let result = try run(
      """
      import json
      from securesystemslib.dsse import Envelope
      from securesystemslib.exceptions import VerificationError
      from securesystemslib.signer import SSlibKey
      from cryptography.hazmat.primitives.serialization import load_pem_public_key
      from in_toto_attestation.v1.statement import Statement
      from google.protobuf import json_format
      from in_toto_attestation.v1 import statement_pb2
      id = open("id").read()
      def key(name): return SSlibKey.from_crypto(load_pem_public_key(open(name, "rb").read()), keyid=id)
      envelope = Envelope.from_dict(json.load(open("envelope")))
      assert list(envelope.verify([key("key")], 1)) == [id]
      try: envelope.verify([key("other")], 1)
      except VerificationError: pass
      else: raise SystemExit("another key was taken")
      assert envelope.payload_type == "application/vnd.in-toto+json"
      Statement.copy_from_pb(json_format.Parse(envelope.payload, statement_pb2.Statement())).validate()
      """, folder)
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test(.enabled(if: hasTools)) func weVerifyTheirs() throws {
    let folder = try TemporaryFolder()
    let payload = try EnvelopeTests.statement().payload
    try folder.write("payload", payload)
    let result = try run(
      """
      import json
      from securesystemslib.dsse import Envelope
      from securesystemslib.signer import CryptoSigner
      for name, signer in (("ecdsa", CryptoSigner.generate_ecdsa()), ("ed25519", CryptoSigner.generate_ed25519())):
        envelope = Envelope(open("payload", "rb").read(), "application/vnd.in-toto+json", {})
        envelope.sign(signer)
        data = envelope.to_dict()
        for signature in data["signatures"]: signature["keyid"] = ""
        json.dump(data, open(name, "w"))
        public = signer.public_key.keyval["public"]
        if not public.startswith("-----"):
          from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
          from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
          key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
          public = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        open(name + ".pub", "w").write(public)
      """, folder)
    try #require(result.status == 0, "\(result.errors)")
    for name in ["ecdsa", "ed25519"] {
      let key = try KeyFile.readPublic(folder.path.appending("\(name).pub"))
      let envelope = try Envelope(bytes: try folder.read(name), named: name)
      let verified = try Statement.verified(envelope, by: [key], named: name)
      #expect(verified.signers == [key] && verified.statement.payload == payload)
    }
  }

  private func run(_ script: String, _ folder: TemporaryFolder) throws -> FixtureProcess.Result {
    try folder.write("script.py", script)
    return try FixtureProcess.shell("cd \"$1\" && exec \"$2\" script.py", [folder.path.string, Self.python])
  }
}
