import FoundationEssentials
import Model

/// The result as SARIF 2.1.0: a rule for each cause, a result for each difference that follows from no other.
public struct SARIFReport: Sendable {
  /// How many results a file holds at most; known readers refuse a few thousand more.
  public static let resultLimit = 20_000

  /// How the reader finds the whole result.
  public var reportName: String

  private let limit: Int

  /// Makes a renderer; `limit` is how many results a file holds at most.
  public init(reportName: String = "report.json", limit: Int = SARIFReport.resultLimit) {
    self.reportName = reportName
    self.limit = limit
  }

  /// The file as UTF-8 JSON with sorted keys.
  public func render(_ result: ReportedResult) throws(ReportError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return try [UInt8](encoder.encode(log(result))) + [UInt8(ascii: "\n")]
    } catch {
      throw ReportError("writing the report as SARIF: \(error)")
    }
  }

  private func log(_ result: ReportedResult) -> SARIFLog {
    let causes = CauseTable(result.artifacts).rows.filter { $0.roots > 0 }
    let selection = DifferenceSelection(result.artifacts, limit: limit, rootsOnly: true)
    var numbers: [String?: Int] = [:]
    for (number, row) in causes.enumerated() { numbers[row.name] = number }
    let results = zip(result.artifacts, selection.chosen).enumerated().flatMap { number, entry in
      let followers = Self.followers(entry.0)
      return entry.1.map { index in
        Self.result(entry.0, index, number, numbers[entry.0.differences[index].cause?.name], followers[index] ?? 0)
      }
    }
    let driver = SARIFLog.Driver(
      name: result.program.name, version: VisibleText.escaped(result.program.version), rules: causes.map(Self.rule))
    let reason = result.reason.map { [SARIFLog.Notification(message: .init($0.message))] }
    let run = SARIFLog.Run(
      tool: .init(driver: driver),
      invocations: [
        .init(
          executionSuccessful: result.verdict != .inconclusive, exitCode: Int(result.verdict.exitCode),
          toolExecutionNotifications: reason)
      ],
      artifacts: result.artifacts.map(Self.artifact), results: results,
      properties: .init(
        verdict: result.verdict.rawValue, omittedResults: selection.left, wholeResult: reportName))
    return SARIFLog(runs: [run])
  }

  private static func rule(_ row: CauseTable.Row) -> SARIFLog.Rule {
    let title = DifferenceLines.shortened(row.title, to: 200)
    return SARIFLog.Rule(
      id: identifier(row.name), shortDescription: .init("Shipped and rebuilt differ: \(title)."),
      help: row.fix.map { .init("To mend it: \($0)") },
      defaultConfiguration: .init(level: CauseTable.isGrave(row.name) ? "error" : "warning"))
  }

  private static func artifact(_ artifact: ArtifactResult) -> SARIFLog.Artifact {
    let file = artifact.shipped ?? artifact.rebuilt
    return SARIFLog.Artifact(
      location: .init(uri: uri(artifact.name)), length: file?.size, hashes: file.map { ["sha-256": $0.sha256.hex] },
      roles: ["analysisTarget"],
      properties: .init(
        verdict: artifact.verdict.rawValue, rebuiltSha256: artifact.rebuilt?.sha256.hex,
        reconstruction: ReconstructionWords(artifact).map { words in
          ([words.line] + words.details()).map { DifferenceLines.shortened($0, to: 1000) }
        }))
  }

  private static func result(
    _ artifact: ArtifactResult, _ index: Int, _ number: Int, _ rule: Int?, _ followers: Int
  ) -> SARIFLog.Result {
    let difference = artifact.differences[index]
    let place = DifferenceLines.shortened(DifferenceLines.place(difference), to: 1000)
    let name = DifferenceLines.shortened(difference.region ?? difference.path.last ?? artifact.name, to: 400)
    let logical = SARIFLog.LogicalLocation(
      name: name, fullyQualifiedName: place.isEmpty ? name : place,
      kind: difference.region == nil ? "member" : "element")
    let level = difference.exception != nil ? "note" : CauseTable.isGrave(difference.cause?.name) ? "error" : "warning"
    return SARIFLog.Result(
      ruleId: identifier(difference.cause?.name), ruleIndex: rule, level: level,
      message: .init("\(place.isEmpty ? name : place): \(DifferenceLines.message(difference))"),
      locations: [
        .init(
          physicalLocation: .init(artifactLocation: .init(uri: uri(artifact.name), index: number)),
          logicalLocations: [logical])
      ],
      suppressions: difference.exception.map { [.init(kind: "external", justification: VisibleText.escaped($0))] },
      properties: .init(
        id: difference.id, kind: difference.kind.rawValue, format: difference.format, role: difference.role?.rawValue,
        offset: difference.offset, length: difference.length,
        confidence: difference.cause.flatMap { $0.confidence.isFinite ? $0.confidence : nil },
        followers: followers > 0 ? followers : nil))
  }

  /// How many differences follow from each.
  private static func followers(_ artifact: ArtifactResult) -> [Int: Int] {
    let roots = Roots(artifact.differences)
    return artifact.differences.indices.reduce(into: [:]) { counts, index in
      if !roots.isRoot(index) { counts[roots.root[index], default: 0] += 1 }
    }
  }

  private static func identifier(_ cause: String?) -> String { VisibleText.escaped(cause ?? "not-explained") }

  /// A relative reference of RFC 3986 with all else percent-encoded.
  private static func uri(_ name: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return name.utf8.reduce(into: "") { text, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: "+"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }
}
