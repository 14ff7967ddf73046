import Model
import Signatures

/// The signature of a jar: a list of digests and a signature of that list, beside the manifest with digests of its own.
enum JarSignature {
  static let folder = "META-INF/"
  static let manifest = "META-INF/MANIFEST.MF"

  /// Whether a member that only shipped has is a part of one.
  static func isPart(_ name: String) -> Bool {
    guard name.hasPrefix("META-INF/"), !name.dropFirst(9).contains("/") else { return name == "META-INF/" }
    return [".SF", ".RSA", ".DSA", ".EC"].contains { name.hasSuffix($0) && name.utf8.count > 9 + $0.utf8.count }
  }

  /// A signature that was verified for a whole jar, or that nobody has to verify.
  struct Found: Sendable {
    /// The index of the exception that declares it.
    let exception: Int
    /// What the report says of who signed.
    let signer: String

    var filling: Hole.Filling { .inserted(exception: exception, what: "signature", signer: signer) }
  }

  /// The hole of a manifest that only got digests of entries; nil where it is no manifest, or got something else.
  static func hole(_ pair: PartPair, _ found: Found) throws -> Hole? {
    guard pair.path.last == manifest, pair.rebuilt.size < pair.shipped.size, pair.shipped.size <= 16 << 20,
      try Content.equal(pair.shipped, at: 0, pair.rebuilt, at: 0, count: pair.rebuilt.size)
    else { return nil }
    let start = pair.rebuilt.size
    let added = try pair.shipped.bytes(at: start, count: Int(pair.shipped.size - start))
    let before = try pair.rebuilt.bytes(at: max(0, start - 2), count: 2)
    // What is added must be sections of its own, so that no attribute of the whole jar is among it.
    guard before == [0x0A, 0x0A] || before == [0x0D, 0x0A] || added.first == 0x0A, isOnlyDigests(added) else {
      return nil
    }
    return Hole(shipped: start..<pair.shipped.size, rebuilt: start..<start, filling: found.filling)
  }

  /// Whether all are sections with a name and digests.
  private static func isOnlyDigests(_ bytes: [UInt8]) -> Bool {
    var isInSection = false
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let text = String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
      if text.isEmpty {
        isInSection = false
      } else if text.hasPrefix("Name: ") {
        guard !isInSection else { return false }
        isInSection = true
      } else {
        let isDigest = text.firstRange(of: "-Digest: ") != nil && text.hasPrefix("SHA")
        guard isInSection, isDigest || text.hasPrefix(" ") else { return false }
      }
    }
    return true
  }
}
