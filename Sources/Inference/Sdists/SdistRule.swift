/// One rule: what in a source distribution, against the tree that it was made of, tells of which setting.
struct SdistRule: Sendable {
  /// What it is called in tests and documentation.
  var name: String
  /// What is looked at, for people.
  var evidence: String
  /// What follows, for people.
  var conclusion: String
  /// Fills in the plan and says why; nothing when the source distribution does not tell.
  var apply: @Sendable (_ facts: SdistFacts, _ plan: inout SdistPlan) -> [Inference]

  /// All rules, in the order in which they are applied; a new one is one entry.
  static let all: [SdistRule] = [
    requirements, upload, inTreeBackend, metadataVersion, gzipTime, licenceFile, requiresDist, dynamicFields,
    sourceMetadata, pretendVersion, epoch,
    clock, treeTime, umask, sourceModes, owner, oldPython, packer,
  ]
}
