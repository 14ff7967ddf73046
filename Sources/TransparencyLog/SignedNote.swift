public import Keys
import Model

/// A text with the signatures of one or more keys: C2SP signed-note.
public struct SignedNote: Hashable, Sendable {
  /// One line of signature.
  public struct Signature: Hashable, Sendable {
    /// Who signed, by what he says.
    public let name: String
    /// Which of his keys.
    public let id: [UInt8]
    /// What follows the four bytes of the id.
    public let bytes: [UInt8]

    init(name: String, id: [UInt8], bytes: [UInt8]) {
      self.name = name
      self.id = id
      self.bytes = bytes
    }

    var line: String { "\u{2014} \(name) \(Base64.string(id + bytes))\n" }
  }

  /// In bytes.
  public static let sizeLimit = 1 << 20
  /// How many signatures there may be.
  public static let signatureLimit = 100

  /// What is signed, its last line's end included.
  public let text: String
  /// All signatures, whosever.
  public private(set) var signatures: [Signature]

  init(text: String, signatures: [Signature]) {
    self.text = text
    self.signatures = signatures
  }

  /// Reads a note.
  ///
  /// - Parameter what: what it is called in an error.
  /// - Throws: `LogError` when the bytes are not exactly a note with at least one signature.
  public init(bytes: [UInt8], named what: String) throws(LogError) {
    func malformed(_ reason: String) -> LogError { LogError(.malformed, "reading \(what): \(reason)") }
    guard bytes.count <= Self.sizeLimit else { throw malformed("it has more than \(Self.sizeLimit) bytes") }
    guard let all = String(validating: bytes, as: UTF8.self),
      !bytes.contains(where: { ($0 < 0x20 && $0 != 0x0A) || $0 == 0x7F })
    else { throw malformed("it is no text of UTF-8 without control characters") }
    // By bytes: a combining character after a line's end would hide it from a search by characters.
    let end = bytes.indices.dropLast().last { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }
    guard let end, bytes.last == 0x0A, all.utf8.count == bytes.count else {
      throw malformed("it has no empty line before signatures")
    }
    text = String(decoding: bytes[...end], as: UTF8.self)
    let lines = bytes[(end + 2)...].split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
    guard !lines.isEmpty, lines.count <= Self.signatureLimit else {
      throw malformed("it has \(lines.count) signatures, and 1 to \(Self.signatureLimit) are read")
    }
    signatures = []
    for line in lines {
      let words = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 3, words[0] == "\u{2014}", NoteKey.isName(String(words[1])),
        let coded = Base64.bytes(words[2]), coded.count > 4
      else { throw malformed("it has a line where a signature belongs that is none") }
      signatures.append(Signature(name: String(words[1]), id: Array(coded[..<4]), bytes: Array(coded[4...])))
    }
  }

  /// The note as it is written.
  public var bytes: [UInt8] { Array((text + "\n" + signatures.map(\.line).joined()).utf8) }

  /// Whether a key of the kind `note` signed it.
  ///
  /// - Throws: `LogError` when there is a signature by its name and id that does not hold.
  public func isSigned(by key: NoteKey, named what: String) throws(LogError) -> Bool {
    var isSigned = false
    for signature in signatures where signature.name == key.name && signature.id == key.id {
      guard key.kind == .note, key.publicKey.verifies(signature.bytes, of: Array(text.utf8)) else {
        throw LogError(.untrusted, "reading \(what): the signature by \(key.name) does not hold")
      }
      isSigned = true
    }
    return isSigned
  }

  /// The note with a signature more, at the end.
  func adding(_ signature: Signature) -> SignedNote { SignedNote(text: text, signatures: signatures + [signature]) }

  /// The text signed under the name.
  public static func sign(_ text: String, as key: NoteKey, with signer: any Signing) async throws -> SignedNote {
    guard key.kind == .note, key.publicKey == signer.publicKey else {
      throw LogError(.untrusted, "signing as \(key.name): the signer has another key")
    }
    let bytes = try await signer.sign(Array(text.utf8))
    return SignedNote(text: text, signatures: [Signature(name: key.name, id: key.id, bytes: bytes)])
  }
}
