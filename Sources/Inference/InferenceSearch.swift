public import Model
import RecipeFormat
public import SystemPackage

/// Checks guesses, the most likely first, until one reproduces what was shipped or the builds are used up.
public struct InferenceSearch: Sendable {
  /// How many builds may be made in all.
  public let builds: Int
  /// Whether others than the first guess are tried.
  public let triesOthers: Bool
  /// Whether settings that may be without effect are dropped once a guess reproduces.
  public let simplifies: Bool

  /// What a search came to.
  public struct Outcome: Sendable {
    /// The guess that reproduced, or else the one with the fewest differences.
    public var guess: any Guess
    /// What its check gave.
    public var result: CheckResult
    /// How many builds were made.
    public var builds: Int

    /// Makes it of its parts.
    public init(guess: any Guess, result: CheckResult, builds: Int) {
      self.guess = guess
      self.result = result
      self.builds = builds
    }
  }

  /// What a check of a guess gave.
  public struct Checked: Sendable {
    /// Its result.
    public var result: CheckResult
    /// The files that the build left, in the order of the recipe's artifacts.
    public var rebuilt: [FilePath]

    /// Makes it of its parts.
    public init(result: CheckResult, rebuilt: [FilePath]) {
      self.result = result
      self.rebuilt = rebuilt
    }
  }

  /// Prepares a search.
  public init(builds: Int, triesOthers: Bool, simplifies: Bool = true) {
    self.builds = max(builds, 1)
    self.triesOthers = triesOthers
    self.simplifies = simplifies
  }

  /// Searches from a first guess on; `check` builds a guess's recipe and compares.
  public func run(
    from first: any Guess, progress: any ProgressSink, check: (any Guess) async throws -> Checked
  ) async throws -> Outcome {
    let start = try await check(first)
    var best = Outcome(guess: first, result: start.result, builds: 1)
    guard triesOthers else { return best }
    var tried = [first.draft.recipe]
    // A build that fails for another reason has come further, or at least says something new.
    var failures: Set<InconclusiveReason> = []
    if let reason = start.result.reason { failures.insert(reason) }
    var open =
      best.result.verdict == .reproduced
      ? [] : try await first.alternatives(after: start.result, rebuilt: start.rebuilt)
    while best.result.verdict != .reproduced, best.builds < builds, !open.isEmpty {
      try Task.checkCancellation()
      let guess = open.removeFirst()
      let recipe = guess.draft.recipe
      guard !tried.contains(recipe) else { continue }
      tried.append(recipe)
      progress.report(.notice("trying again: " + Self.change(from: best.guess, to: guess)))
      let checked = try await check(guess)
      let result = checked.result
      let count = best.builds + 1
      let isNewFailure =
        best.result.verdict == .inconclusive && result.reason.map { failures.insert($0).inserted } == true
      let isBetter = Self.rank(result) < Self.rank(best.result) || isNewFailure
      if isBetter {
        best = Outcome(guess: guess, result: result, builds: count)
        // What is left differs for other reasons, so what was planned before comes after what is learnt now.
        open =
          result.verdict == .reproduced
          ? [] : try await guess.alternatives(after: result, rebuilt: checked.rebuilt) + open
      } else {
        best.builds = count
        if guess.isMeasurement { open = try await guess.alternatives(after: result, rebuilt: checked.rebuilt) + open }
      }
    }
    if simplifies, best.result.verdict == .reproduced, best.builds > 1 {
      try await simplify(&best, &tried, progress: progress, check: check)
    }
    return best
  }

  /// Keeps the smallest set of settings that reproduces.
  private func simplify(
    _ best: inout Outcome, _ tried: inout [Recipe], progress: any ProgressSink,
    check: (any Guess) async throws -> Checked
  ) async throws {
    var open = try await best.guess.simplifications()
    while best.builds < builds, !open.isEmpty {
      let guess = open.removeFirst()
      guard !tried.contains(guess.draft.recipe) else { continue }
      tried.append(guess.draft.recipe)
      progress.report(.notice("trying with less: " + Self.change(from: best.guess, to: guess)))
      let result = try await check(guess).result
      best.builds += 1
      guard result.verdict == .reproduced else { continue }
      best = Outcome(guess: guess, result: result, builds: best.builds)
      open = try await guess.simplifications()
    }
  }

  /// Fewer is better: a build that ends before one that does not, then by how much differs.
  static func rank(_ result: CheckResult) -> Int {
    switch result.verdict {
    case .reproduced: 0
    case .equivalent: 1
    case .different:
      2 + result.artifacts.reduce(0) { $0 + $1.differences.count { $0.cause?.follows == nil } }
    case .inconclusive: Int.max
    }
  }

  /// The settings in which two guesses differ, in a line.
  private static func change(from old: any Guess, to new: any Guess) -> String {
    func settings(_ guess: any Guess) -> [String] { guess.draft.inferences.map { "\($0.setting) \($0.value)" } }
    let before = settings(old)
    let after = settings(new)
    let added = after.filter { !before.contains($0) }
    let removed = before.filter { !after.contains($0) }.map { "without \($0)" }
    return (added.isEmpty ? removed : added).prefix(3).joined(separator: ", ")
  }
}
