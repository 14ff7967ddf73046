import Digests
import Evidence
import Model
import Reports
public import SystemPackage

/// The full view of a check, against which the public one is held.
///
/// A digest in the public view shows that both are of one check. Whether it also says what the full view says is seen by
/// making the statement once more from that: the same check gives the same bytes.
public struct FullView {
  /// What a statement is worth beside the full view.
  public enum Answer: Hashable, Sendable {
    /// It is what the full view gives, byte for byte.
    case same
    /// It is of another check, or no verdict of one.
    case anotherCheck
    /// It is of this check and says something else in these fields.
    case contradicts([String])
  }

  /// How many fields are named.
  static let fieldLimit = 20

  private let folder: FilePath
  private let result: CheckResult
  private let digest: SHA256Digest

  /// Reads the report in a folder of evidence.
  ///
  /// Throws when the folder has no report of a check.
  public init(_ folder: FilePath) throws {
    self.folder = folder
    let path = folder.appending(EvidenceFolder.reportName)
    digest = try EvidenceFile.digest(path)
    guard case .check(let result) = try JSONReport().decode(try EvidenceFile.bytes(path)) else {
      throw CheckError("reading the full view in \(folder): its report is of a comparison, not of a check")
    }
    self.result = result
  }

  /// Holds the payload of a summary against it.
  public func answer(to payload: [UInt8]) throws -> Answer {
    let statement = try Statement(payload: payload, named: "the summary")
    let predicate = statement.predicate
    guard predicate["verbatim_check"]?["views"]?["full"]?["sha256"]?.text == digest.hex,
      let verdict = try VerdictStatement(statement, named: "the summary")
    else { return .anotherCheck }
    let record = try EvidenceRecord.make(result, in: folder, party: verdict.party, time: verdict.time)
    let own = try CheckStatements(record).artifacts.compactMap(\.summary)
    if own.contains(where: { $0.payload == payload }) { return .same }
    guard let expected = own.first(where: { $0.subjects == statement.subjects }) else {
      return .contradicts(["subject"])
    }
    let fields = Self.differing(expected.predicate, predicate, "")
    return .contradicts(fields.isEmpty ? ["the order or names of fields"] : Array(fields.prefix(Self.fieldLimit)))
  }

  /// The paths of the values that are not the same.
  private static func differing(_ one: JSONTree?, _ other: JSONTree?, _ path: String) -> [String] {
    guard one != other else { return [] }
    guard let members = one?.members, let others = other?.members else { return [path] }
    var seen: Set<String> = []
    return (members + others).map(\.name).filter { seen.insert($0).inserted }.flatMap { name in
      differing(one?[name], other?[name], path.isEmpty ? name : "\(path).\(name)")
    }
  }
}
