import Model

/// All settings of a build of a source distribution, as the rules fill them in and the search varies them.
struct SdistPlan: Hashable, Sendable {
  /// What it has in common with the build of a wheel: tools, versions, epoch, umask.
  var build = WheelPlan()
  /// Variables that tell plugins the version, which a version control system would.
  var variables: [String: String] = [:]
  /// What the build's clock shows.
  var clock: BuildClock?
  /// Whether the source's own PKG-INFO is taken away before the build.
  var dropsMetadata = false
  /// Whom the build takes itself to run as; nil is the sandbox's own user.
  var owner: SdistOwner?
  /// Whether tar archives are written as by Python before 3.9.
  var isOldPython = false
  /// What the source distribution does not tell, or tells and nothing can repeat.
  var questions: [String] = []
}
