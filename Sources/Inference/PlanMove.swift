import Model

/// One change of a plan that a difference or a failure suggests.
struct PlanMove<Plan>: Sendable {
  /// Why, and what is set.
  var inference: Inference
  /// Makes the change.
  var change: @Sendable (inout Plan) -> Void

  init(
    _ setting: String, _ value: String, evidence: String, confidence: Double = Inference.likely,
    change: @escaping @Sendable (inout Plan) -> Void
  ) {
    inference = Inference(setting: setting, value: value, evidence: evidence, confidence: confidence)
    self.change = change
  }
}

/// A guess that is the rules' plan with the moves that a search made.
protocol MovedGuess: Guess {
  associatedtype Plan
  /// The plan before the search changed it.
  var basis: Plan { get }
  /// What the search changed.
  var moves: [PlanMove<Plan>] { get }

  /// The same with another plan, which these moves came to.
  func made(_ plan: Plan, by moves: [PlanMove<Plan>]) async throws -> Self
}

extension MovedGuess {
  /// With one move more; one of a setting that has one value takes the place of the one before.
  ///
  /// What no wheels meet is left out: a version that the index does not have is no way on, and no reason to stop.
  func adding(each found: [PlanMove<Plan>], replacing single: Set<String>) async throws -> [any Guess] {
    var guesses: [any Guess] = []
    for move in found {
      let setting = move.inference.setting
      let before = moves.filter { $0.inference.setting != setting || !single.contains(setting) }
      if let guess = try await with(before + [move]) { guesses.append(guess) }
    }
    return guesses
  }

  func simplifications() async throws -> [any Guess] {
    // The last move is what made it reproduce.
    var guesses: [any Guess] = []
    for index in moves.indices.dropLast() {
      var fewer = moves
      fewer.remove(at: index)
      if let guess = try await with(fewer) { guesses.append(guess) }
    }
    return guesses
  }

  private func with(_ moves: [PlanMove<Plan>]) async throws -> Self? {
    var plan = basis
    for move in moves { move.change(&plan) }
    do {
      return try await made(plan, by: moves)
    } catch is InferenceError {
      return nil
    }
  }
}
