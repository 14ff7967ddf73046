import Keys
import Model
import SystemPackage
import TestFixtures
import Testing

/// Keys, their files and their signatures, against openssl and ssh-keygen.
@Suite struct KeyTests {
  static let content = Array("what is signed\n".utf8)
  static let passphrase = "correct horse"

  /// A new pair in a folder, as `key` and `key.pub`.
  private func pair(_ algorithm: KeyAlgorithm) throws -> (folder: TemporaryFolder, path: FilePath, key: PrivateKey) {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("key")
    let key = try PrivateKey.generate(algorithm)
    try KeyFile.write(key, to: path, passphrase: Passphrase(Self.passphrase))
    return (folder, path, key)
  }

  private func shell(_ script: String, in folder: TemporaryFolder) throws -> FixtureProcess.Result {
    try FixtureProcess.shell("set -e; cd \"$1\"\n" + script, [folder.path.string])
  }

  private func code(_ body: () throws -> Void) -> KeyError.Code? {
    do { try body() } catch { return (error as? KeyError)?.code }
    return nil
  }

  @Test(arguments: KeyAlgorithm.allCases) func roundTrip(algorithm: KeyAlgorithm) throws {
    let (folder, path, key) = try pair(algorithm)
    let again = try KeyFile.readPrivate(path) { try Passphrase(Self.passphrase) }
    #expect(again.publicKey == key.publicKey)
    #expect(try KeyFile.readPublic(FilePath(path.string + ".pub")) == key.publicKey)
    var signature = try again.signature(of: Self.content)
    #expect(key.publicKey.verifies(signature, of: Self.content))
    #expect(!key.publicKey.verifies(signature, of: Self.content + [0]))
    #expect(!key.publicKey.verifies(signature + [0], of: Self.content))
    #expect(!key.publicKey.verifies([], of: Self.content))
    #expect(!(try PrivateKey.generate(algorithm)).publicKey.verifies(signature, of: Self.content))
    for place in signature.indices {
      signature[place] ^= 1
      #expect(!key.publicKey.verifies(signature, of: Self.content))
      signature[place] ^= 1
    }
    let modes = try shell("stat -c %a key key.pub", in: folder)
    #expect(modes.output == "600\n644\n")
    #expect(try folder.read("key").starts(with: "-----BEGIN ENCRYPTED PRIVATE KEY-----\n".utf8))
  }

  @Test func wrongPassphrase() throws {
    let (folder, path, _) = try pair(.ecdsaP256)
    withExtendedLifetime(folder) {
      #expect(code { _ = try KeyFile.readPrivate(path) { try Passphrase("wrong") } } == .wrongPassphrase)
      #expect(code { _ = try KeyFile.readPrivate(path) { try Passphrase("") } } == .noPassphrase)
    }
    #expect(code { _ = try Passphrase("two\nlines") } == .noPassphrase)
    #expect(code { _ = try Passphrase(String(repeating: "a", count: 1001)) } == .noPassphrase)
    let one = try Passphrase("a")
    #expect(try one.equals(Passphrase("a")) && !one.equals(Passphrase("b")) && !one.equals(Passphrase("ab")))
  }

  @Test(arguments: ["640", "604", "610", "700", "4600", "666"]) func wrongMode(mode: String) throws {
    let (folder, path, _) = try pair(.ecdsaP256)
    try #require(try shell("chmod \(mode) key", in: folder).status == 0)
    do {
      _ = try KeyFile.readPrivate(path) { try Passphrase(Self.passphrase) }
      Issue.record("mode \(mode) was accepted")
    } catch let error as KeyError {
      #expect(error.code == .exposed)
      #expect(error.message.contains("0\(mode)") && error.advice?.contains("chmod 600") == true)
    }
    #expect(code { _ = try KeyFile.readEither(path) } == .exposed)
    try #require(try shell("chmod 400 key", in: folder).status == 0)
    _ = try KeyFile.readPrivate(path) { try Passphrase(Self.passphrase) }
  }

