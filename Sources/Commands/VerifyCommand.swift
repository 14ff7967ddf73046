import ArgumentParser
import Model
import Policies

/// `verbatim verify`.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Say what signed evidence on an artifact comes to under a policy.",
    discussion: """
      Reads files alone; never uses a network. Documentation/Formats/Policy.md describes policies.
      Exit codes: 0 reproduced, 1 different, 2 nothing that the policy takes or wrong usage, 3 equivalent.
      """)

  @OptionGroup var options: PolicyOptions

  @Flag(help: "Print the result as JSON and nothing else on standard output.")
  var json = false

  func run() async throws {
    let judgement = try await options.judge()
    if json {
      try JSONOutput.print(JudgementDocument(judgement))
    } else {
      Console.output(
        JudgementText(judgement, artifact: options.artifact, policy: options.policy).lines.joined(separator: "\n"))
    }
    throw ExitCode(judgement.verdict.exitCode)
  }
}
