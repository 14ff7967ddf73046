import Model
import TestFixtures
import Testing

@testable import Fetching

@Suite struct SimpleIndexTests {
  private static let digest = String(repeating: "0f", count: 32)
  private static let address = "https://index.example/simple/six/"

  @Test func jsonFormIsRead() throws {
    let json = """
      {"meta":{"api-version":"1.1"},"name":"six","versions":["1.0"],"files":[
       {"filename":"six-1.0.tar.gz","url":"https://files.example/six-1.0.tar.gz","hashes":{"sha256":"\(Self.digest)"},
        "requires-python":">=2.7","size":12,"upload-time":"2020-01-02T03:04:05.6Z","yanked":false},
       {"filename":"six-1.0-py3-none-any.whl","url":"../../f/six-1.0-py3-none-any.whl","hashes":{},"yanked":"broken"},
       {"filename":"../evil","url":"x","hashes":{}},
       {"filename":"six-2.0.zip","url":"file:///etc/passwd","hashes":{},"yanked":true}]}
      """
    let page = try SimpleIndexPage(
      Array(json.utf8), contentType: "application/vnd.pypi.simple.v1+json; charset=utf-8", address: Self.address)
    #expect(page.files.count == 2)
    #expect(
      page.files[0]
        == IndexedFile(
          name: "six-1.0.tar.gz", address: "https://files.example/six-1.0.tar.gz",
          sha256: SHA256Digest(hex: Self.digest), size: 12, requiresPython: ">=2.7", yanked: nil,
          uploadTime: "2020-01-02T03:04:05.6Z"))
    #expect(page.files[1].address == "https://index.example/f/six-1.0-py3-none-any.whl")
    #expect(page.files[1].yanked == "broken" && page.files[1].sha256 == nil)
  }

  @Test func htmlFormIsRead() throws {
    let html = """
      <!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.1"></head><body>
      <!-- <a href="https://files.example/no-1.0.tar.gz">no</a> -->
      <A data-requires-python="&gt;=3.8, &#60;4" HREF='/f/six-1.0.tar.gz#md5=1&amp;sha256=\(Self.digest)'
         data-upload-time="2014-09-11T21:48:44Z">six-1.0.tar.gz</A>
      <a href=six-1.0+x-py3-none-any.whl data-yanked>w</a><a>none</a><a href="">empty</a>
      <a href="https://files.example/a%2fb.tar.gz">slash</a><a href="javascript:alert(1)">j</a>
      </body></html><a href="https://files.example/cut-1.0.tar.gz
      """
    let page = try SimpleIndexPage(Array(html.utf8), contentType: "text/html", address: Self.address)
    #expect(page.files.map(\.name) == ["six-1.0.tar.gz", "six-1.0+x-py3-none-any.whl", "six"])
    #expect(page.files[0].address == "https://index.example/f/six-1.0.tar.gz")
    #expect(page.files[0].sha256 == SHA256Digest(hex: Self.digest))
    #expect(page.files[0].requiresPython == ">=3.8, <4")
    #expect(page.files[0].uploadTime == "2014-09-11T21:48:44Z")
    #expect(page.files[0].yanked == nil && page.files[1].yanked == "")
    #expect(page.files[1].address == "https://index.example/simple/six/six-1.0+x-py3-none-any.whl")
  }

  @Test func baseTagMovesRelativeAddresses() throws {
    let page = try SimpleIndexPage(
      html: "<base href=\"https://other.example/x/\"><a href=\"a-1.tar.gz\">a</a>", address: Self.address)
    #expect(page.files.map(\.address) == ["https://other.example/x/a-1.tar.gz"])
  }

  @Test(arguments: [
    ("", "text/html"), ("plain words", "text/html"), ("{}", "application/json"), ("[1", "application/json"),
    ("{\"meta\":{\"api-version\":\"2.0\"},\"files\":[]}", "application/vnd.pypi.simple.v2+json"),
    ("<meta name=\"pypi:repository-version\" content=\"2.0\">", "text/html"),
    (HostileText("[", times: 200_000), "application/json"),
  ])
  func pagesOfOtherFormsAreRefused(text: HostileText, type: String) {
    #expect(throws: FetchError.self) {
      try SimpleIndexPage(Array(text.text.utf8), contentType: type, address: Self.address)
    }
  }

  @Test(arguments: [
    HostileText("<", times: 500_000), HostileText("<a ", times: 200_000),
    HostileText("x=y ", times: 200_000, after: "<a ", before: ">"), HostileText("<!--", times: 100_000),
    HostileText("&", times: 300_000, after: "<a href=\"", before: "\">"),
    HostileText("<a href='x&#xFFFFFFFFF;'>", times: 50_000), "<a = = = =>", "<a href='", "<a href",
  ])
  func hostilePagesEndSoon(html: HostileText) {
    #expect(ThreadTime.seconds { _ = try? SimpleIndexPage(html: html.text, address: Self.address) } < 20)
  }

  @Test(arguments: [
    ("b.zip", "https://h.example/s/a/b.zip"), ("../b.zip", "https://h.example/s/b.zip"),
    ("../../../../b.zip", "https://h.example/b.zip"), ("/b.zip", "https://h.example/b.zip"),
    ("//o.example/b.zip", "https://o.example/b.zip"), ("?q", "https://h.example/s/a/?q"),
    ("http://o.example/b", "http://o.example/b"), ("./x/./y", "https://h.example/s/a/x/y"),
  ])
  func referencesAreResolved(reference: String, address: String) {
    #expect(WebAddress.resolve(reference, against: "https://h.example/s/a/?x=/y") == address)
  }

  @Test(arguments: ["file:///etc/passwd", "javascript:x", "data:,x", "a b", "a\nb", "http:", "https://"])
  func referencesToOtherPlacesAreRefused(reference: String) {
    #expect(WebAddress.resolve(reference, against: "https://h.example/s/") == nil)
  }

  @Test func secretsAreLeftOutOfMessages() {
    #expect(WebAddress.withoutSecrets("https://me:pw@h.example/x@y") == "https://h.example/x@y")
    #expect(WebAddress.withoutSecrets("https://h.example/x@y") == "https://h.example/x@y")
    #expect(WebAddress.fileName("https://h.example/a/b%20c.tar.gz?x#y") == "b c.tar.gz")
    #expect(WebAddress.fileName("https://h.example/") == nil)
    #expect(WebAddress.fileName("https://h.example/a%2f..%2fb") == nil)
  }

  private static func file(_ name: String, digest: String? = digest) -> IndexedFile {
    IndexedFile(name: name, address: "https://f.example/\(name)", sha256: digest.flatMap { SHA256Digest(hex: $0) })
  }

  @Test func oneFileIsChosenOrAllAreNamed() throws {
    func choose(_ names: [String], file: String? = nil, _ kind: PythonIndex.Kind) throws -> String {
      try PythonIndex.choose(
        from: names.map { Self.file($0) }, reference: "p==1", project: "p", file: file, kind: kind
      ).name
    }
    let wheels = ["p-1-cp311-cp311-linux_x86_64.whl", "p-1-cp312-cp312-linux_x86_64.whl"]
    #expect(try choose(["p-1.zip", "p-1.tar.gz"] + wheels, .sdist) == "p-1.tar.gz")
    #expect(try choose(["p-1.tar.gz", wheels[0]], .wheel) == wheels[0])
    #expect(try choose(wheels + ["p-1-py3-none-any.whl"], .wheel) == "p-1-py3-none-any.whl")
    #expect(try choose(["p-1-py2-none-any.whl", "p-1-py3-none-any.whl"], .wheel) == "p-1-py3-none-any.whl")
    #expect(try choose(wheels, file: wheels[1], .wheel) == wheels[1])
    let several = #expect(throws: FetchError.self) { try choose(wheels, .wheel) }
    #expect(several?.details == wheels.map { "listed: \($0)" })
    #expect(throws: FetchError.self) { try choose(wheels, .sdist) }
    #expect(throws: FetchError.self) { try choose(wheels, file: "p-1-cp313-cp313-linux_x86_64.whl", .wheel) }
    let bookworm = PythonPlatform.of(suite: "bookworm", architecture: "amd64")
    let best = try PythonIndex.choose(
      from: wheels.map { Self.file($0) }, reference: "p==1", project: "p", file: nil, kind: .wheel, platform: bookworm)
    #expect(best.name == wheels[0])
    let undigested = #expect(throws: FetchError.self) {
      try PythonIndex.choose(
        from: [Self.file("p-1.tar.gz", digest: nil)], reference: "p==1", project: "p", file: nil, kind: .sdist)
    }
    #expect(undigested?.message.contains("no SHA-256") == true)
  }
}
