import Comparing
import Model
import SystemPackage
import TestFixtures
import Testing

/// Signatures of jars, as Java's own tools make them.
@Suite struct JarSignatureTests {
  static let hasTools: Bool = {
    let isThere =
      (try? FixtureProcess.shell("command -v jar && command -v jarsigner && command -v keytool").status) == 0
    if !isThere { print("SKIP: there are no Java tools, so signatures of jars are not tested") }
    return isThere
  }()

  /// A jar as it is built and as it is signed, and the signer's certificate.
  private struct Made {
    let built: [UInt8]
    let signed: [UInt8]
    let certificate: String
  }

  private func make(change: String = "true") throws -> Made {
    let folder = try TemporaryFolder()
    try folder.makeFolder("tree/a")
    try folder.write("tree/a/b.txt", String(repeating: "text\n", count: 50))
    try folder.write("tree/c.txt", "text\n")
    let made = try FixtureProcess.shell(
      """
      set -e; cd "$1"
      find tree -exec touch -d @1700000000 {} +
      jar --create --file built.jar --date=2023-11-14T22:13:20Z -C tree .
      keytool -genkeypair -keystore keys -storepass secret -keypass secret -alias signer -keyalg EC -dname 'CN=Jar Signer' \\
        -validity 30
      keytool -exportcert -rfc -keystore keys -storepass secret -alias signer -file signer.pem
      cp built.jar signed.jar
      jarsigner -keystore keys -storepass secret -keypass secret signed.jar signer
      \(change)
      """, [folder.path.string])
    try #require(made.status == 0, "\(made.output) \(made.errors)")
    return Made(
      built: try folder.read("built.jar"), signed: try folder.read("signed.jar"),
      certificate: String(decoding: try folder.read("signer.pem"), as: UTF8.self))
  }

  @Test(.enabled(if: hasTools)) func signature() async throws {
    let made = try make()
    let verify = DeclaredException.Trust.certificates(made.certificate)
    let comparison = try await Reconstructed.compare(made.signed, made.built, [.test(.jarSignature, verify: verify)])
    #expect(
      comparison.verdict == .equivalent,
      "\(comparison.reconstruction?.refusals ?? []) \(comparison.differences.map(\.lineForTests))")
    #expect(comparison.reconstruction?.patches.compactMap(\.signer).first?.hasPrefix("verified: CN=Jar Signer") == true)
    #expect(
      comparison.reconstruction?.counts.allSatisfy {
        ["signature", "time of the manifest"].contains($0.what) || $0.follows
      } == true,
      "\(comparison.reconstruction?.counts ?? [])")
    let other = try SigningFixture().certificate("other")
    let wrong = try await Reconstructed.compare(
      made.signed, made.built, [.test(.jarSignature, verify: .certificates(other))])
    #expect(wrong.verdict == .different)
    #expect(wrong.differences.contains { $0.region == "verification of the signature" })
    #expect(
      try await Reconstructed.compare(made.signed, made.built, [.test(.jarSignature, verify: .unverified)]).verdict
        == .equivalent)
  }

  /// What was changed after it was signed.
  @Test(
    .enabled(if: hasTools),
    arguments: [
      "echo other >tree/c.txt; touch -d @1700000000 tree/c.txt; jar --update --file signed.jar -C tree c.txt; cp tree/c.txt .",
      "mkdir -p t/META-INF; echo more >t/more.txt; jar --update --file signed.jar -C t more.txt",
      "zip -q -d signed.jar 'META-INF/SIGNER.EC'", "zip -q -d signed.jar 'META-INF/SIGNER.SF'",
    ])
  func changedAfterwards(change: String) async throws {
    let made = try make(change: change)
    let comparison = try await Reconstructed.compare(
      made.signed, made.built, [.test(.jarSignature, verify: .certificates(made.certificate))])
    #expect(comparison.verdict == .different)
    #expect(comparison.differences.contains { $0.region == "verification of the signature" })
  }
}
