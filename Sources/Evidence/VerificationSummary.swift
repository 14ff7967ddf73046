import Digests
import Model

/// SLSA Verification Summary v1 of the verdict on a shipped artifact, which is also the public view of the check.
///
/// It has digests, the verdict, counts and the names of causes, and nothing that comes from the source, the build or the
/// artifact itself: no name, no path, no value. `Documentation/Formats/Evidence.md` describes `verbatim_check`.
struct VerificationSummary {
  /// What a grade is called among the verified properties.
  static func property(_ verdict: Verdict) -> String { "VERBATIM_\(verdict.rawValue.uppercased())" }

  let record: CheckRecord
  let artifact: ArtifactResult
  /// The payload of the provenance that it rests on; nil where nothing was rebuilt.
  let provenance: [UInt8]?

  /// The statement on the shipped artifact; nil where its bytes were not to be had.
  func statement() throws(EvidenceError) -> Statement? {
    guard let shipped = artifact.shipped else { return nil }
    return try Statement(
      subjects: [ResourceDescriptor(digest: ["sha256": shipped.sha256.hex])],
      predicateType: StatementType.summary, predicate: predicate(shipped.sha256),
      named: "the summary of \(shipped.sha256.hex)")
  }

  private var result: CheckResult { record.result }
  private var isPassed: Bool { artifact.verdict == .reproduced || artifact.verdict == .equivalent }

  private func predicate(_ shipped: SHA256Digest) -> JSONTree {
    .members([
      "verifier": .members([
        "id": .text(record.party), "version": .texts([result.program.name: result.program.version]),
      ]),
      "timeVerified": record.timeText,
      "resourceUri": .text("urn:verbatim:artifact:sha256:\(shipped.hex)"),
      "policy": .members([
        "uri": .text("urn:verbatim:recipe:sha256:\(result.recipe.digest.hex)"),
        "digest": .texts(["sha256": result.recipe.digest.hex]),
      ]),
      "inputAttestations": provenance.map { payload in
        .list([.members(["digest": .texts(["sha256": SHA256Digest.of(payload).hex])])])
      },
      "verificationResult": .text(isPassed ? "PASSED" : "FAILED"),
      "verifiedLevels": .list(((isPassed ? [] : ["FAILED"]) + [Self.property(artifact.verdict)]).map(JSONTree.text)),
      "verbatim_check": check,
    ])
  }

  private var check: JSONTree {
    .members([
      "format": .integer(1),
      "verdict": .text(artifact.verdict.rawValue),
      "verdictOnAll": .text(result.verdict.rawValue),
      "reason": artifact.verdict == .inconclusive ? result.reason.map { .text($0.kind.rawValue) } : nil,
      "deterministic": artifact.verdict == .different ? result.deterministic.map(JSONTree.bool) : nil,
      "lock": result.recipe.lock.map { .texts(["sha256": $0.hex]) },
      "source": .list(
        result.source.map {
          .members(["swhid": .text($0.swhid.description), "digest": .texts(["sha256": $0.sha256.hex])])
        }),
      "environment": result.environment.map { .texts(["sha256": $0.sha256.hex]) },
      "rebuilt": artifact.rebuilt.map { .texts(["sha256": $0.sha256.hex]) },
      "differences": artifact.differences.isEmpty ? nil : counts,
      "reconstruction": reconstruction,
      "views": .members([
        "full": record.files["report.json"].map { .texts(["sha256": $0.hex]) },
        "evaluator": .texts(["sha256": SHA256Digest.of(record.evaluatorReport).hex]),
      ]),
    ])
  }

  private var counts: JSONTree {
    var causes: [String: (roots: Int, follow: Int)] = [:]
    for difference in artifact.differences {
      let name = difference.cause?.name ?? "unknown"
      if difference.cause?.follows == nil {
        causes[name, default: (0, 0)].roots += 1
      } else {
        causes[name, default: (0, 0)].follow += 1
      }
    }
    let whole = artifact.accounting.first { $0.path.isEmpty }?.shipped
    return .members([
      "count": .integer(artifact.differences.count),
      "causes": .object(
        causes.sorted { $0.key < $1.key }.map { name, counts in
          .init(name, .members(["roots": .integer(counts.roots), "follow": .integer(counts.follow)]))
        }),
      "bytes": whole.map {
        .members([
          "size": .integer($0.size), "equal": .integer($0.equal), "named": .integer($0.named),
          "unexplained": .integer($0.unexplained),
        ])
      },
    ])
  }

  /// How many bytes the shipped side has in declared places, where it was made of the rebuilt one.
  private var reconstruction: JSONTree? {
    guard artifact.verdict == .equivalent, let found = artifact.reconstruction else { return nil }
    return .members([
      "patches": .integer(found.patches.count), "bytes": .integer(found.patches.reduce(0) { $0 + $1.bytes }),
      "ofDecodedContents": .bool(found.ofDecodedContents),
    ])
  }
}
