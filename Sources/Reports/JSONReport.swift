import FoundationEssentials
import Model

/// The whole result as JSON: what `report.json` holds and what `--json` prints.
///
/// The same result always gives the same bytes. `Documentation/Formats/Report.md` describes the format.
public struct JSONReport: Sendable {
  /// Makes the renderer.
  public init() {}

  /// The result as UTF-8 JSON with sorted keys and a line feed at the end.
  public func render(_ result: ReportedResult) throws(ReportError) -> [UInt8] {
    var bytes: [UInt8] = []
    do {
      try write(result) { bytes += $0 }
      return bytes
    } catch let error as ReportError {
      throw error
    } catch {
      throw ReportError("writing the report as JSON: \(Self.explain(error))")
    }
  }

  /// Reads a report back.
  ///
  /// Throws when it is no JSON, lacks a field, or is of a version that this program does not know.
  public func decode(_ bytes: [UInt8]) throws(ReportError) -> ReportedResult {
    let decoder = JSONDecoder()
    do {
      let outline = try decoder.decode(Outline.self, from: Data(bytes))
      let version = outline.format
      guard version == ReportDocument.format else {
        throw ReportError(
          "reading a report: it is of format \(version), and this program knows \(ReportDocument.format)",
          advice: "read it with the program that wrote it, or a newer one")
      }
      guard outline.recipe != nil else {
        return .comparison(try decoder.decode(ComparisonResult.self, from: Data(bytes)))
      }
      return .check(try decoder.decode(CheckResult.self, from: Data(bytes)))
    } catch let error as ReportError {
      throw error
    } catch {
      throw ReportError("reading a report: \(Self.explain(error))")
    }
  }

  private static func explain(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
      return "\(keys.isEmpty ? "the whole" : String(keys.trimmingPrefix("."))): \(context.debugDescription)"
    }
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
      DecodingError.valueNotFound(_, let context):
      return place(context)
    case DecodingError.keyNotFound(let key, let context):
      return place(context) + " (\(key.stringValue))"
    case EncodingError.invalidValue(_, let context):
      return context.debugDescription
    default:
      return "\(error)"
    }
  }
}

/// Reads what tells how to read the rest: the version, so that a newer report is named as such, and whether there is
/// a recipe, which only a check has.
private struct Outline: Decodable {
  struct Anything: Decodable {}

  let format: Int
  let recipe: Anything?
}

/// A result whose absent parts are written as `null`, so that a reader sees that they were considered.
struct ReportDocument: Encodable {
  static let format = 1

  let result: ReportedResult

  enum Key: String, CodingKey {
    case reason, deterministic, environment, confinement
  }

  func encode(to encoder: any Encoder) throws {
    guard case .check(let result) = result else {
      if case .comparison(let result) = result { try result.encode(to: encoder) }
      return
    }
    try result.encode(to: encoder)
    // A second container of one encoder goes on with the same object.
    var container = encoder.container(keyedBy: Key.self)
    if result.reason == nil { try container.encodeNil(forKey: .reason) }
    if result.deterministic == nil { try container.encodeNil(forKey: .deterministic) }
    if result.environment == nil { try container.encodeNil(forKey: .environment) }
    if result.confinement == nil { try container.encodeNil(forKey: .confinement) }
  }
}
