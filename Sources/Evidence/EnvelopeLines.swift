/// Several envelopes, one a line: what `<artifact>.intoto.jsonl` holds.
public enum EnvelopeLines {
  /// How many are read.
  public static let limit = 100_000

  /// Reads all lines; the last may lack its end.
  ///
  /// - Throws: `EvidenceError` that tells the line, when one is no envelope, an empty one included.
  public static func read(_ bytes: [UInt8], named name: String) throws(EvidenceError) -> [Envelope] {
    var lines = bytes.split(separator: 0x0A, maxSplits: limit + 1, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard !lines.isEmpty else { throw EvidenceError(.malformed, "reading \(name): it has no envelope") }
    guard lines.count <= limit else {
      throw EvidenceError(.tooMuch, "reading \(name): it has more than \(limit) envelopes")
    }
    var envelopes: [Envelope] = []
    for (place, line) in lines.enumerated() {
      envelopes.append(try Envelope(bytes: Array(line), named: "line \(place + 1) of \(name)"))
    }
    return envelopes
  }

  /// The envelopes as lines, each with its end.
  public static func bytes(_ envelopes: [Envelope]) -> [UInt8] { envelopes.flatMap { $0.bytes + [0x0A] } }
}
