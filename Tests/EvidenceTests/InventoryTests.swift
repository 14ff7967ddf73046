import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Evidence

/// Inventories, validated with the standards' own tools from PyPI: `cyclonedx-python-lib` and `spdx-python-model`.
@Suite struct InventoryTests {
  private static let hasTools: Bool = {
    let found = try? FixtureProcess.shell(
      "\"$1\" -c 'import cyclonedx.validation.json, jsonschema, spdx_python_model'", [OtherVerifiersTests.python])
    if found?.status != 0 {
      print("SKIP: cyclonedx-python-lib and spdx-python-model are not installed, so inventories are not validated")
    }
    return found?.status == 0
  }()

  /// What a script says of each inventory, a line each; one process for all, as the tools take long to start.
  private func run(_ script: String, _ inventories: [[UInt8]]) throws -> [String] {
    let folder = try TemporaryFolder()
    for (number, bytes) in inventories.enumerated() { try folder.write("\(number)", bytes) }
    try folder.write("script.py", script)
    let result = try FixtureProcess.shell(
      "cd \"$1\" && exec \"$2\" script.py \"$3\"",
      [folder.path.string, OtherVerifiersTests.python, String(inventories.count)])
    try #require(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test(.enabled(if: hasTools)) func cycloneDXIsValid() throws {
    var inventories = Verdict.allCases.flatMap { verdict in
      [true, false].map { CycloneDXInventory(SampleCheck.record(verdict), isThirdParty: $0).bytes }
    }
    let valid = inventories.count
    for (right, wrong) in [("\"bom-ref\":\"rebuild\"", "\"odd\":1"), ("SHA-256\"", "SHA-2\"")] {
      inventories.append(Array(String(decoding: inventories[0], as: UTF8.self).replacing(right, with: wrong).utf8))
    }
    let said = try run(
      """
      import sys
      from cyclonedx.schema import SchemaVersion
      from cyclonedx.validation.json import JsonStrictValidator
      validator = JsonStrictValidator(SchemaVersion.V1_6)
      for number in range(int(sys.argv[1])):
        print("valid" if validator.validate_str(open(str(number)).read()) is None else "refused")
      """, inventories)
    #expect(said == Array(repeating: "valid", count: valid) + ["refused", "refused"])
  }

  @Test(arguments: Verdict.allCases, [true, false])
  func claimsAreForOrAgainst(verdict: Verdict, isThirdParty: Bool) throws {
    let bytes = CycloneDXInventory(SampleCheck.record(verdict), isThirdParty: isThirdParty).bytes
    let declarations = try JSONReader.read(bytes, named: "inventory")["declarations"]
    #expect(declarations?["assessors"]?.list?.first?["thirdParty"] == .bool(isThirdParty))
    let map = declarations?["attestations"]?.list?.first?["map"]?.list?.first
    #expect(map?["claims"]?.list?.count == (verdict == .reproduced ? 1 : 0))
    #expect(map?["counterClaims"]?.list?.count == (verdict == .reproduced ? 0 : 1))
  }

  @Test(.enabled(if: hasTools)) func spdxIsValid() throws {
    var inventories = Verdict.allCases.map { SPDXInventory(SampleCheck.record($0)).bytes }
    for (right, wrong) in [("\"hasInput\"", "\"odd\""), ("\"build_buildType\"", "\"build_odd\"")] {
      inventories.append(Array(String(decoding: inventories[0], as: UTF8.self).replacing(right, with: wrong).utf8))
    }
    let said = try run(
      """
      import sys
      from spdx_python_model import v3_0_1 as spdx
      def relations(name):
        objects = spdx.SHACLObjectSet()
        with open(name, "rb") as file: spdx.JSONLDDeserializer().read(file, objects)
        assert len(list(objects.foreach_type(spdx.SpdxDocument))) == 1
        assert len(list(objects.foreach_type(spdx.build_Build))) == 1
        assert not objects.missing_ids, objects.missing_ids
        kinds = {r.relationshipType.rsplit("/", 1)[-1] for r in objects.foreach_type(spdx.Relationship)}
        return " ".join(sorted(kinds))
      for number in range(int(sys.argv[1])):
        try: print(relations(str(number)))
        except Exception: print("refused")
      """, inventories)
    let expected = Verdict.allCases.map {
      ($0 == .reproduced ? "copiedTo " : "") + "hasInput hasOutput invokedBy usesTool"
    }
    #expect(said == expected + ["refused", "refused"])
  }

  @Test func oneRecordHasOneInventory() {
    let record = SampleCheck.record(.different)
    #expect(SPDXInventory(record).bytes == SPDXInventory(record).bytes)
    #expect(
      CycloneDXInventory(record, isThirdParty: true).bytes == CycloneDXInventory(record, isThirdParty: true).bytes)
  }
}
