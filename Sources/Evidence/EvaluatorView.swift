public import Model

extension CheckResult {
  /// The result as the evaluator's view has it: where differences are and why, without a byte of what is there.
  ///
  /// What could quote a source or a log is left out: both values, places, evidence of causes, patches, and the lines of a
  /// failure.
  public var evaluatorView: CheckResult {
    var view = self
    view.reason = reason.map { InconclusiveReason(kind: $0.kind, message: "a reason that the full view has") }
    view.stages = stages.map { StageResult(name: $0.name, seconds: $0.seconds) }
    view.artifacts = artifacts.map { artifact in
      var artifact = artifact
      artifact.differences = artifact.differences.map(\.withoutContent)
      for index in artifact.reconstruction?.patches.indices ?? 0..<0 {
        artifact.reconstruction?.patches[index].removed = ""
        artifact.reconstruction?.patches[index].inserted = ""
      }
      return artifact
    }
    return view
  }
}

extension Difference {
  fileprivate var withoutContent: Difference {
    var difference = self
    (difference.shipped, difference.rebuilt, difference.places) = (nil, nil, nil)
    difference.cause?.evidence = "in the full view"
    return difference
  }
}
