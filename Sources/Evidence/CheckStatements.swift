import Model

/// The statements of one check, as they are signed.
public struct CheckStatements: Sendable {
  /// What is said of one artifact.
  public struct OfArtifact: Sendable {
    /// The artifact's name.
    public let name: String
    /// On the rebuilt one; nil where nothing was rebuilt.
    public let provenance: Statement?
    /// On the shipped one; nil where its bytes were not to be had.
    public let summary: Statement?

    /// Those that there are.
    public var statements: [Statement] { [provenance, summary].compactMap { $0 } }
  }

  /// In the order of the recipe.
  public let artifacts: [OfArtifact]
  /// What binds the views; nil where no artifact's bytes were to be had.
  public let views: Statement?

  /// Says what a check has found; the same record always gives the same bytes.
  /// - Throws: `EvidenceError` for a record that no statement can be made of.
  public init(_ record: CheckRecord) throws(EvidenceError) {
    var artifacts: [OfArtifact] = []
    for artifact in record.result.artifacts {
      let provenance = try Provenance(record: record, artifact: artifact).statement()
      let summary = try VerificationSummary(
        record: record, artifact: artifact, provenance: provenance?.payload
      ).statement()
      artifacts.append(OfArtifact(name: artifact.name, provenance: provenance, summary: summary))
    }
    self.artifacts = artifacts
    views = try ViewStatement(record: record, summaries: artifacts.compactMap { $0.summary?.payload }).statement()
  }
}
