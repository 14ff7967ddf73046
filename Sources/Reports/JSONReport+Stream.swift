import FoundationEssentials
import Model

extension JSONReport {
  /// How many elements of a list are encoded at once.
  private static let batch = 512

  /// Hands over the bytes of `render` piece by piece, so that a long report is never in memory as a whole.
  ///
  /// What is long are the lists of differences and of accounting: the rest is encoded without them, and where each
  /// belongs its elements are put in.
  public func write(_ result: ReportedResult, _ body: ([UInt8]) throws -> Void) throws {
    var rest = try Self.encode(ReportDocument(result: Self.withoutLists(result)))[...]
    for artifact in result.artifacts {
      // The keys are sorted.
      try Self.splice(artifact.accounting, "accounting", &rest, body)
      try Self.splice(artifact.differences, "differences", &rest, body)
    }
    try body(Array(rest) + [UInt8(ascii: "\n")])
  }

  private static func withoutLists(_ result: ReportedResult) -> ReportedResult {
    func without(_ artifacts: [ArtifactResult]) -> [ArtifactResult] {
      artifacts.map { artifact in
        var artifact = artifact
        (artifact.accounting, artifact.differences) = ([], [])
        return artifact
      }
    }
    switch result {
    case .check(var check):
      check.artifacts = without(check.artifacts)
      return .check(check)
    case .comparison(var comparison):
      comparison.artifacts = without(comparison.artifacts)
      return .comparison(comparison)
    }
  }

  /// Hands over what comes before a list that was left empty, then its elements.
  private static func splice(
    _ elements: [some Encodable], _ key: String, _ rest: inout ArraySlice<UInt8>, _ body: ([UInt8]) throws -> Void
  ) throws {
    // Quotes within strings are escaped, so this is the key and nothing else.
    let mark = Array("\"\(key)\" : [\n".utf8)
    guard let start = rest.firstRange(of: mark) else {
      throw ReportError("writing the report as JSON: it has no place for \(key)")
    }
    guard !elements.isEmpty else {
      try body(Array(rest[..<start.upperBound]))
      rest = rest[start.upperBound...]
      return
    }
    // The empty list is an empty line and the closing bracket, indented as the key is.
    let closing = rest[start.upperBound...].dropFirst()
    let indentation = Array(closing.prefix { $0 == UInt8(ascii: " ") })
    try body(Array(rest[..<start.upperBound]))
    for first in stride(from: 0, to: elements.count, by: batch) {
      if first > 0 { try body(Array(",\n".utf8)) }
      let part = Array(elements[first..<min(first + batch, elements.count)])
      try body(
        JSONElements.lines(part, indentation: indentation.count)
          ?? indented(encode(part).dropFirst(2).dropLast(2), by: indentation))
    }
    try body([UInt8(ascii: "\n")])
    rest = closing
  }

  private static func indented(_ lines: ArraySlice<UInt8>, by indentation: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    var isLineStart = true
    for byte in lines {
      // An empty line stays one.
      if isLineStart, byte != UInt8(ascii: "\n") { text += indentation }
      text.append(byte)
      isLineStart = byte == UInt8(ascii: "\n")
    }
    return text
  }

  private static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(value))
  }
}
