/// Evidence as it stands in files: envelopes, lines of them, and bundles.
public enum EvidenceText {
  /// One envelope or bundle that has not been read yet.
  public struct Part: Sendable {
    /// What it is called: the file, with the line where there are several.
    public let name: String
    /// Without the line's end.
    public let bytes: [UInt8]

    /// Makes a part of a name and bytes.
    public init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// The parts of a file, whatever is wrong with them: one for each line, or the whole when it is no file of lines.
  ///
  /// - Throws: `EvidenceError` for an empty file, or one of more lines than are read.
  public static func parts(of bytes: [UInt8], named name: String) throws(EvidenceError) -> [Part] {
    guard !bytes.isEmpty else { throw EvidenceError(.malformed, "reading \(name): it is empty") }
    let whole = bytes.last == 0x0A ? bytes.dropLast() : bytes[...]
    let first = whole.prefix { $0 != 0x0A }
    // JSON that a person is to read begins with a line that does not end what it begins.
    guard name.hasSuffix(".jsonl") || first.last == UInt8(ascii: "}") && first.count < whole.count else {
      return [Part(name: name, bytes: Array(whole))]
    }
    let limit = EnvelopeLines.limit
    let lines = whole.split(separator: 0x0A, maxSplits: limit, omittingEmptySubsequences: false)
    guard lines.count <= limit else {
      throw EvidenceError(.tooMuch, "reading \(name): it has more than \(limit) lines")
    }
    guard lines.count > 1 else { return [Part(name: name, bytes: Array(whole))] }
    return lines.enumerated().map { Part(name: "\(name):\($0.offset + 1)", bytes: Array($0.element)) }
  }

  /// The envelope of a part, which may be one or a Sigstore bundle of one.
  ///
  /// - Parameter foreign: whether it may be written otherwise than this program writes it.
  /// - Throws: `EvidenceError`; with the code `rewritten` when it may not and is.
  public static func envelope(_ part: Part, foreign: Bool = false) throws(EvidenceError) -> Envelope {
    let limits = JSONReader.Limits(size: Envelope.sizeLimit, depth: 32, values: 10_000)
    let tree = try JSONReader.read(part.bytes, named: part.name, limits: limits)
    let isBundle = tree["dsseEnvelope"] != nil || tree["mediaType"] != nil
    let envelope =
      isBundle
      ? try SigstoreBundle.envelope(part.bytes, named: part.name) : try Envelope(tree, named: part.name)
    guard !foreign else { return envelope }
    // Neither white space nor names nor the alphabet of base64 are signed; so that nobody can change even these
    // unseen, there is one way to write them.
    let written = isBundle ? try SigstoreBundle.bytes(envelope).dropLast() : envelope.bytes[...]
    guard written == part.bytes[...] else {
      throw EvidenceError(
        .rewritten, "reading \(part.name): it is not written as this program writes evidence",
        advice: "It was damaged, or another program wrote it; --foreign takes what that wrote.")
    }
    return envelope
  }
}
