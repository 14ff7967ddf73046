/// What is known of a build beside the bytes that came out of it.
public struct BuildFacts: Hashable, Sendable {
  /// The SOURCE_DATE_EPOCH of the build; nil where it is not known.
  public var epoch: Int64?
  /// When the build ran, in seconds since 1970; nil where that is not known.
  public var buildTimes: ClosedRange<Int64>?
  /// The name of the machine that built; nil where it is not known.
  public var hostName: String?
  /// The name of the user that built; nil where it is not known.
  public var user: String?
  /// The home folder of that user; nil where it is not known.
  public var home: String?
  /// The folder of the build; nil where it is not known.
  public var buildPath: String?

  /// Makes facts; those that are not given are not known.
  public init(
    epoch: Int64? = nil, buildTimes: ClosedRange<Int64>? = nil, hostName: String? = nil, user: String? = nil,
    home: String? = nil, buildPath: String? = nil
  ) {
    self.epoch = epoch
    self.buildTimes = buildTimes
    self.hostName = hostName
    self.user = user
    self.home = home
    self.buildPath = buildPath
  }

  /// Whether a time is within a day of the epoch or of the build.
  func isNear(_ seconds: Int64) -> Bool {
    // Times beyond these would overflow a distance; no clock says them.
    guard (-1 << 40..<1 << 40).contains(seconds) else { return false }
    if let epoch, epoch.magnitude < 1 << 40, epoch.distance(to: seconds).magnitude <= Self.day { return true }
    guard let buildTimes, buildTimes.lowerBound > -1 << 40, buildTimes.upperBound < 1 << 40 else { return false }
    return buildTimes.contains(seconds) || buildTimes.lowerBound.distance(to: seconds).magnitude <= Self.day
      || buildTimes.upperBound.distance(to: seconds).magnitude <= Self.day
  }

  private static let day: UInt = 86_400
}
