import COpenSSL
import Model

extension PublicKey {
  /// The key as OpenSSH sends it (RFC 4253, RFC 5656, RFC 8709).
  public var sshWire: [UInt8] {
    func string(_ bytes: [UInt8]) -> [UInt8] {
      let count = UInt32(bytes.count)
      return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + bytes
    }
    return switch algorithm {
    case .ecdsaP256: string(Array(sshName.utf8)) + string(Array("nistp256".utf8)) + string(bytes)
    case .ed25519: string(Array(sshName.utf8)) + string(bytes)
    }
  }

  /// The line of the key in OpenSSH's files, without a comment.
  public var sshLine: String { "\(sshName) \(Base64.string(sshWire))" }

  /// The fingerprint by which OpenSSH and verifiers of evidence name the key: `SHA256:` and base64 without `=`.
  public var keyID: String {
    "SHA256:" + Base64.string(Self.sha256(sshWire)).prefix { $0 != "=" }
  }

  /// The SHA-256 that names of keys are made of.
  static func sha256(_ content: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    guard unsafe EVP_Digest(content, content.count, &digest, nil, EVP_sha256(), nil) == 1 else {
      // Only without memory; a key must never go by a name that is not its own.
      fatalError("OpenSSL failed to compute a digest")
    }
    return digest
  }

  private var sshName: String {
    switch algorithm {
    case .ecdsaP256: "ecdsa-sha2-nistp256"
    case .ed25519: "ssh-ed25519"
    }
  }
}
