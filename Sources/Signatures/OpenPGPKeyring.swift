import COpenSSL
import Model

/// Public keys of OpenPGP that signatures are verified against.
///
/// Whoever declares a block of keys trusts all that is in it: its subkeys are not asked whose they are.
public struct OpenPGPKeyring {
  /// The beginning of a block of keys.
  public static let mark = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
  private static let limit = 64

  private struct Key {
    let algorithm: UInt8
    let key: OwnedKey
    let fingerprint: String
    let holder: String
  }

  private let keys: [Key]

  /// Reads one block of keys in armour.
  public init(armoured: [UInt8]) throws(SignatureError) {
    defer { forgetOpenSSLErrors() }
    var trimmed = armoured[...]
    while let last = trimmed.last, [0x0A, 0x0D, 0x20].contains(last) { trimmed.removeLast() }
    guard trimmed.count <= 1 << 20, trimmed.starts(with: Array(Self.mark.utf8)) else {
      throw SignatureError("there is no block of OpenPGP keys")
    }
    var found: [(algorithm: UInt8, key: OwnedKey, fingerprint: String)] = []
    var holder: String?
    for packet in try OpenPGPPackets.read(Array(trimmed), kind: "PUBLIC KEY BLOCK") {
      switch packet.tag {
      case 6, 14:
        if let key = try Self.key(packet.body), found.count < Self.limit { found.append(key) }
      case 13: holder = holder ?? ExactText.text(Array(packet.body.prefix(400)))
      case 2, 17: break
      default: throw SignatureError("the block has OpenPGP packets that are no public keys")
      }
    }
    guard !found.isEmpty else { throw SignatureError("the block has no OpenPGP key that can be used") }
    keys = found.map {
      Key(algorithm: $0.algorithm, key: $0.key, fingerprint: $0.fingerprint, holder: holder ?? "somebody without name")
    }
  }

  /// Who signed, for people; throws unless each signature holds for the content by one of the keys.
  public func verify(
    _ signatures: [OpenPGPSignature], content pull: () throws -> (() throws -> [UInt8]?)
  ) throws -> [String] {
    defer { forgetOpenSSLErrors() }
    return try signatures.map { signature in
      let digest = try signature.hash(try pull())
      let key = try keys.first { try $0.key.holds(signature, $0.algorithm, digest) }
      guard let key else { throw SignatureError("it is not a signature of these bytes by a declared OpenPGP key") }
      return "\(key.holder), OpenPGP key \(key.fingerprint)"
    }
  }

  /// A key of version 4; nil for one that is of no use here.
  private static func key(
    _ body: [UInt8]
  ) throws(SignatureError) -> (algorithm: UInt8, key: OwnedKey, fingerprint: String)? {
    guard body.count > 6, body[0] == 4, body.count < 1 << 16 else { return nil }
    var rest = body[6...]
    let information: [UInt8]
    switch body[5] {
    case 1, 3:
      guard let modulus = OpenPGPPackets.number(&rest), let exponent = OpenPGPPackets.number(&rest),
        modulus.count >= 256
      else { return nil }
      let key = DER.element(0x30, DER.number(modulus) + DER.number(exponent))
      information = DER.key(DER.identified([1, 2, 840, 113_549, 1, 1, 1]) + [5, 0], key)
    case 19, 22:
      guard let length = rest.popFirst(), length > 0, length < rest.count else { return nil }
      let curve = Array(rest.prefix(Int(length)))
      rest = rest.dropFirst(Int(length))
      guard let point = OpenPGPPackets.number(&rest) else { return nil }
      guard body[5] == 22 else {
        information = DER.key(DER.identified([1, 2, 840, 10_045, 2, 1]) + DER.element(6, curve), point)
        break
      }
      // The first byte says that the point is as the curve writes it.
      guard curve == DER.identifier([1, 3, 6, 1, 4, 1, 11_591, 15, 1]), point.count == 33, point[0] == 0x40 else {
        return nil
      }
      information = DER.key(DER.identified([1, 3, 101, 112]), Array(point.dropFirst()))
    case 27:
      guard rest.count == 32 else { return nil }
      information = DER.key(DER.identified([1, 3, 101, 112]), Array(rest))
    default: return nil
    }
    guard let key = OwnedKey(information) else { return nil }
    return (body[5], key, try fingerprint(body))
  }

