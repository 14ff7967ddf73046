import Digests
import Model

/// What binds the three views of one check to each other: full, evaluator, public.
///
/// Whoever has one and later gets another can see that both are of one check.
/// `Documentation/Formats/Evidence.md` describes it.
struct ViewStatement {
  let record: CheckRecord
  /// The payloads of the summaries, one for each artifact whose bytes were to be had.
  let summaries: [[UInt8]]

  /// One statement on all shipped artifacts; nil where no artifact's bytes were to be had.
  func statement() throws(EvidenceError) -> Statement? {
    var seen: Set<SHA256Digest> = []
    let subjects = record.result.artifacts.compactMap(\.shipped?.sha256).filter { seen.insert($0).inserted }
    guard !subjects.isEmpty else { return nil }
    return try Statement(
      subjects: subjects.map { ResourceDescriptor(digest: ["sha256": $0.hex]) }, predicateType: StatementType.view,
      predicate: .members([
        "party": .text(record.party),
        "time": record.timeText,
        "full": record.files["report.json"].map { .texts(["sha256": $0.hex]) },
        "evaluator": .texts(["sha256": SHA256Digest.of(record.evaluatorReport).hex]),
        "public": .list(summaries.map { .texts(["sha256": SHA256Digest.of($0).hex]) }),
        "files": .object(
          record.files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { .init($0.key, .texts(["sha256": $0.value.hex])) }),
      ]), named: "the views of the check")
  }
}
