import RecipeFormat
import TestFixtures
import Testing

@testable import Fetching

@Suite struct AptSourceTests {
  @Test func oneLineFormKnowsOptionsAndComments() {
    let sources = AptSourceParser.oneLine(
      """
      # deb http://a.example/debian bookworm main
      deb http://a.example/debian bookworm main contrib # trailing
      deb-src http://a.example/debian bookworm main
      deb [ arch=amd64,arm64 signed-by=/usr/share/keyrings/k.gpg check-valid-until=no ] http://b.example/ bookworm/updates main
      deb [arch=amd64 http://broken.example/ bookworm main
      deb http://flat.example/ ./
      deb
      debris http://c.example bookworm main
      """)
    #expect(
      sources == [
        AptSource(uris: ["http://a.example/debian"], suites: ["bookworm"], components: ["main", "contrib"]),
        AptSource(
          uris: ["http://b.example/"], suites: ["bookworm/updates"], components: ["main"],
          signedBy: ["/usr/share/keyrings/k.gpg"], checkValidUntil: false, architectures: ["amd64", "arm64"]),
      ])
  }

  @Test func stanzaFormKnowsListsCommentsAndKeysInPlace() {
    let sources = AptSourceParser.deb822(
      """
      Types: deb deb-src
      # a comment between fields
      URIs: http://a.example/debian
       http://b.example/debian
      Suites: bookworm bookworm-updates
      Components: main
      Signed-By:
       -----BEGIN PGP PUBLIC KEY BLOCK-----
       .
       mQINBF
       -----END PGP PUBLIC KEY BLOCK-----

      types: deb
      uris: http://off.example/
      suites: bookworm
      components: main
      Enabled: no

      Types: deb-src
      URIs: http://src.example/
      Suites: bookworm
      Components: main
      """)
    #expect(sources.count == 1)
    #expect(sources.first?.uris == ["http://a.example/debian", "http://b.example/debian"])
    #expect(sources.first?.suites == ["bookworm", "bookworm-updates"])
    #expect(sources.first?.signedBy?.count == 5)
    let again = AptSourceParser.deb822(sources.map(\.stanza).joined(separator: "\n"))
    #expect(again == sources, "what is written for apt reads back as the same")
  }

  @Test(arguments: [
    "", "\u{0}\u{1}\u{2}", "deb [", "deb [ ] ", ": : :\n:\n \n :", HostileText("deb [", times: 10_000),
    HostileText("Types: deb\n", times: 10_000), HostileText("\n", times: 100_000),
    "Types: deb\nURIs: \nSuites: \nComponents:\n", "deb a b",
  ])
  func hostileListsGiveNothing(text: HostileText) {
    #expect(AptSourceParser.oneLine(text.text).isEmpty)
    #expect(AptSourceParser.deb822(text.text).isEmpty)
  }

  @Test func hugeListsAreBounded() {
    let line = "deb http://a.example/debian bookworm main\n"
    #expect(AptSourceParser.oneLine(String(repeating: line, count: 20_000)).count == 1000)
  }

  @Test func selectionKeepsTheSuiteAndDropsThirdParties() {
    let key = ["/usr/share/keyrings/debian-archive-keyring.gpg"]
    let debian = AptSource(
      uris: ["http://a.example/debian"], suites: ["bookworm", "bookworm-updates", "trixie"],
      components: ["main", "stable"], signedBy: key)
    let others = [
      AptSource(uris: ["http://c.example/"], suites: ["cloud-sdk-bookworm"], components: ["main"]),
      AptSource(uris: ["http://c.example/"], suites: ["nodistro"], components: ["main"]),
      AptSource(uris: ["http://c.example/"], suites: ["bookworm"], components: ["stable"]),
      AptSource(uris: ["http://c.example/"], suites: ["bookworm-pgdg"], components: ["main"]),
      AptSource(uris: ["cdrom:[disc]/"], suites: ["bookworm"], components: ["main"]),
      AptSource(uris: ["http://c.example/"], suites: ["bookworm"], components: ["main"], architectures: ["arm64"]),
      AptSource(
        uris: ["http://c.example/"], suites: ["bookworm"], components: ["main"], signedBy: ["/etc/apt/keyrings/v.gpg"]),
    ]
    let security = AptSource(
      uris: ["http://a.example/debian-security"], suites: ["bookworm-security"], components: ["main"], signedBy: key)
    let old = AptSource(uris: ["http://a.example/s"], suites: ["bookworm/updates"], components: ["main"])
    let kept = AptSourceSelection.of(
      [debian] + others + [security, old, old], suite: "bookworm", architecture: "amd64")
    #expect(kept.map(\.suites) == [["bookworm", "bookworm-updates"], ["bookworm-security"], ["bookworm/updates"]])
    #expect(kept.first?.components == ["main"])
    let site = AptSource(
      uris: ["http://site.example/"], suites: ["bookworm"], components: ["main"],
      signedBy: ["/etc/apt/keyrings/site.gpg"])
    #expect(
      AptSourceSelection.of([site], suite: "bookworm", architecture: "amd64") == [site],
      "a site's own mirror with its own key is used where there is nothing of Debian's")
  }

  @Test func mirrorsOfARecipeAreUsedWithTheMachinesKey() throws {
    let mirror = DebianMirror(uri: "https://snapshot.example/20250101T000000Z", suites: ["bookworm"])
    let sources = try AptSourceSelection.of([mirror], keyring: ["/k.gpg"])
    #expect(sources.first?.stanza.contains("Check-Valid-Until: no") == true)
    #expect(sources.first?.stanza.contains("Signed-By: /k.gpg") == true)
  }

  @Test(arguments: [
    DebianMirror(uri: "ssh://x.example/", suites: ["bookworm"]),
    DebianMirror(uri: "copy:/etc", suites: ["bookworm"]),
    DebianMirror(uri: "http://x.example/ [trusted=yes]", suites: ["bookworm"]),
    DebianMirror(uri: "http://x.example/\nTrusted: yes", suites: ["bookworm"]),
    DebianMirror(uri: "http://x.example/", suites: ["bookworm\nTrusted: yes"]),
    DebianMirror(uri: "http://x.example/", suites: ["./"], components: ["main"]),
    DebianMirror(uri: "http://x.example/", suites: [], components: ["main"]),
    DebianMirror(uri: "http://x.example/", suites: ["bookworm"], components: []),
    DebianMirror(uri: "http://x.example/", suites: ["bookworm"], components: ["main\n\nTypes: deb"]),
  ])
  func mirrorsThatWouldSmuggleSettingsAreRefused(mirror: DebianMirror) {
    #expect(throws: FetchError.self) { try AptSourceSelection.of([mirror], keyring: nil) }
  }

  @Test func onlyProxiesAndCertificatesAreTakenOver() {
    let settings = AptSettings(
      dump: """
        APT::Architecture "amd64";
        Acquire::http::Proxy "http://proxy.example:3128";
        Acquire::http::Proxy::direct.example "DIRECT";
        Acquire::https::CAInfo "/etc/ssl/site.pem";
        Acquire::https::host.example::SslCert "/etc/ssl/c.pem";
        Acquire::https::Verify-Peer "false";
        Acquire::AllowInsecureRepositories "1";
        Acquire::Check-Valid-Until "false";
        Acquire::http::Proxy "evil\\"; APT::Update::Pre-Invoke {";
        APT::Update::Post-Invoke:: "rm -rf /";
        Dir::Etc "etc/apt";
        """)
    #expect(settings["apt::architecture"] == "amd64")
    #expect(
      settings.connectionLines == [
        "Acquire::http::Proxy \"http://proxy.example:3128\";",
        "Acquire::http::Proxy::direct.example \"DIRECT\";",
        "Acquire::https::CAInfo \"/etc/ssl/site.pem\";",
        "Acquire::https::host.example::SslCert \"/etc/ssl/c.pem\";",
      ])
  }
}
