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
    guard let signing = try signing.open() else { throw ValidationError("Name what signs, with --key or --signer.") }
    let endorsement = try Endorsement(
      try await options.judge(), by: signing.party,
      program: (name: Program.identity.name, version: Program.identity.version), time: signing.time)
    let envelope = try await endorsement.statement.sign(with: [signing.signer])
    let name = FilePath(options.artifact).lastComponent?.string ?? "artifact"
    let path = FilePath(output ?? "\(name).endorsement.intoto.jsonl")
    try EndorsementFile.write(EnvelopeLines.bytes([envelope]), to: path)
    if signing.bundles {
      try EndorsementFile.write(SigstoreBundle.bytes(envelope), to: FilePath("\(path).sigstore.json"))
    }
    let names = endorsement.parties.map { VisibleText.escaped($0.name) }.joined(separator: ", ")
    Console.output("endorsed     \(Endorsement.level): \(names)")
    Console.output("             \(path)")
  }
}
