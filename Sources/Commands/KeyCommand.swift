import ArgumentParser
import Keys
import SystemPackage

/// The kinds of keys as arguments.
enum KeyKind: String, ExpressibleByArgument, CaseIterable {
  case ecdsaP256 = "ecdsa-p256"
  case ed25519

  var algorithm: KeyAlgorithm {
    switch self {
    case .ecdsaP256: .ecdsaP256
    case .ed25519: .ed25519
    }
  }
}

/// `verbatim key new|show|import`.
struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Make and show the keys that sign evidence and logs.",
    subcommands: [New.self, Show.self, Import.self])

  struct New: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a pair: an encrypted private key, and beside it the public one as FILE.pub.")
    @Argument(help: "The file of the private key; it must not be there.")
    var file: String
    @Option(
      help: ArgumentHelp(
        "ecdsa-p256 for evidence, as other people's verifiers expect; ed25519 for logs and witnesses.",
        valueName: "kind"))
    var algorithm = KeyKind.ecdsaP256
    @OptionGroup var passphrase: PassphraseOptions
    @Flag(help: "Print the result as JSON and nothing else on standard output.")
    var json = false

    func run() async throws {
      let path = FilePath(file)
      let key = try PrivateKey.generate(algorithm.algorithm)
      try KeyFile.write(key, to: path, passphrase: passphrase.newPassphrase(for: path))
      try KeyDescription(key.publicKey, name: nil).print(json: json)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the public key of a file: its id, and the forms in which others take it.")
    @Argument(help: "A public key, or a private one, which is then opened.")
    var file: String
    @Option(
      help: ArgumentHelp(
        "The origin or witness that the key signs notes as; shows the verifier key of signed notes.",
        valueName: "name"))
    var name: String?
    @OptionGroup var passphrase: PassphraseOptions
    @Flag(help: "Print the result as JSON and nothing else on standard output.")
    var json = false

    func run() async throws {
      let path = FilePath(file)
      let found = try KeyFile.readEither(path)
      let key =
        found.isPrivate
        ? try PrivateKey.read(pem: found.text, named: file) { try passphrase.passphrase(of: path) }.publicKey
        : try PublicKey(pem: found.text, named: file)
      try KeyDescription(key, name: name).print(json: json)
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Encrypt a private key that another program made: PKCS #8 or SEC 1 in PEM, encrypted or not.")
    @Argument(help: "The file of the other program; it stays as it is.")
    var from: String
    @Argument(help: "The file of the private key; it must not be there.")
    var file: String
    @OptionGroup var passphrase: PassphraseOptions
    @Option(
      help: ArgumentHelp(
        "Read the passphrase of the other program's file from this open file descriptor.", valueName: "number"))
    var fromPassphraseFd: Int32?
    @Option(
      help: ArgumentHelp(
        "Take the passphrase of the other program's file from this environment variable.", valueName: "name"))
    var fromPassphraseEnv: String?
    @Flag(help: "Print the result as JSON and nothing else on standard output.")
    var json = false

    func run() async throws {
      var source = PassphraseOptions()
      source.passphraseFd = fromPassphraseFd
      source.passphraseEnv = fromPassphraseEnv
      try source.validate()
      let (old, new) = (FilePath(from), FilePath(file))
      let key = try KeyFile.importPrivate(old) { try source.passphrase(of: old) }
      try KeyFile.write(key, to: new, passphrase: passphrase.newPassphrase(for: new))
      try KeyDescription(key.publicKey, name: nil).print(json: json)
    }
  }
}

/// What is told of a public key.
private struct KeyDescription: Encodable {
  let algorithm: String
  let keyid: String
  let publicKey: String
  let openSSH: String
  var verifierKey: String?
  var witnessKey: String?

  init(_ key: PublicKey, name: String?) throws {
    algorithm = key.algorithm.rawValue
    keyid = key.keyID
    publicKey = key.pem
    openSSH = key.sshLine
    guard let name else { return }
    guard let note = NoteKey(name: name, publicKey: key),
      let witness = NoteKey(name: name, kind: .cosignature, publicKey: key)
    else {
      throw ValidationError(
        key.algorithm == .ed25519
          ? "--name takes a name without white space and +, as of a note's signer."
          : "Notes are signed with Ed25519; this is a key of \(key.algorithm.name).")
    }
    verifierKey = note.text
    witnessKey = witness.text
  }

  func print(json: Bool) throws {
    if json { return try JSONOutput.print(self) }
    Console.output("algorithm  \(algorithm)\nkeyid      \(keyid)\nOpenSSH    \(openSSH)")
    if let verifierKey, let witnessKey {
      Console.output("verifier   \(verifierKey)\nwitness    \(witnessKey)")
    }
    Console.output("\n" + publicKey)
  }
}
