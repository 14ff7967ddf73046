/// One thing that was read in a shipped artifact, and the setting of the recipe that follows from it.
public struct Inference: Codable, Hashable, Sendable {
  /// The recipe's key, with dots between, for example `build.epoch`.
  public var setting: String
  /// The value, as the recipe has it.
  public var value: String
  /// What it was concluded from.
  public var evidence: String
  /// From 0 to 1.
  public var confidence: Double

  /// Makes an inference of its parts.
  public init(setting: String, value: String, evidence: String, confidence: Double) {
    self.setting = setting
    self.value = value
    self.evidence = evidence
    self.confidence = confidence
  }
}
