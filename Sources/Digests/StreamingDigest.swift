import COpenSSL
public import Model

/// A digest over bytes that arrive piece by piece, by OpenSSL's EVP interface.
public struct StreamingDigest: ~Copyable {
  /// The algorithms that the evidence formats use.
  public enum Algorithm: String, Sendable, CaseIterable {
    /// FIPS 180-4, 32 bytes.
    case sha256
    /// FIPS 180-4, 48 bytes; only for signatures that others made.
    case sha384
    /// FIPS 180-4, 64 bytes.
    case sha512
    /// FIPS 180-4, 20 bytes; only for identifiers that are defined by it.
    case sha1
  }

  private let context: DigestContext

  /// Starts a digest.
  public init(_ algorithm: Algorithm = .sha256) {
    context = DigestContext()
    context.start(algorithm)
  }

  private init(copying other: borrowing StreamingDigest) {
    context = DigestContext()
    context.copy(from: other.context)
  }

  /// Adds bytes.
  public mutating func update(_ bytes: RawSpan) {
    context.update(bytes)
  }

  /// Adds bytes.
  public mutating func update(_ bytes: [UInt8]) {
    unsafe context.update(bytes.span.bytes)
  }

  /// Adds the UTF-8 bytes of a string.
  public mutating func update(_ text: String) {
    update(Array(text.utf8))
  }

  /// A second digest that goes on from here on its own.
  public borrowing func fork() -> StreamingDigest { StreamingDigest(copying: self) }

  /// Ends the digest and returns its bytes.
  public consuming func finish() -> [UInt8] { context.finish() }

  /// Ends a SHA-256 and returns it as a value.
  public consuming func finishSHA256() -> SHA256Digest {
    guard let digest = SHA256Digest(bytes: context.finish()) else {
      preconditionFailure("finishSHA256 was called on a digest of another algorithm")
    }
    return digest
  }
}

extension SHA256Digest {
  /// The SHA-256 of bytes in memory.
  public static func of(_ bytes: [UInt8]) -> SHA256Digest {
    var digest = StreamingDigest()
    digest.update(bytes)
    return digest.finishSHA256()
  }

  /// The SHA-256 of the UTF-8 bytes of a string.
  public static func of(_ text: String) -> SHA256Digest { of(Array(text.utf8)) }
}

/// Owns an `EVP_MD_CTX`; only allocates, forwards and frees.
///
/// Not private: optimised, the compiler then leaves out what other modules need to lay a digest out in memory.
///
/// OpenSSL's digest calls fail only when memory is exhausted or the library is broken; then no digest of ours
/// could be relied on, so the process ends.
@safe struct DigestContext: ~Copyable {
  private let pointer: OpaquePointer

  init() {
    guard let made = unsafe EVP_MD_CTX_new() else { fatalError("OpenSSL could not allocate a digest context") }
    unsafe pointer = made
  }

  deinit { unsafe EVP_MD_CTX_free(pointer) }

  func start(_ algorithm: StreamingDigest.Algorithm) {
    let method =
      switch algorithm {
      case .sha256: unsafe EVP_sha256()
      case .sha384: unsafe EVP_sha384()
      case .sha512: unsafe EVP_sha512()
      case .sha1: unsafe EVP_sha1()
      }
    require(unsafe EVP_DigestInit_ex(pointer, method, nil))
  }

  func copy(from other: borrowing DigestContext) { require(unsafe EVP_MD_CTX_copy_ex(pointer, other.pointer)) }

  func update(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { buffer in
      require(unsafe EVP_DigestUpdate(pointer, buffer.baseAddress, buffer.count))
    }
  }

  func finish() -> [UInt8] {
    var count: UInt32 = 0
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    require(unsafe EVP_DigestFinal_ex(pointer, &bytes, &count))
    return Array(bytes.prefix(Int(count)))
  }

  private func require(_ result: Int32) {
    guard result == 1 else { fatalError("OpenSSL failed to compute a digest") }
  }
}
