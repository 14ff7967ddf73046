import Formats
import TestFixtures
import Testing

@Suite struct JSONFileTests {
  private static let text = #"{"name": "x", "list": [1, {"a/b": true}], "buildDate":"2024","empty":{},"s":"}\"]"}"#

  @Test func valuesAreNamedByTheirPointers() throws {
    let bytes = Array(Self.text.utf8)
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        #"opening 1 {"#,
        #"/name: key 8 "name":"#,
        #"/name: value 3 "x""#,
        #"formatting 2 ,␠"#,
        #"/list: key 8 "list":"#,
        #"/list: /list opening 1 ["#,
        #"/list: /list/0 1 1"#,
        #"/list: /list formatting 2 ,␠"#,
        #"/list: /list/1 opening 1 {"#,
        #"/list//list/1/a~1b: key 7 "a/b":"#,
        #"/list//list/1/a~1b: value 4 true"#,
        #"/list: /list/1 closing 1 }"#,
        #"/list: /list closing 1 ]"#,
        #"formatting #2 2 ,␠"#,
        #"/buildDate: key 12 "buildDate":"#,
        #"/buildDate: value 6 "2024""#,
        #"formatting #3 1 ,"#,
        #"/empty: key 8 "empty":"#,
        #"/empty: /empty opening 1 {"#,
        #"/empty: /empty closing 1 }"#,
        #"formatting #4 1 ,"#,
        #"/s: key 4 "s":"#,
        #"/s: value 6 "}\"]""#,
        #"closing 1 }"#,
      ])
    let layout = try LayoutCheck.layout(of: bytes, name: "x.json", as: "JSON")
    #expect(layout.groups.map(\.name) == ["", "/name", "/list", "/buildDate", "/empty", "/s"])
    try LayoutCheck.survives(bytes)
  }

  @Test(arguments: [
    (#""x""#, #""y""#, ["/name: value"]), ("2024", "2025", ["/buildDate: value"]),
    ("true", "false", ["/list//list/1/a~1b: value"]),
    ("[1,", "[2,", ["/list: /list/0"]), ("{\"a", "{ \"a", ["/list: /list/1 formatting"]),
  ])
  func oneValueDiffers(from: String, to: String, names: [String]) throws {
    let other = Self.text.replacing(from, with: to)
    let found = try LayoutCheck.differences(Array(Self.text.utf8), Array(other.utf8))
    #expect(found == names)
  }

  @Test func anotherOrderOfKeysKeepsThePairs() throws {
    let names = try LayoutCheck.differences(Array(#"{"a":1,"b":2}"#.utf8), Array(#"{"b":2,"a":1}"#.utf8))
    #expect(names == [])
  }

  @Test func aMarkAndSeveralValues() throws {
    #expect(
      try LayoutCheck.lines(of: [0xEF, 0xBB, 0xBF] + Array("{\"a\":1}\n{\"a\":2}\n".utf8)).first
        == "byte order mark 3 efbbbf")
    try LayoutCheck.layout(of: Array("{\"a\":1}\n{\"a\":2}\n".utf8), as: "JSON")
    try LayoutCheck.layout(of: Array("[]".utf8), as: "JSON")
  }

  @Test(arguments: ["", "[section]\nkey=1\n", "{ int x; }", "{", "[1", "text", "{% if %}"])
  func otherTextIsNotTaken(text: String) throws {
    #expect(try LayoutCheck.format(of: Array(text.utf8))?.name != "JSON")
  }

  @Test func deepAndDenseOnesAreBounded() throws {
    let deep = Array((String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)).utf8)
    try LayoutCheck.layout(of: deep, as: "JSON")
    let dense = Array(("[" + String(repeating: "1,", count: 1_000_000) + "1]").utf8)
    #expect(try LayoutCheck.layout(of: dense, as: "JSON").regions.count == 1)
    // Ten megabytes with 100,000 members.
    let member =
      #"{"name":"a member of a large file","path":"usr/share/doc/something/else","size":12345678,"mode":"0644"}"#
    let large = Array(("[" + String(repeating: member + ",\n", count: 100_000) + member + "]").utf8)
    var source = ByteSource(large)
    let time = try ThreadTime.seconds {
      let layout = try JSONLayout.of(&source)
      #expect(layout.note == nil)
      #expect(layout.regions.count > 200_000)
    }
    #expect(time < 20)
  }
}

private enum JSONLayout {
  static func of(_ source: inout ByteSource) throws -> Layout {
    let head = try FileHead(&source, name: "x.json")
    return try #require(FormatList.all.first { $0.recognises(head) }).layout(of: &source)
  }
}
