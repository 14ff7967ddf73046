public import Evidence
public import Model
import Reports
import Store
public import SystemPackage

/// What statements and inventories are made of: a result and the digests of the files beside it.
public enum EvidenceRecord {
  /// The files that are named where they are there.
  private static let named = ["recipe.yaml", "recipe.lock", "report.json", "build.log", "second-build.log"]

  /// The record of a result whose files are in a folder.
  public static func make(
    _ result: CheckResult, in folder: FilePath, party: String, time: Int64
  ) throws -> CheckRecord {
    var digests: [String: SHA256Digest] = [:]
    for name in named where Disk.exists(folder.appending(name)) {
      digests[name] = try EvidenceFile.digest(folder.appending(name))
    }
    return CheckRecord(
      result: result, evaluatorReport: try JSONReport().render(.check(result.evaluatorView)), files: digests,
      party: party, time: time)
  }
}