  @Test(arguments: ["key", "key.pub"]) func nothingIsOverwritten(name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(name, "mine")
    let key = try PrivateKey.generate(.ed25519)
    let failure = code {
      try KeyFile.write(key, to: folder.path.appending("key"), passphrase: Passphrase(Self.passphrase))
    }
    #expect(failure == .unusable)
    #expect(try shell("ls", in: folder).output == "\(name)\n")
    #expect(try folder.read(name) == Array("mine".utf8))
  }

  @Test func unencryptedIsRefused() throws {
    let folder = try TemporaryFolder()
    let made = try shell("umask 077; openssl genpkey -algorithm ed25519 -out key", in: folder)
    try #require(made.status == 0, "\(made.errors)")
    let path = folder.path.appending("key")
    #expect(code { _ = try KeyFile.readPrivate(path) { try Passphrase("a") } } == .unprotected)
    #expect(code { _ = try KeyFile.readPublic(path) } == .malformed)
  }

  @Test(arguments: KeyAlgorithm.allCases) func opensslAgrees(algorithm: KeyAlgorithm) throws {
    let (folder, _, key) = try pair(algorithm)
    try folder.write("content", Self.content)
    try folder.write("signature", try key.signature(of: Self.content))
    let sign = algorithm == .ecdsaP256 ? "dgst -sha256 -sign" : "pkeyutl -sign -rawin -inkey"
    let verify =
      algorithm == .ecdsaP256
      ? "dgst -sha256 -verify key.pub -signature signature content"
      : "pkeyutl -verify -pubin -inkey key.pub -rawin -in content -sigfile signature"
    let input = algorithm == .ecdsaP256 ? "content" : "-in content"
    let result = try shell(
      """
      openssl pkey -in key -passin 'pass:\(Self.passphrase)' -pubout | cmp - key.pub
      openssl pkey -in key -passin 'pass:\(Self.passphrase)' -out plain
      openssl \(verify)
      openssl \(sign) plain -out theirs \(input)
      openssl asn1parse -in key | grep -o -E 'PBES2|scrypt|aes-256-cbc'
      """, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasSuffix("PBES2\nscrypt\naes-256-cbc\n"))
    #expect(key.publicKey.verifies(try folder.read("theirs"), of: Self.content))
  }

