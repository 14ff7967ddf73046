import ArgumentParser
import Checking
import SystemPackage

/// `verbatim sign`.
struct SignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign the evidence that a check left.",
    discussion: """
      What `verbatim check --key` does at its end, for keys that are not where checks are made.
      The folder gets the statements; those of an earlier signing are replaced.
      """)

  @Argument(help: "A folder of evidence.")
  var evidence: String

  @OptionGroup var signing: SigningOptions

  func run() async throws {
    let signing = try signing.required()
    let outcome = try await signing.sign(FilePath(evidence))
    SigningOptions.tell(outcome, by: signing)
    for file in outcome.files { Console.output("             \(file)") }
  }
}
