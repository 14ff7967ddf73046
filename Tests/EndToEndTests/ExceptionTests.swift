import FoundationEssentials
import Model
import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// Exceptions as people declare them, to the real program.
  @Suite struct ExceptionTests {
    private let signing: SigningFixture
    private let made = Array("made\n".utf8)

    init() throws { signing = try SigningFixture() }

    /// The lines of an exception for a signature behind the artifact, as they stand in a file.
    private func declared(_ certificate: String, indentation: String = "") throws -> String {
      let lines = ["- kind: appended-signature", "  place: .", "  reason: the vendor signs", "  verify: |"]
      let pem = try signing.certificate(certificate).split(separator: "\n").map { "    " + $0 }
      return (lines + pem).map { indentation + $0 + "\n" }.joined()
    }

    private func compare(
      _ folder: TemporaryFolder, _ exceptions: String, _ flags: [String] = ["--json"]
    ) throws -> FixtureProcess.Result {
      try folder.write("exceptions.yaml", "verbatim: 1\nexceptions:\n" + exceptions)
      return try Verbatim.run(
        ["compare", "--exceptions", "exceptions.yaml", "shipped", "rebuilt"] + flags, in: folder.path, store: nil)
    }

    @Test func compares() throws {
      let folder = try TemporaryFolder()
      let signature = try signing.signature(of: made)
      try folder.write("rebuilt", made)
      try folder.write("shipped", made + signature)
      let good = try compare(folder, try declared("signer"))
      #expect(good.status == 3, "\(good.errors)")
      let report = try JSONDecoder().decode(Model.ComparisonResult.self, from: Data(good.output.utf8))
      #expect(report.verdict == .equivalent)
      let reconstruction = try #require(report.artifacts.first?.reconstruction)
      #expect(reconstruction.sha256 == report.artifacts.first?.shipped?.sha256)
      #expect(reconstruction.patches.map(\.inserted) == [Hexadecimal.string(signature)])
      let lines = try compare(folder, try declared("signer"), []).output
      let text = lines.split { $0.isWhitespace }.joined(separator: " ")
      #expect(text.hasPrefix("EQUIVALENT"))
      #expect(text.contains("bytes of signature, nothing else"))
      #expect(text.contains("CN=Test Signer,O=Vendor"))

      #expect(try compare(folder, try declared("other")).status == 1)
      #expect(try compare(folder, "  []\n").status == 1)
      let bad = try compare(folder, "  - {kind: header, place: ., shipped: 1, rebuilt: 0}\n")
      #expect(bad.status == 2)
      #expect(bad.errors.contains("exceptions.yaml:3:5: exceptions[0] lacks the key \"reason\""))
      let missing = try Verbatim.run(
        ["compare", "--exceptions", "nowhere.yaml", "shipped", "rebuilt"], in: folder.path, store: nil)
      #expect(missing.status == 2)
    }

    @Test(.enabled(if: Requirements.debian), arguments: ["signer", "other"]) func checks(certificate: String) throws {
      let delivery = try Delivery(run: ["echo made >out"])
      let shipped = made + (try signing.signature(of: made))
      try delivery.folder.write("shipped-0", shipped)
      let exceptions = try declared(certificate, indentation: "      ")
      let recipe = try delivery.recipe().replacing(
        "  - {built: 'out', shipped: {path: shipped-0}}",
        with: "  - built: out\n    shipped: {path: shipped-0}\n    exceptions:\n" + exceptions)
      try delivery.write(recipe: recipe)
      let (result, report) = try Verbatim.check(in: delivery.path)
      let artifact = try #require(report.artifacts.first, "\(result.errors)")
      let evidence = try #require(try Verbatim.report(in: delivery.evidence).artifacts.first)
      #expect(artifact == evidence)
      guard certificate == "signer" else {
        #expect(result.status == 1)
        #expect(report.verdict == .different)
        #expect(artifact.reconstruction?.refusals.count == 1)
        #expect(artifact.differences.contains { $0.region == "verification of the signature" })
        return
      }
      #expect(result.status == 3, "\(result.errors)")
      #expect(report.verdict == .equivalent)
      let reconstruction = try #require(artifact.reconstruction)
      #expect(reconstruction.sha256 == artifact.shipped?.sha256)
      #expect(reconstruction.patches.first?.signer?.hasPrefix("verified: CN=Test Signer,O=Vendor") == true)
      #expect(artifact.differences.allSatisfy { $0.exception == "appended-signature: the vendor signs" })
    }
  }
}
