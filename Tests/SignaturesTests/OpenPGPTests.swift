import Model
import Signatures
import SystemPackage
import TestFixtures
import Testing

/// Signatures as gpg makes them.
@Suite struct OpenPGPTests {
  static let hasTool: Bool = {
    let isThere = (try? FixtureProcess.shell("command -v gpg").status) == 0
    if !isThere { print("SKIP: gpg is not installed, so signatures of OpenPGP are not tested") }
    return isThere
  }()

  static let content = Array("what was signed\n".utf8)

  /// A signature and the armoured keys of its signer and of somebody else.
  private static func make(
    _ algorithm: String, options: String = ""
  ) throws -> (signature: [UInt8], keys: String, others: String) {
    let folder = try TemporaryFolder()
    try folder.write("content", content)
    let made = try FixtureProcess.shell(
      """
      set -e; cd "$1"; mkdir -m 700 h; export GNUPGHOME="$1/h"
      for name in signer other; do
        gpg --batch --quiet --passphrase '' --quick-generate-key "$name <$name@example.org>" \(algorithm) sign never
        gpg --batch --armor --export $name >$name.asc
      done
      gpg --batch --quiet -u signer --digest-algo SHA256 \(options) --output signature --detach-sign content
      gpgconf --kill all || true
      """, [folder.path.string])
    try #require(made.status == 0, "\(made.errors)")
    func text(_ name: String) throws -> String { String(decoding: try folder.read(name), as: UTF8.self) }
    return (try folder.read("signature"), try text("signer.asc"), try text("other.asc"))
  }

  private func signers(_ signature: [UInt8], _ keys: String, of content: [UInt8] = content) throws -> [String] {
    let keyring = try OpenPGPKeyring(armoured: Array(keys.utf8))
    return try keyring.verify(OpenPGPSignature.read(signature)) {
      var rest: [UInt8]? = content
      return { rest.take() }
    }
  }

  @Test(
    .enabled(if: hasTool),
    arguments: [
      ("rsa2048", ""), ("rsa3072", "--armor"), ("ed25519", ""), ("ed25519", "--armor --comment x"), ("nistp256", ""),
      ("nistp384", "--digest-algo SHA384"), ("rsa2048", "--digest-algo SHA512 -u other"),
    ])
  func holdsForItsBytesAndItsSigner(algorithm: String, options: String) throws {
    let made = try Self.make(algorithm, options: options)
    #expect(OpenPGPSignature.isLikely(made.signature))
    let both = options.contains("-u other")
    guard !both else {
      // Two signed, and only one of them is declared.
      #expect(throws: SignatureError.self) { try signers(made.signature, made.keys) }
      return
    }
    let found = try signers(made.signature, made.keys)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("signer <signer@example.org>, OpenPGP key ") == true)
    #expect(throws: SignatureError.self) { try signers(made.signature, made.keys, of: Self.content + [0]) }
    #expect(throws: SignatureError.self) { try signers(made.signature, made.others) }
    #expect(throws: SignatureError.self) { try signers(made.signature + Array("more".utf8), made.keys) }
    #expect(throws: SignatureError.self) { try signers([1] + made.signature, made.keys) }
  }

  @Test(.enabled(if: hasTool)) func refusesWeakDigestsAndText() throws {
    let weak = try Self.make("rsa2048", options: "--digest-algo SHA1")
    #expect(throws: SignatureError.self) { try signers(weak.signature, weak.keys) }
    let text = try Self.make("rsa2048", options: "--textmode")
    #expect(throws: SignatureError.self) { try signers(text.signature, text.keys) }
  }

  @Test(.enabled(if: hasTool)) func survivesDamage() throws {
    let made = try Self.make("ed25519")
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      var damaged = made.signature
      damaged[Int.random(in: damaged.indices, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      #expect(throws: (any Error).self) { try signers(damaged, made.keys, of: [1]) }
      var keys = Array(made.keys.utf8)
      keys[Int.random(in: keys.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      _ = try? OpenPGPKeyring(armoured: keys)
    }
    for length in 0..<made.signature.count {
      #expect(throws: (any Error).self) { try signers(Array(made.signature[..<length]), made.keys) }
    }
  }

  @Test(arguments: [
    "", "no keys", OpenPGPKeyring.mark, OpenPGPKeyring.mark + "\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----",
  ])
  func refusesWhatIsNoBlockOfKeys(text: String) {
    #expect(throws: SignatureError.self) { try OpenPGPKeyring(armoured: Array(text.utf8)) }
  }
}
