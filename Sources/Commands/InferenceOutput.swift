import FoundationEssentials
import Inference
import Model
import Reports
import SystemPackage

/// What `verbatim infer` prints.
enum InferenceOutput {
  /// Each inference as evidence → conclusion → how sure it is, and what is left to find out.
  static func tell(_ draft: RecipeDraft, folder: FilePath) {
    let wrapping = LineWrapping(width: min(Console.width(.standardOutput), 100))
    for inference in draft.inferences {
      let text = VisibleText.escaped(
        "\(inference.evidence) → \(inference.setting): \(inference.value) → \(InferenceText.confidence(inference))")
      for line in wrapping.lines(text, first: "  ", rest: "      ") { Console.output(line) }
    }
    for question in draft.questions {
      for line in wrapping.lines(VisibleText.escaped("to be found out: \(question)"), first: "  ", rest: "      ") {
        Console.output(line)
      }
    }
    Console.output(
      "\(folder)/recipe.yaml: written"
        + (draft.isStart ? "; complete it before it is checked." : ", with recipe.lock beside it."))
  }

  /// What a person should know beside the report.
  static func tell(_ remark: String) {
    let wrapping = LineWrapping(width: min(Console.width(.standardOutput), 100))
    for line in wrapping.lines(VisibleText.escaped(remark), first: "note: ", rest: "      ") { Console.output(line) }
    Console.output("")
  }

  /// The result of the check with what was inferred and how many builds were made.
  static func print(_ result: CheckResult, _ inferences: [Inference], builds: Int) throws {
    let report = try JSONReport().render(.check(result))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let added = "{\n  \"builds\" : \(builds),\n  \"inferences\" : "
    // The report is one object; what is added goes before its first key.
    Console.write(
      Array(added.utf8) + (try encoder.encode(inferences)) + Array(",".utf8) + report.dropFirst(), to: .standardOutput)
  }

  private struct Written: Encodable {
    var recipe: String
    var builds: Int
    var inferences: [Inference]
    var questions: [String]
  }

  /// What was inferred, where no check was asked for.
  static func print(_ draft: RecipeDraft, folder: FilePath) throws {
    try JSONOutput.print(
      Written(recipe: "\(folder)/recipe.yaml", builds: 0, inferences: draft.inferences, questions: draft.questions))
  }
}
