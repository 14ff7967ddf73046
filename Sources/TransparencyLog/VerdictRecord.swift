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
  public init(bytes: [UInt8], named what: String) throws(LogError) {
    let malformed = LogError(
      .malformed, "reading \(what): it is no record of a verdict",
      details: ["One is written like this: " + Self.example])
    // The places of the values are found first; that everything else is as it must be, writing it again shows.
    guard bytes.count < 512 else { throw malformed }
    let words = bytes.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
    guard words.count == 19, let artifact = Self.digest(words[3]), let statement = Self.digest(words[9]),
      let time = TimeText.seconds(Self.text(Self.changed(words[13], UInt8(ascii: "T"), to: UInt8(ascii: " ")))),
      let verdict = Verdict(rawValue: Self.text(words[17])),
      let record = VerdictRecord(artifact: artifact, statement: statement, time: time, verdict: verdict),
      record.bytes == bytes
    else { throw malformed }
    self = record
  }

  /// The record as it is written: JSON with sorted keys and without white space.
  public var bytes: [UInt8] {
    let time = Self.text(Self.changed(Array(TimeText.text(time).utf8)[...], UInt8(ascii: " "), to: UInt8(ascii: "T")))
    return Array(
      #"{"artifact":"sha256:\#(artifact)","record":1,"statement":"sha256:\#(statement)","time":"\#(time)","verdict":"\#(verdict.rawValue)"}"#
        .utf8)
  }

  /// What follows `sha256:`; that it does, writing it again shows.
  private static func digest(_ word: ArraySlice<UInt8>) -> SHA256Digest? {
    SHA256Digest(hex: text(word.dropFirst(7)))
  }

  /// RFC 3339 has a `T` where people read a space.
  private static func changed(_ bytes: ArraySlice<UInt8>, _ old: UInt8, to new: UInt8) -> ArraySlice<UInt8> {
    var bytes = bytes
    for place in bytes.indices where bytes[place] == old { bytes[place] = new }
    return bytes
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  private static let example =
    #"{"artifact":"sha256:<64 digits>","record":1,"statement":"sha256:<64 digits>","time":"2026-01-31T12:00:00Z","verdict":"reproduced"}"#
}
