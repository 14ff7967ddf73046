import Model

extension WheelGuess {
  func alternatives(after result: CheckResult) async throws -> [any Guess] { [] }

  func simplifications() async throws -> [any Guess] { [] }
}
