/// One rule: what in a wheel tells of which setting.
struct WheelRule: Sendable {
  /// What it is called in tests and documentation.
  var name: String
  /// What is looked at, for people.
  var evidence: String
  /// What follows, for people.
  var conclusion: String
  /// Fills in the plan and says why; nothing when the wheel does not tell.
  var apply: @Sendable (_ facts: WheelFacts, _ plan: inout WheelPlan) -> [Inference]

  /// All rules, in the order in which they are applied; a new one is one entry.
  static let all: [WheelRule] = [
    requirements, upload, generator, inTreeBackend, olderWheel, platformUnknown, licenceFile, noPlatform,
    companionAge, setuptoolsNeedsWheel, epoch, timeZone, treeTime, clock, umask, sourceModes, universal, windows,
    pythonVersion, compiledModules, compressor,
  ]
}

extension Inference {
  /// How sure a rule is: the artifact says it; it follows unless somebody went to lengths; it is likely.
  static let said = 1.0
  static let follows = 0.9
  static let likely = 0.7
}
