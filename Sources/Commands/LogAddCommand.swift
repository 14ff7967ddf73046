import ArgumentParser
import Digests
import Glibc
import Keys
import Model
import SystemPackage
import TransparencyLog

/// `verbatim log add`.
struct LogAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add records of verdicts; what it says was added is on the disk.",
    discussion: "Either --records, or --artifact, --statement and --verdict for one record.")

  @Argument(help: "The log's folder.")
  var log: String
  @OptionGroup var signer: SignerOptions
  @Option(help: ArgumentHelp("A file with one record a line; - for standard input.", valueName: "file"))
  var records: String?
  @Option(help: ArgumentHelp("Add at most so many records at once, with one checkpoint.", valueName: "number"))
  var batch = 10_000
  @Option(help: ArgumentHelp("The shipped artifact.", valueName: "file"))
  var artifact: String?
  @Option(help: ArgumentHelp("The payload of the statement that the verdict is signed in.", valueName: "file"))
  var statement: String?
  @Option(help: ArgumentHelp("What was concluded.", valueName: "verdict"))
  var verdict: String?
  @Option(
    help: ArgumentHelp(
      "When, in seconds since 1970; SOURCE_DATE_EPOCH or now when it is not given.", valueName: "seconds"))
  var time: Int64?

  func validate() throws {
    let given = [artifact, statement, verdict].count { $0 != nil }
    guard records == nil ? given == 3 : given == 0 && time == nil else {
      throw ValidationError("Give either --records, or --artifact, --statement and --verdict.")
    }
    guard verdict.map({ Verdict(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("--verdict takes \(Verdict.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard (1...1_000_000).contains(batch) else { throw ValidationError("--batch takes a number from 1 to 1000000.") }
  }

  func run() async throws {
    let path = FilePath(log)
    let signing = try signer.required()
    let key = try LogKey.key(LogReader.origin(of: path), .note, of: signing)
    let writer = try LogWriter(path, as: key, with: signing)
    guard let records else { return try await add([try single().bytes], to: writer) }
    var lines = try RecordLines(records)
    defer { lines.close() }
    while true {
      var entries: [[UInt8]] = []
      while entries.count < batch, let line = try lines.next() {
        entries.append(try VerdictRecord(bytes: Array(line), named: "line \(lines.count) of \(records)").bytes)
      }
      if entries.isEmpty { return }
      try Task.checkCancellation()
      try await add(entries, to: writer)
    }
  }

  private func add(_ entries: [[UInt8]], to writer: LogWriter) async throws {
    let first = try await writer.append(entries)
    Console.output(
      entries.count == 1 ? "Added entry \(first)." : "Added entries \(first) to \(first + UInt64(entries.count) - 1).")
  }

  private func single() throws -> VerdictRecord {
    guard let artifact, let statement, let verdict = verdict.flatMap(Verdict.init(rawValue:)) else {
      throw ValidationError("There is no record.")
    }
    // Of a variable that is set but no number, no time is made up.
    let epoch = Console.environment("SOURCE_DATE_EPOCH").map { Int64($0) ?? -1 }
    let seconds = time ?? epoch ?? Int64(Glibc.time(nil))
    let record = VerdictRecord(
      artifact: try digest(artifact), statement: try digest(statement), time: seconds, verdict: verdict)
    guard let record else { throw ValidationError("The time is no number of seconds since 1970.") }
    return record
  }

  private func digest(_ name: String) throws -> SHA256Digest {
    do {
      let file = try FileDescriptor.open(FilePath(name), .readOnly, options: [.closeOnExec])
      return try file.closeAfter {
        var digest = StreamingDigest()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while case let count = try unsafe buffer.withUnsafeMutableBytes({ try unsafe file.read(into: $0) }), count > 0 {
          digest.update(count == buffer.count ? buffer : Array(buffer[..<count]))
        }
        return digest.finishSHA256()
      }
    } catch let error as Errno {
      throw LogError(.unusable, "reading \(name): \(error.description)")
    }
  }
}

/// The lines of a file of records, however many there are.
private struct RecordLines {
  /// In bytes; a record is shorter.
  private static let lineLimit = 4096

  private(set) var count = 0
  private let name: String
  private let file: FileDescriptor
  private var buffer: [UInt8] = []
  private var place = 0
  private var isAtEnd = false

  init(_ name: String) throws {
    self.name = name
    do {
      file = name == "-" ? .standardInput : try FileDescriptor.open(FilePath(name), .readOnly, options: [.closeOnExec])
    } catch {
      throw LogError(.unusable, "reading \(name): \((error as? Errno)?.description ?? "\(error)")")
    }
  }

  func close() { if name != "-" { try? file.close() } }

  /// The next line without its end; nil at the end of the file.
  mutating func next() throws -> ArraySlice<UInt8>? {
    while true {
      if let end = buffer[place...].firstIndex(of: 0x0A) { return take(upTo: end, skipping: 1) }
      if isAtEnd { return place < buffer.count ? take(upTo: buffer.count, skipping: 0) : nil }
      guard buffer.count - place <= Self.lineLimit else {
        throw LogError(.malformed, "reading line \(count + 1) of \(name): it has more than \(Self.lineLimit) bytes")
      }
      try fill()
    }
  }

  private mutating func take(upTo end: Int, skipping: Int) -> ArraySlice<UInt8> {
    defer { place = end + skipping }
    count += 1
    return buffer[place..<end]
  }

  private mutating func fill() throws {
    buffer.removeSubrange(..<place)
    place = 0
    var more = [UInt8](repeating: 0, count: 1 << 16)
    let count = try unsafe more.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
    isAtEnd = count == 0
    buffer += more[..<count]
  }
}
