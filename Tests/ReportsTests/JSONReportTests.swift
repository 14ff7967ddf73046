import FoundationEssentials
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Reports

@Suite struct JSONReportTests {
  @Test(arguments: SampleResults.all.map(\.name))
  func roundTrip(name: String) throws {
    let result = try sample(name)
    let bytes = try JSONReport().render(result)
    #expect(try JSONReport().decode(bytes) == result)
    #expect(try JSONReport().render(result) == bytes)
    #expect(bytes.last == UInt8(ascii: "\n"))
  }

  @Test(arguments: [
    "reproduced", "different-steady", "missing-input", "hostile", "explained", "compared", "equivalent",
    "equivalent-contents", "refused",
  ])
  func golden(name: String) throws {
    try Golden.expect(text(try JSONReport().render(try sample(name))), matches: "\(name).json")
  }

  @Test func elementsHaveTheBytesOfFoundationsEncoder() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let characters = (0..<0x80).map { String(UnicodeScalar(UInt8($0))) }.joined() + "é\u{2028}\u{1F600}/\u{7F}"
    var differences = try SampleResults.all.flatMap { try sample($0.name).artifacts.flatMap(\.differences) }
    differences.append(
      Difference(
        id: "d1", path: ["a", characters], region: characters, format: "ELF", role: .code, kind: .moved, offset: -1,
        length: .max, shipped: characters, rebuilt: "", places: characters,
        cause: Cause(name: "clock", confidence: 1, evidence: characters, follows: "d2"), fix: "", exception: "e"))
    for confidence in [0, 0.05, 0.1, 0.3, 0.5, 0.75, 0.95, 0.97, 1] {
      differences.append(
        Difference(path: [], kind: .bytes, cause: Cause(name: "", confidence: confidence, evidence: "")))
    }
    #expect(
      text(try whole(JSONElements.lines(differences, indentation: 0))) == text(Array(try encoder.encode(differences))))
    let count = Accounting.Count(size: 9, named: 2, unexplained: 3)
    let accounting = [
      Accounting(path: [], shipped: count, rebuilt: count),
      Accounting(
        path: ["x"], format: "tar", shipped: count, rebuilt: count,
        segments: [.init(length: 4, state: .equal), .init(length: 5, state: .named)]),
    ]
    #expect(
      text(try whole(JSONElements.lines(accounting, indentation: 0))) == text(Array(try encoder.encode(accounting))))
  }

  private func whole(_ elements: [UInt8]?) throws -> [UInt8] {
    Array("[\n".utf8) + (try #require(elements)) + Array("\n]".utf8)
  }

  @Test func writesAbsentPartsAsNull() throws {
    let json = text(try JSONReport().render(.check(SampleResults.reproduced)))
    #expect(json.contains("\"reason\" : null"))
    #expect(json.contains("\"deterministic\" : null"))
    #expect(text(try JSONReport().render(.check(SampleResults.limitHit))).contains("\"environment\" : null"))
  }

  @Test func keepsSlashesAndEscapesControlCharacters() throws {
    let json = text(try JSONReport().render(.check(SampleResults.hostile)))
    #expect(!json.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    #expect(text(try JSONReport().render(.check(SampleResults.steady))).contains("./usr/bin/bioawk"))
  }

  @Test func namesTheVersionOfANewerReport() {
    #expect {
      try JSONReport().decode(Array(#"{"format": 99}"#.utf8))
    } throws: {
      "\($0)".contains("format 99")
    }
  }

  @Test(arguments: ["", "[]", "{}", "{\"format\":1}", "{\"format\":1,\"verdict\":\"splendid\"}", "\u{0}\u{1}"])
  func refusesWhatIsNoReport(text: String) {
    #expect(throws: ReportError.self) { try JSONReport().decode(Array(text.utf8)) }
  }

  /// Each report that is written must pass the published schema, and the schema must refuse what is no report.
  @Test func followsItsSchema() throws {
    guard try FixtureProcess.shell("python3 -W ignore -c 'import jsonschema'").status == 0 else {
      print("SKIP: python3 has no jsonschema, so reports are not checked against their schema")
      return
    }
    let folder = try TemporaryFolder()
    let schema = Checkout.root.appending("Documentation/Formats/report.schema.json").string
    let script = """
      python3 -W ignore - "$1" "$2" <<'EOF'
      import json, sys, jsonschema
      schema = json.load(open(sys.argv[1]))
      jsonschema.Draft202012Validator.check_schema(schema)
      errors = list(jsonschema.Draft202012Validator(schema).iter_errors(json.load(open(sys.argv[2]))))
      for error in errors: print(error.json_path, error.message)
      sys.exit(3 if errors else 0)
      EOF
      """
    for (name, result) in SampleResults.all {
      let path = try folder.write("\(name).json", try JSONReport().render(result))
      let checked = try FixtureProcess.shell(script, [schema, path.string])
      #expect(checked.status == 0, "\(name): \(checked.output)\(checked.errors)")
    }
    let good = text(try JSONReport().render(.check(SampleResults.steady)))
    let bad = [
      ("other verdict", good.replacing("\"different\"", with: "\"splendid\"")),
      ("other kind", good.replacing("\"order\"", with: "\"disorder\"")),
      ("cut digest", good.replacing(SampleResults.digest(3).hex, with: "12ab")),
      ("no artifacts", good.replacing("\"artifacts\"", with: "\"artefacts\"")),
    ]
    for (name, text) in bad {
      let path = try folder.write("bad.json", text)
      #expect(try FixtureProcess.shell(script, [schema, path.string]).status == 3, "\(name)")
    }
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private func sample(_ name: String) throws -> ReportedResult {
    try #require(SampleResults.all.first { $0.name == name }).result
  }
}
