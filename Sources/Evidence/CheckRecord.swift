public import Model

/// What the statements of one check are made of.
public struct CheckRecord: Sendable {
  /// The whole result.
  public let result: CheckResult
  /// The result without what the evaluator's view leaves out.
  public let evaluatorReport: [UInt8]
  /// The files of the evidence that statements name, by name: `report.json`, `build.log` and the like.
  public let files: [String: SHA256Digest]
  /// Who made the check: a URI.
  public let party: String
  /// When it was made, in seconds since 1970.
  public let time: Int64

  /// Makes a record of its parts.
  public init(
    result: CheckResult, evaluatorReport: [UInt8], files: [String: SHA256Digest], party: String, time: Int64
  ) {
    self.result = result
    self.evaluatorReport = evaluatorReport
    self.files = files
    self.party = party
    self.time = time
  }

  /// The time as RFC 3339 has it.
  var timeText: JSONTree { .text(TimeText.rfc3339(time)) }

  /// One of the files; nil where the check ended before there was one.
  func file(_ name: String, mediaType: String? = nil) -> ResourceDescriptor? {
    files[name].map { ResourceDescriptor(name: name, digest: ["sha256": $0.hex], mediaType: mediaType) }
  }
}
