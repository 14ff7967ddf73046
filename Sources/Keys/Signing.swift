/// Whatever makes signatures of one key: the key itself, or a program or device that has it.
public protocol Signing {
  /// The key that verifies what it signs.
  var publicKey: PublicKey { get }
  /// The signature of the bytes, of the form that the key's algorithm has.
  func sign(_ content: [UInt8]) async throws -> [UInt8]
}

/// A program that gets the bytes and gives the signature, for keys that never leave their device.
public struct ExternalSigner: Signing {
  public let publicKey: PublicKey
  private let name: String
  private let ask: ([UInt8]) async throws -> [UInt8]

  /// Makes a signer of what asks the program.
  ///
  /// - Parameters:
  ///   - publicKey: the key that the program signs with.
  ///   - name: what it is called in an error.
  ///   - ask: hands the bytes over and returns what came back.
  public init(
    publicKey: PublicKey, name: String, ask: @escaping ([UInt8]) async throws -> [UInt8]
  ) {
    self.publicKey = publicKey
    self.name = name
    self.ask = ask
  }

  /// The signature that the program gave, after it was found to hold.
  /// - Throws: `KeyError` when it does not, and what asking throws.
  public func sign(_ content: [UInt8]) async throws -> [UInt8] {
    let signature = try await ask(content)
    guard publicKey.verifies(signature, of: content) else {
      throw KeyError(
        .notSigned,
        "signing with \(name): the \(signature.count) bytes that it gave are no signature by \(publicKey.keyID)",
        advice: publicKey.algorithm == .ecdsaP256
          ? "The program must write an ECDSA signature in DER, of the SHA-256 of its standard input, and nothing else."
          : "The program must write the 64 bytes of an Ed25519 signature of its standard input, and nothing else.")
    }
    return signature
  }
}
