import Digests
import Model
import Signatures

/// Verifies the signature of a jar: the JAR File Specification, "Signature Validation".
///
/// A signature is of a list (`.SF`) with the digest of the manifest, and the manifest has the digest of each entry. Stricter
/// than Java: every list has to be signed, and every entry has to be in the manifest.
struct JarVerification {
  private static let listLimit: Int64 = 16 << 20
  private static let digests: [(name: String, algorithm: StreamingDigest.Algorithm)] = [
    ("SHA-512", .sha512), ("SHA-384", .sha384), ("SHA-256", .sha256),
  ]

  /// The names of the entries.
  let names: [String]
  /// The content of an entry.
  let content: (String) async throws -> Content

  /// Who signed; throws a `SignatureError` unless all of the jar is signed by somebody who is trusted.
  func signers(trusted: CertificateList) async throws -> [Signer] {
    guard Set(names).count == names.count else { throw SignatureError("the jar has two entries of one name") }
    let lists = names.filter { JarSignature.isPart($0) && $0.hasSuffix(".SF") }
    guard !lists.isEmpty, names.contains(JarSignature.manifest) else {
      throw SignatureError("the jar has no signature")
    }
    let manifest = try await content(JarSignature.manifest)
    var signers: [Signer] = []
    for list in lists { signers += try await verify(list, manifest, trusted) }
    let signatures = names.filter { JarSignature.isPart($0) && !$0.hasSuffix(".SF") && !$0.hasSuffix("/") }
    guard signatures.count == lists.count else { throw SignatureError("a signature is of no list") }
    try await verifyEntries(try await bytes(JarSignature.manifest))
    return signers
  }

  private func verify(_ list: String, _ manifest: Content, _ trusted: CertificateList) async throws -> [Signer] {
    let base = list.dropLast(3)
    guard let name = [".RSA", ".DSA", ".EC"].map({ base + $0 }).first(where: { names.contains($0) }) else {
      throw SignatureError("\(list) is not signed")
    }
    let text = try await bytes(list)
    let main = Self.sections(text).first ?? []
    guard let (wanted, algorithm) = Self.digest(in: main, suffix: "-Digest-Manifest") else {
      throw SignatureError("\(list) has no digest of the manifest by SHA-2")
    }
    guard try Self.digest(manifest, algorithm) == wanted else {
      throw SignatureError("\(list) is about another manifest")
    }
    let message = try SignedMessage(der: try await bytes(name))
    guard message.isDetached else { throw SignatureError("\(name) has a content of its own") }
    return try message.verify(trusted: trusted) {
      var rest: [UInt8]? = text
      return { rest.take() }
    }
  }

  private func verifyEntries(_ manifest: [UInt8]) async throws {
    var sections: [String: [Attribute]] = [:]
    for section in Self.sections(manifest).dropFirst() {
      guard let name = section.first, name.key.lowercased() == "name" else { continue }
      guard sections.updateValue(section, forKey: name.value) == nil else {
        throw SignatureError("the manifest has two sections of \(name.value)")
      }
    }
    for name in names where !name.hasSuffix("/") && name != JarSignature.manifest && !JarSignature.isPart(name) {
      guard let (wanted, algorithm) = Self.digest(in: sections[name] ?? [], suffix: "-Digest") else {
        throw SignatureError("\(name) is not signed")
      }
      guard try Self.digest(try await content(name), algorithm) == wanted else {
        throw SignatureError("\(name) is not what was signed")
      }
    }
  }

  private func bytes(_ name: String) async throws -> [UInt8] {
    let content = try await content(name)
    guard content.size <= Self.listLimit else { throw SignatureError("\(name) is too large") }
    return try content.bytes(at: 0, count: Int(content.size))
  }

  private static func digest(_ content: Content, _ algorithm: StreamingDigest.Algorithm) throws -> [UInt8] {
    var digest = StreamingDigest(algorithm)
    let pieces = content.pieces([0..<content.size])
    while let piece = try pieces() { digest.update(piece) }
    return digest.finish()
  }

  /// The strongest digest among attributes, of which none has to be there.
  private static func digest(
    in attributes: [Attribute], suffix: String
  ) -> (value: [UInt8], algorithm: StreamingDigest.Algorithm)? {
    for (name, algorithm) in digests {
      let found = attributes.filter { $0.key.lowercased() == (name + suffix).lowercased() }
      guard let first = found.first else { continue }
      guard found.count == 1, let value = Base64.bytes(first.value) else { return nil }
      return (value, algorithm)
    }
    return nil
  }

  private struct Attribute {
    let key: String
    var value: String
  }

  /// Sections of attributes; a line that begins with a space goes on with the one before.
  private static func sections(_ bytes: [UInt8]) -> [[Attribute]] {
    var sections: [[Attribute]] = [[]]
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let line = line.last == 0x0D ? line.dropLast() : line
      let last = sections.count - 1
      if line.isEmpty {
        if !sections[last].isEmpty { sections.append([]) }
      } else if line.first == 0x20, !sections[last].isEmpty {
        sections[last][sections[last].count - 1].value += String(decoding: line.dropFirst(), as: UTF8.self)
      } else {
        let text = String(decoding: line, as: UTF8.self)
        let parts = text.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
        sections[last].append(Attribute(key: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : ""))
      }
    }
    return sections
  }
}
