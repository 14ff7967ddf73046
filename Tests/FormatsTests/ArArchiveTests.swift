import Formats
import Testing

@Suite struct ArArchiveTests {
  @Test func everyByteOfALayoutIsInOneRegion() throws {
    let header = "hello.txt/      0           0     0     100644  3         `\n"
    let bytes = Array(("!<arch>\n" + header + "abc\n").utf8)
    var source = ByteSource(bytes)
    let head = try FileHead(&source, name: "x.a")
    let format = try #require(FormatList.all.first { $0.recognises(head) })
    let layout = try format.layout(of: &source)
    #expect(layout.note == nil)
    #expect(layout.regions.map(\.length).reduce(0, +) == Int64(bytes.count))
    #expect(layout.groups.map(\.name) == ["", "hello.txt"])
  }
}
