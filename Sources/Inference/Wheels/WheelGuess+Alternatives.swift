import Model
import SystemPackage

extension WheelGuess {
  func alternatives(after result: CheckResult, rebuilt: [FilePath]) async throws -> [any Guess] {
    let built = rebuilt.first.flatMap { try? WheelFile($0, fileName: subject.fileName) }
    let symptoms = WheelSymptoms(result, shipped: facts.wheel, rebuilt: built)
    let moves = WheelMoves(facts: facts, plan: plan, chosen: environment.chosen, symptoms: symptoms).suggestions
    var guesses: [any Guess] = []
    for move in moves {
      // A clock takes the place of the one before.
      let before = self.moves.filter {
        $0.inference.setting != "build.clock" || move.inference.setting != "build.clock"
      }
      // A version that the index does not have is no way on, and no reason to stop.
      if let guess = try await with(before + [move]) { guesses.append(guess) }
    }
    return guesses
  }

  var isMeasurement: Bool { plan.clock?.rate == ClockFitting.measuringRate }

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

  /// The first guess with these moves made; nil when no wheels meet them.
  private func with(_ moves: [WheelMove]) async throws -> WheelGuess? {
    var plan = basis
    for move in moves { move.change(&plan) }
    do {
      return try await WheelGuess.make(
        subject, facts, plan, basis: basis, moves: moves, inferences: inferences, context)
    } catch is InferenceError {
      return nil
    }
  }
}
