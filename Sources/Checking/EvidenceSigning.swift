import Evidence
public import Keys
public import Model
import Reports
import Store
public import SystemPackage

/// Signs what a check has found: adds the statements, and the views that they bind, to its folder of evidence.
///
/// `Documentation/Formats/Evidence.md` describes the files.
public struct EvidenceSigning {
  /// What was signed.
  public struct Outcome: Sendable {
    /// The files that were written, by name.
    public let files: [String]
    /// How many statements they hold, those that are in two files counted once.
    public let statements: Int
  }

  /// The evaluator's view.
  static let evaluatorName = "evaluator.json"
  /// The public view.
  static let publicName = "public.intoto.jsonl"
  /// What binds the views.
  static let viewsName = "views.intoto.jsonl"

  /// What signs.
  public let signer: any Signing
  /// Who made the check: a URI.
  public let party: String
  /// In seconds since 1970.
  public let time: Int64
  /// Whether each statement is written as a bundle of Sigstore's as well.
  public let bundles: Bool

  /// Whether nobody said who signs.
  public var isNamedAfterKey: Bool { party == Self.party(of: signer) }

  /// Prepares signing; without a party it is the key's own name.
  public init(signer: any Signing, party: String?, time: Int64, bundles: Bool) {
    self.signer = signer
    self.party = party ?? Self.party(of: signer)
    self.time = time
    self.bundles = bundles
  }

  private static func party(of signer: any Signing) -> String { "urn:verbatim:key:\(signer.publicKey.keyID)" }

  /// Signs the evidence in a folder, as its report tells it.
  ///
  /// Throws when the folder has no report of a check.
  public func sign(_ folder: FilePath) async throws -> Outcome {
    let path = folder.appending(EvidenceFolder.reportName)
    guard Disk.exists(path) else {
      throw CheckError(
        "signing the evidence in \(folder): it has no \(EvidenceFolder.reportName)",
        advice: "Name the folder that `verbatim check` printed.")
    }
    guard case .check(let result) = try JSONReport().decode(try EvidenceFile.bytes(path)) else {
      throw CheckError("signing the evidence in \(folder): its report is of a comparison, not of a check")
    }
    return try await sign(result, in: folder)
  }

  /// Signs a result whose files are in a folder.
  public func sign(_ result: CheckResult, in folder: FilePath) async throws -> Outcome {
    let record = try EvidenceRecord.make(result, in: folder, party: party, time: time)
    let statements = try CheckStatements(record)
    var files: [(name: String, bytes: [UInt8])] = [(Self.evaluatorName, record.evaluatorReport)]
    var summaries: [Envelope] = []
    var count = 0
    for (name, artifact) in zip(Self.names(statements.artifacts.map(\.name)), statements.artifacts) {
      var envelopes: [Envelope] = []
      for statement in artifact.statements {
        let envelope = try await statement.sign(with: [signer])
        envelopes.append(envelope)
        guard bundles else { continue }
        let kind = statement.predicateType == StatementType.summary ? "summary" : "provenance"
        files.append(("\(name).\(kind).sigstore.json", try SigstoreBundle.bytes(envelope)))
      }
      guard !envelopes.isEmpty else { continue }
      count += envelopes.count
      files.append(("\(name).intoto.jsonl", EnvelopeLines.bytes(envelopes)))
      if artifact.summary != nil { summaries += envelopes.suffix(1) }
    }
    if let views = statements.views {
      count += 1
      files.append((Self.viewsName, EnvelopeLines.bytes([try await views.sign(with: [signer])])))
      files.append((Self.publicName, EnvelopeLines.bytes(summaries)))
    }
    for file in files { try put(file.bytes, folder.appending(file.name)) }
    return Outcome(files: files.map(\.name), statements: count)
  }

  /// What the files of each artifact begin with; numbered where another has the name, be it an artifact or a view.
  static func names(_ artifacts: [String]) -> [String] {
    var taken: Set = [publicName, viewsName]
    return artifacts.map { artifact in
      let name = FilePath(artifact).lastComponent?.string ?? "artifact"
      var found = name
      var number = 1
      while !taken.insert("\(found).intoto.jsonl").inserted {
        number += 1
        found = "\(number)-\(name)"
      }
      return found
    }
  }

  private func put(_ bytes: [UInt8], _ path: FilePath) throws {
    do { try Disk.replace(path, with: bytes) } catch let error as Errno {
      throw CheckError("writing \(path): \(error.description)", inconclusive: .machineFailed)
    }
  }
}