  private static func fingerprint(_ body: [UInt8]) throws(SignatureError) -> String {
    guard let chain = unsafe OwnedBIO(digesting: EVP_sha1()),
      chain.write([0x99, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body)
    else { throw SignatureError("OpenSSL could not make a digest") }
    return Hexadecimal.string(chain.digest).uppercased()
  }
}

/// Owns a public key.
@safe final class OwnedKey {
  private let pointer: OpaquePointer

  /// Reads the SubjectPublicKeyInfo of X.509; nil where it is none that OpenSSL can use.
  init?(_ information: [UInt8]) {
    let key = unsafe information.withUnsafeBufferPointer { buffer in
      var place = buffer.baseAddress
      return unsafe d2i_PUBKEY(nil, &place, buffer.count)
    }
    guard let key = unsafe key else { return nil }
    unsafe pointer = key
  }

  deinit { unsafe EVP_PKEY_free(pointer) }

  /// Whether a signature is by this key, which is of an algorithm, over a digest.
  func holds(_ signature: OpenPGPSignature, _ algorithm: UInt8, _ digest: [UInt8]) throws(SignatureError) -> Bool {
    // Of RSA there are two numbers for one algorithm.
    guard signature.algorithm == algorithm || [1, 3].contains(algorithm) && [1, 3].contains(signature.algorithm) else {
      return false
    }
    var rest = signature.numbers[...]
    switch algorithm {
    case 1, 3:
      guard let number = OpenPGPPackets.number(&rest), rest.isEmpty else { return false }
      let size = unsafe Int(EVP_PKEY_get_size(pointer))
      guard number.count <= size else { return false }
      return unsafe verify([UInt8](repeating: 0, count: size - number.count) + number, of: digest, signature.method)
    case 19:
      guard let first = OpenPGPPackets.number(&rest), let second = OpenPGPPackets.number(&rest), rest.isEmpty else {
        return false
      }
      return unsafe verify(DER.element(0x30, DER.number(first) + DER.number(second)), of: digest, signature.method)
    case 22:
      guard let first = OpenPGPPackets.number(&rest), let second = OpenPGPPackets.number(&rest), rest.isEmpty,
        first.count <= 32, second.count <= 32
      else { return false }
      func padded(_ number: [UInt8]) -> [UInt8] { [UInt8](repeating: 0, count: 32 - number.count) + number }
      return verifyWhole(padded(first) + padded(second), of: digest)
    case 27: return rest.count == 64 && verifyWhole(Array(rest), of: digest)
    default: return false
    }
  }

  private func verify(_ signature: [UInt8], of digest: [UInt8], _ method: OpaquePointer?) -> Bool {
    guard let context = unsafe EVP_PKEY_CTX_new(pointer, nil) else { return false }
    defer { unsafe EVP_PKEY_CTX_free(context) }
    return unsafe EVP_PKEY_verify_init(context) == 1 && EVP_PKEY_CTX_set_signature_md(context, method) == 1
      && EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
  }

  /// For algorithms that make their own digest, here of a digest.
  private func verifyWhole(_ signature: [UInt8], of content: [UInt8]) -> Bool {
    guard let context = unsafe EVP_MD_CTX_new() else { return false }
    defer { unsafe EVP_MD_CTX_free(context) }
    return unsafe EVP_DigestVerifyInit(context, nil, nil, nil, pointer) == 1
      && EVP_DigestVerify(context, signature, signature.count, content, content.count) == 1
  }
}

extension DER {
  /// An element with a definite length.
  static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
    var length: [UInt8] = []
    var rest = content.count
    while rest > 0 {
      length.insert(UInt8(rest & 0xFF), at: 0)
      rest >>= 8
    }
    return [tag, 0x80 | UInt8(length.count)] + length + content
  }

  /// A number that is not negative, given without zeros before it.
  static func number(_ bytes: [UInt8]) -> [UInt8] {
    element(2, (bytes.first.map { $0 >= 0x80 } ?? true ? [0] : []) + bytes)
  }

  /// An object identifier.
  static func identified(_ parts: [Int]) -> [UInt8] { element(6, identifier(parts)) }

  /// A public key as X.509 has it, with its algorithm.
  static func key(_ algorithm: [UInt8], _ bits: [UInt8]) -> [UInt8] {
    element(0x30, element(0x30, algorithm) + element(3, [0] + bits))
  }
}
