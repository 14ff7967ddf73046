/// What a check concludes; graded, and never rounded up.
public enum Verdict: String, Codable, Sendable, CaseIterable {
  /// Every shipped artifact has a rebuilt one with the same bytes.
  case reproduced
  /// All differences are declared exceptions and the shipped bytes were reconstructed from the rebuilt ones.
  case equivalent
  /// The check could not be made.
  case inconclusive
  /// At least one byte differs that no exception declares.
  case different

  /// The exit code of a program run that ends with this verdict.
  public var exitCode: Int32 {
    switch self {
    case .reproduced: 0
    case .different: 1
    case .inconclusive: 2
    case .equivalent: 3
    }
  }

  /// The verdict on several artifacts: the worst one.
  ///
  /// `different` outweighs `inconclusive`, because a difference that was found stays found whatever else
  /// could not be checked. No artifact at all is `inconclusive`: nothing was checked.
  public static func worst(of verdicts: some Collection<Verdict>) -> Verdict {
    verdicts.max() ?? .inconclusive
  }
}

extension Verdict: Comparable {
  /// Better verdicts come first.
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .reproduced: 0
    case .equivalent: 1
    case .inconclusive: 2
    case .different: 3
    }
  }
}
