import Model
import SystemPackage

extension WheelGuess {
  func alternatives(after result: CheckResult, rebuilt: [FilePath]) async throws -> [any Guess] {
    let built = rebuilt.first.flatMap { try? WheelFile($0, fileName: subject.fileName) }
    let symptoms = WheelSymptoms(result, shipped: facts.wheel, rebuilt: built)
    let found = WheelMoves(facts: facts, plan: plan, chosen: environment.chosen, symptoms: symptoms).suggestions
    return try await adding(each: found, replacing: ["build.clock"])
  }

  var isMeasurement: Bool { plan.clock?.rate == ClockFitting.measuringRate }

  func made(_ plan: WheelPlan, by moves: [WheelMove]) async throws -> WheelGuess {
    try await WheelGuess.make(subject, facts, plan, basis: basis, moves: moves, inferences: inferences, context)
  }
}