  @Test(arguments: KeyAlgorithm.allCases) func sshKeygenAgrees(algorithm: KeyAlgorithm) throws {
    let (folder, _, key) = try pair(algorithm)
    try folder.write("line", key.publicKey.sshLine + "\n")
    let result = try shell("ssh-keygen -lf line; ssh-keygen -i -m PKCS8 -f key.pub 2>/dev/null || true", in: folder)
    guard result.status != 127 else { return print("SKIP: ssh-keygen is not installed") }
    #expect(result.output.split(separator: " ").dropFirst().first.map(String.init) == key.publicKey.keyID)
    // Of the kinds of keys, ssh-keygen reads only this one's PKCS #8.
    if algorithm == .ecdsaP256 { #expect(result.output.contains(key.publicKey.sshLine)) }
  }

  /// What other programs write: PKCS #8 plain, with PBKDF2 and with scrypt, and SEC 1 with and without parameters.
  @Test(arguments: [
    "openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out key",
    "openssl genpkey -algorithm ed25519 -out key",
    "openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc -pass 'pass:correct horse' -out key",
    "openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -scrypt -passout 'pass:correct horse' -out key",
    "openssl ecparam -name prime256v1 -genkey -noout -out key", "openssl ecparam -name prime256v1 -genkey -out key",
  ]) func imports(script: String) throws {
    let folder = try TemporaryFolder()
    let made = try shell("umask 077; \(script); openssl pkey -in key -passin 'pass:correct horse' -pubout", in: folder)
    try #require(made.status == 0, "\(made.errors)")
    let key = try KeyFile.importPrivate(folder.path.appending("key")) { try Passphrase(Self.passphrase) }
    #expect(key.publicKey.pem == made.output)
  }

  @Test(arguments: [
    "openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-384 -out key",
    "openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out key",
    "openssl genpkey -algorithm x25519 -out key",
    "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -aes256 -passout pass:a -out key",
    "ssh-keygen -q -t ed25519 -N '' -f key", "echo hello > key", ": > key",
    "openssl genpkey -algorithm ed25519 | head -n 2 > key",
    "openssl genpkey -algorithm ed25519 > key; cat key key > two; mv two key",
    "printf -- '-----BEGIN PRIVATE KEY-----\\nMAA=\\n-----END PRIVATE KEY-----\\n' > key",
    "printf -- '-----BEGIN ENCRYPTED PRIVATE KEY-----\\nMAA=\\n-----END ENCRYPTED PRIVATE KEY-----\\n' > key",
    "printf -- '-----BEGIN EC PRIVATE KEY-----\\n!\\n-----END EC PRIVATE KEY-----\\n' > key",
    "head -c 100000 /dev/zero > key",
  ]) func refuses(script: String) throws {
    let folder = try TemporaryFolder()
    let made = try shell("umask 077; \(script)", in: folder)
    if made.status == 127 { return print("SKIP: a tool is missing: \(script)") }
    try #require(made.status == 0, "\(made.errors)")
    let path = folder.path.appending("key")
    #expect(code { _ = try KeyFile.importPrivate(path) { try Passphrase("a") } } == .malformed)
    #expect(code { _ = try KeyFile.readPublic(path) } == .malformed)
  }

  @Test func notAFile() throws {
    let folder = try TemporaryFolder()
    try #require(try shell("mkfifo pipe", in: folder).status == 0)
    #expect(code { _ = try KeyFile.readPublic(folder.path.appending("pipe")) } == .unusable)
    #expect(code { _ = try KeyFile.readPublic(folder.path) } == .unusable)
    #expect(code { _ = try KeyFile.readPublic(folder.path.appending("none")) } == .unusable)
  }

  /// The key of the test data of other people's log.
  @Test func noteKeys() throws {
    let text = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
    let key = try #require(NoteKey(text: text))
    #expect(key.text == text && key.name == "example.com/log/testdata" && key.kind == .note)
    for wrong in [
      "", "a+b", text.replacing("33d7", with: "33d8"), text.replacing("example", with: "examplE"), text + "AA",
      "a b" + text.dropFirst(24), text.dropFirst(24) + "",
    ] { #expect(NoteKey(text: wrong) == nil, "\(wrong)") }
    #expect(NoteKey(name: "a", publicKey: try PrivateKey.generate(.ecdsaP256).publicKey) == nil)
    let own = try PrivateKey.generate(.ed25519).publicKey
    let witness = try #require(NoteKey(name: "witness.example", kind: .cosignature, publicKey: own))
    #expect(NoteKey(text: witness.text) == witness)
    #expect(witness.id != NoteKey(name: "witness.example", publicKey: own)?.id)
  }

  @Test func externalSignerMustSign() async throws {
    let key = try PrivateKey.generate(.ecdsaP256)
    let good = ExternalSigner(publicKey: key.publicKey, name: "device") { try key.signature(of: $0) }
    #expect(key.publicKey.verifies(try await good.sign(Self.content), of: Self.content))
    let other = try PrivateKey.generate(.ecdsaP256)
    let bad = ExternalSigner(publicKey: key.publicKey, name: "device") { try other.signature(of: $0) }
    do {
      _ = try await bad.sign(Self.content)
      Issue.record("the signature of another key was taken")
    } catch let error as KeyError {
      #expect(error.code == .notSigned)
    }
  }

  @Test func passphraseFromDescriptor() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("two", "first\nsecond")
    let file = try FileDescriptor.open(path, .readOnly)
    try file.closeAfter {
      let lines = try [Passphrase(descriptor: file), Passphrase(descriptor: file)]
      #expect(try lines[0].equals(Passphrase("first")) && lines[1].equals(Passphrase("second")))
      #expect(code { _ = try Passphrase(descriptor: file) } == .noPassphrase)
    }
    // A number above what a process may have open, which no other test can hold at the same time.
    #expect(code { _ = try Passphrase(descriptor: FileDescriptor(rawValue: .max)) } == .noPassphrase)
    #expect(code { _ = try Passphrase(variable: "VERBATIM_NO_SUCH_VARIABLE") } == .noPassphrase)
    _ = try Passphrase(variable: "PATH")
  }
}
