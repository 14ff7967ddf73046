public import Model

/// What a log says of one verdict: digests only, so that a public log tells nothing of what is confidential.
public struct VerdictRecord: Hashable, Sendable {
  /// The shipped artifact's.
  public let artifact: SHA256Digest
  /// Of the payload of the statement that the verdict is signed in.
  public let statement: SHA256Digest
  /// When the verdict was given, in seconds since 1970.
  public let time: Int64
  /// What was concluded.
  public let verdict: Verdict

  /// Makes a record of its parts; nil for a time outside the years 1970 to 9999.
  public init?(artifact: SHA256Digest, statement: SHA256Digest, time: Int64, verdict: Verdict) {
    guard (0..<253_402_300_800).contains(time) else { return nil }
    self.artifact = artifact
    self.statement = statement
    self.time = time
    self.verdict = verdict
  }

  /// Reads a record, of which there is only one way to write it.
  /// - Throws: `LogError` when the bytes are none.
  public init(bytes: some Collection<UInt8>, named what: String) throws(LogError) {
    let malformed = LogError(
      .malformed, "reading \(what): it is no record of a verdict",
      details: ["One is written like this: " + Self.example])
    // The places of the values are found first; that everything else is as it must be, writing it again shows.
    guard bytes.count < 512, let text = String(validating: bytes, as: UTF8.self) else { throw malformed }
    let words = text.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 19, let artifact = SHA256Digest(hex: words[3].dropFirst(7)),
      let statement = SHA256Digest(hex: words[9].dropFirst(7)),
      let time = TimeText.seconds(words[13].replacing("T", with: " ", maxReplacements: 1)),
      let verdict = Verdict(rawValue: words[17]),
      let record = VerdictRecord(artifact: artifact, statement: statement, time: time, verdict: verdict),
      record.bytes == Array(bytes)
    else { throw malformed }
    self = record
  }

  /// The record as it is written: JSON with sorted keys and without white space.
  public var bytes: [UInt8] {
    let time = TimeText.text(time).replacing(" ", with: "T")
    return Array(
      #"{"artifact":"sha256:\#(artifact)","record":1,"statement":"sha256:\#(statement)","time":"\#(time)","verdict":"\#(verdict.rawValue)"}"#
        .utf8)
  }

  private static let example =
    #"{"artifact":"sha256:<64 digits>","record":1,"statement":"sha256:<64 digits>","time":"2026-01-31T12:00:00Z","verdict":"reproduced"}"#
}
