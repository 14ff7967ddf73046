import ArgumentParser
import Checking
import Evidence
import Model
import Policies
import Reports
import SystemPackage

/// `verbatim endorse`.
struct EndorseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "endorse", abstract: "Sign that independent parties have built the same bytes.",
    discussion: """
      Writes a verification summary with SLSA_BUILD_REPRODUCED when, and only when, the parties that the policy asks for,
      at least two, have each signed both the verdict reproduced and the provenance of a build of their own.
      Exit codes: 0 endorsed, 2 not.
      """)

  @OptionGroup var options: PolicyOptions
  @OptionGroup var signing: SigningOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to write.", discussion: "Default: <artifact>.endorsement.intoto.jsonl in this folder.",
      valueName: "file"))
  var output: String?

  func run() async throws {
    let signing = try signing.required()
    let endorsement = try Endorsement(
      try await options.judge(options.read()), by: signing.party,
      program: (name: Program.identity.name, version: Program.identity.version), time: signing.time)
    let envelope = try await endorsement.statement.sign(with: [signing.signer])
    let name = FilePath(options.artifact).lastComponent?.string ?? "artifact"
    let path = output ?? "\(name).endorsement.intoto.jsonl"
    try OutputFile(path).write(EnvelopeLines.bytes([envelope]))
    if signing.bundles {
      try OutputFile("\(path).sigstore.json").write(SigstoreBundle.bytes(envelope))
    }
    let names = endorsement.parties.map { VisibleText.escaped($0.name) }.joined(separator: ", ")
    Console.output("endorsed     \(Endorsement.level): \(names)")
    Console.output("             \(path)")
  }
}
