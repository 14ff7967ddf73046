import ArgumentParser
import Glibc
import Keys
import SystemPackage
import TransparencyLog

/// `verbatim log checkpoint`.
struct LogCheckpointCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Write a log's verified checkpoint, prove that it only grew since another, and cosign it.",
    discussion: """
      Exit codes: 0 it holds, 2 it does not. A witness keeps the last checkpoint that it cosigned and names it with
      --since; it then cosigns nothing that does not continue it.
      """)

  @Argument(help: "The log's folder.")
  var log: String
  @OptionGroup var trust: LogTrustOptions
  @OptionGroup var witnesses: WitnessOptions
  @Option(help: ArgumentHelp("An older checkpoint of the log, which this one must continue.", valueName: "file"))
  var since: String?
  @Option(help: ArgumentHelp("Add a cosignature by this witness, with --key or --signer.", valueName: "name"))
  var cosignAs: String?
  @OptionGroup var signer: SignerOptions
  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; otherwise standard output.", valueName: "file"))
  var output: String?

  func validate() throws {
    guard (cosignAs == nil) == (signer.key == nil && signer.signer == nil) else {
      throw ValidationError("--cosign-as and --key or --signer belong together.")
    }
    guard cosignAs == nil || since != nil else {
      throw ValidationError(
        "A witness names what it cosigned last with --since; at first, a checkpoint that it has reason to believe.")
    }
  }

  func run() async throws {
    let key = try trust.key()
    let reader = try LogReader(FilePath(log), by: key)
    let verified = try witnesses.verified(reader.verified.note.bytes, by: key, named: "the checkpoint of \(log)")
    if let since {
      let bytes = try LogKey.read(FilePath(since), limit: SignedNote.sizeLimit)
      let old = try VerifiedCheckpoint(bytes: bytes, by: key, named: since).checkpoint
      let proof = try reader.proveConsistency(since: old)
      Console.error("The log of \(reader.size) entries continues that of \(old.size): \(proof.count) hashes prove it.")
    }
    if !witnesses.witness.isEmpty { Console.error(witnesses.told(verified)) }
    var note = verified.note
    if let cosignAs {
      let signing = try signer.required()
      let now = UInt64(clamping: time(nil))
      note = try await note.cosigned(
        as: LogKey.key(cosignAs, .cosignature, of: signing), with: signing, time: now)
    }
    try LogKey.write(note.bytes, to: output)
  }
}
