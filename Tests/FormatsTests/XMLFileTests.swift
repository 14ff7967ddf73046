import Formats
import Testing

@Suite struct XMLFileTests {
  private static let text = """
    <?xml version="1.0"?>
    <!DOCTYPE project [<!ENTITY a "b>"> <!-- ]> -->]>
    <project xmlns='x' version="1">
      <!-- made -->
      <date>2024</date><item id="1"/><item id="2">&a;<![CDATA[<x>]]></item>
    </project>

    """

  @Test func partsAreNamedByTheirPaths() throws {
    let bytes = Array(Self.text.utf8)
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        #"XML declaration 21 <?xml version="1.0"?>"#,
        #"formatting 1 \n"#,
        #"document type 49 <!DOCTYPE project [<!ENTITY a "b>"> <!-- ]> -->]>"#,
        #"formatting #2 1 \n"#,
        "/project start tag 8 <project",
        "/project formatting 1 ␠",
        "/project/@xmlns 9 'x'",
        "/project formatting #2 1 ␠",
        #"/project/@version 11 "1""#,
        "/project start tag end 1 >",
        #"/project formatting #3 3 \n␠␠"#,
        "/project comment 13 <!-- made -->",
        #"/project formatting #4 3 \n␠␠"#,
        "/project/date start tag 5 <date",
        "/project/date start tag end 1 >",
        "/project/date/text 4 2024",
        "/project/date end tag 7 </date>",
        "/project/item start tag 5 <item",
        "/project/item formatting 1 ␠",
        #"/project/item/@id 6 "1""#,
        "/project/item start tag end 2 />",
        "/project/item[2] start tag 5 <item",
        "/project/item[2] formatting 1 ␠",
        #"/project/item[2]/@id 6 "2""#,
        "/project/item[2] start tag end 1 >",
        "/project/item[2]/text 3 &a;",
        "/project/item[2]/text #2 15 <![CDATA[<x>]]>",
        "/project/item[2] end tag 7 </item>",
        #"/project formatting #5 1 \n"#,
        "/project end tag 10 </project>",
        #"formatting #3 1 \n"#,
      ])
    try LayoutCheck.layout(of: bytes, name: "pom.xml", as: "XML")
    try LayoutCheck.survives(bytes)
  }

  @Test(arguments: [
    ("2024", "2025", ["/project/date/text"]), ("id=\"2\"", "id=\"3\"", ["/project/item[2]/@id"]),
    ("version=\"1\"", "version=\"2\"", ["/project/@version"]), ("made", "Made", ["/project comment"]),
    ("<x>", "<y>", ["/project/item[2]/text #2"]), ("  <date", "<date", ["/project formatting #4"]),
  ])
  func whatVariesIsNamed(from: String, to: String, names: [String]) throws {
    let other = Self.text.replacing(from, with: to, maxReplacements: 1)
    #expect(try LayoutCheck.differences(Array(Self.text.utf8), Array(other.utf8)) == names)
  }

  @Test func deepAndDenseOnesAreBounded() throws {
    let deep = String(repeating: "<a>", count: 100_000) + String(repeating: "</a>", count: 100_000)
    try LayoutCheck.layout(of: Array(deep.utf8), name: "a.xml", as: "XML")
    let dense = "<?xml version='1.0'?><a>" + String(repeating: "<b/>", count: 1_000_000) + "</a>"
    try LayoutCheck.layout(of: Array(dense.utf8), as: "XML")
  }

  @Test(arguments: ["<!DOCTYPE html><html></html>", "<html></html>", "< 3 >", "", "<?php echo 1; ?>"])
  func otherTextIsNotTaken(text: String) throws {
    #expect(try LayoutCheck.format(of: Array(text.utf8))?.name != "XML")
  }
}
