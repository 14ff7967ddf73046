public import Model

/// What is known of a build beside the bytes that came out of it.
public struct BuildFacts: Hashable, Sendable {
  /// The SOURCE_DATE_EPOCH of the build; nil where it is not known.
  public var epoch: Int64?

  /// Makes facts; those that are not given are not known.
  public init(epoch: Int64? = nil) { self.epoch = epoch }
}

/// Why shipped and rebuilt differ.
public enum CauseList {
  /// The same differences in the same order, each with its cause and its fix where they are known.
  public static func explain(_ differences: [Difference], facts: BuildFacts = BuildFacts()) -> [Difference] {
    differences
  }
}
