import ArgumentParser
import Glibc
import Keys
import Model
import SystemPackage
import TransparencyLog

/// `verbatim log init|add|prove|verify|checkpoint`.
struct LogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Keep an append-only log of verdicts as plain files that anyone can serve and check.",
    subcommands: [Init.self, LogAddCommand.self, Prove.self, Verify.self, LogCheckpointCommand.self])

  struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make an empty log and sign its first checkpoint.")
    @Argument(help: "The log's folder, empty or not there.")
    var log: String
    @Option(
      help: ArgumentHelp(
        "What the log is called for ever: a URL without its scheme, such as example.org/log.", valueName: "name"))
    var origin: String
    @OptionGroup var signer: SignerOptions

    func run() async throws {
      let signing = try signer.required()
      let key = try LogKey.key(origin, .note, of: signing)
      try await LogWriter.create(FilePath(log), as: key, with: signing)
      Console.output(key.text)
    }
  }

  struct Prove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the proof that an entry is in the log, for whoever gets the evidence.")
    @Argument(help: "The log's folder.")
    var log: String
    @Argument(help: "The entry's index, as `log add` said it.")
    var index: UInt64
    @OptionGroup var trust: LogTrustOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; otherwise standard output.", valueName: "file"))
    var output: String?

    func run() async throws {
      let proof = try LogReader(FilePath(log), by: trust.key()).proveInclusion(index)
      try LogKey.write(proof.bytes, to: output)
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Verify that a record is in a log by its proof alone, or read and verify all of a log.",
      discussion: "Exit codes: 0 it holds, 2 it does not, or there is something wrong with what was given.")
    @Argument(help: "A proof, or the folder of a log.")
    var subject: String
    @Option(help: ArgumentHelp("The record that the proof is of.", valueName: "file"))
    var record: String?
    @OptionGroup var trust: LogTrustOptions
    @OptionGroup var witnesses: WitnessOptions

    func run() async throws {
      let key = try trust.key()
      let path = FilePath(subject)
      guard let record else {
        let log = try LogReader(path, by: key)
        let verified = try witnesses.verified(log.verified.note.bytes, by: key, named: "the checkpoint of \(subject)")
        try log.audit()
        return Console.output(
          "All \(log.size) entries of \(key.name) are as its checkpoint says. \(witnesses.told(verified))")
      }
      var bytes = try LogKey.read(FilePath(record), limit: 4096)
      if bytes.last == 0x0A { bytes.removeLast() }
      let parsed = try VerdictRecord(bytes: bytes, named: record)
      let proof = try InclusionProof(bytes: try LogKey.read(path, limit: InclusionProof.sizeLimit), named: subject)
      let verified = try proof.verify(
        parsed.bytes, by: key, witnesses: try witnesses.keys(), quorum: witnesses.quorum, named: subject)
      Console.output(
        "\(key.name) has at index \(proof.index): \(parsed.verdict.rawValue) for \(parsed.artifact). "
          + witnesses.told(verified))
    }
  }
}

/// Whose log is believed.
struct LogTrustOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The log's verifier key, name+hash+base64, or a file that has it.", valueName: "key"))
  var logKey: String

  func key() throws -> NoteKey { try LogKey.parse(logKey, .note, option: "--log-key") }
}

/// Who must have seen a checkpoint.
struct WitnessOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A witness's key, name+hash+base64, or a file that has it.", valueName: "key"))
  var witness: [String] = []

  @Option(help: ArgumentHelp("How many of the witnesses must have cosigned.", valueName: "number"))
  var quorum = 0

  func validate() throws {
    guard (0...witness.count).contains(quorum) else {
      throw ValidationError("--quorum takes a number from 0 to that of the witnesses.")
    }
  }

  func keys() throws -> [NoteKey] { try witness.map { try LogKey.parse($0, .cosignature, option: "--witness") } }

  func verified(_ bytes: [UInt8], by key: NoteKey, named what: String) throws -> VerifiedCheckpoint {
    try VerifiedCheckpoint(bytes: bytes, by: key, witnesses: keys(), quorum: quorum, named: what)
  }

  /// Who cosigned, as a sentence.
  func told(_ verified: VerifiedCheckpoint) -> String {
    guard !witness.isEmpty else { return "No witness was asked for." }
    let names = verified.cosignatures.map {
      "\($0.key.name) at " + TimeText.rfc3339(Int64(clamping: $0.time))
    }
    return "Cosigned by \(names.isEmpty ? "no witness" : names.joined(separator: ", "))."
  }
}

/// What the subcommands share about keys and files.
enum LogKey {
  static func key(_ name: String, _ kind: NoteKey.Kind, of signing: any Signing) throws -> NoteKey {
    if let key = NoteKey(name: name, kind: kind, publicKey: signing.publicKey) { return key }
    throw ValidationError(
      signing.publicKey.algorithm == .ed25519
        ? "The name must be without white space and +."
        : "Logs are signed with Ed25519: make a key with `verbatim key new --algorithm ed25519`.")
  }

  static func parse(_ text: String, _ kind: NoteKey.Kind, option: String) throws -> NoteKey {
    var text = text
    if NoteKey(text: text) == nil, let bytes = try? read(FilePath(text), limit: 4096) {
      text = String(decoding: bytes, as: UTF8.self)
      while text.hasSuffix("\n") { text.removeLast() }
    }
    guard let key = NoteKey(text: text), key.kind == kind else {
      throw ValidationError(
        "\(option) takes a \(kind == .note ? "log's" : "witness's") key as `verbatim key show --name` tells it.")
    }
    return key
  }

  static func read(_ path: FilePath, limit: Int) throws -> [UInt8] {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      return try file.closeAfter {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
          let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
          if count == 0 { return bytes }
          bytes += buffer[..<count]
          guard bytes.count <= limit else {
            throw LogError(.malformed, "reading \(path): it has more than \(limit) bytes")
          }
        }
      }
    } catch let error as Errno {
      throw LogError(.unusable, "reading \(path): \(error.description)")
    }
  }

  /// Writes a file whole or not at all, or to standard output.
  static func write(_ bytes: [UInt8], to output: String?) throws {
    guard let output else { return Console.write(bytes, to: .standardOutput) }
    try OutputFile(output).write(bytes)
  }
}
