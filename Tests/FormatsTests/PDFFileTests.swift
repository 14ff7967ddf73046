import Formats
import Model
import Testing

@Suite struct PDFFileTests {
  private static func document(date: String = "20240101", producer: String = "x 1.0", content: String = "BT ET")
    -> [UInt8]
  {
    let text = """
      %PDF-1.7
      1 0 obj
      << /Type /Catalog /Pages 2 0 R >>
      endobj
      2 0 obj
      << /Length \(content.utf8.count) >>
      stream
      \(content)
      endstream
      endobj
      3 0 obj
      << /Producer (\(producer) \\) ok) /CreationDate (D:\(date)) >>
      endobj
      4 0 obj
      [ 1 2 3 ]
      endobj
      xref
      0 1
      0000000000 65535 f
      trailer
      << /Size 5 /Root 1 0 R /ID [<aa> <bb>] >>
      startxref
      123
      %%EOF

      """
    return Array(text.utf8)
  }

  static let bytes = document()

  @Test func objectsAndTheirEntriesAreNamed() throws {
    #expect(
      try LayoutCheck.lines(of: Self.bytes) == [
        "version 9 %PDF-1.7",
        "object 1: begin 8 1 0 obj",
        "object 1: object 1 begin 3 <<",
        "object 1: object 1 Type 15 /Catalog",
        "object 1: object 1 Pages 13 2 0 R",
        "object 1: object 1 end 3 >>",
        "object 1: end 7 endobj",
        "object 2: begin 8 2 0 obj",
        "object 2: object 2 begin 3 <<",
        "object 2: object 2 Length 10 5",
        "object 2: object 2 end 3 >>",
        "object 2: stream begin 7 73747265616d0a",
        "object 2: stream 5 file stream of object 2",
        #"object 2: stream end 11 \nendstream\n"#,
        "object 2: end 7 endobj",
        "object 3: begin 8 3 0 obj",
        "object 3: object 3 begin 3 <<",
        #"object 3: object 3 Producer 24 (x 1.0 \) ok)"#,
        "object 3: object 3 CreationDate 27 (D:20240101)",
        "object 3: object 3 end 3 >>",
        "object 3: end 7 endobj",
        "object 4: begin 8 4 0 obj",
        "object 4: content 10 [ 1 2 3 ]",
        "object 4: end 7 endobj",
        "xref table 28 opaque",
        "trailer word 8 trailer",
        "trailer begin 3 <<",
        "trailer Size 8 5",
        "trailer Root 12 1 0 R",
        "trailer ID 16 [<aa> <bb>]",
        "trailer end 3 >>",
        #"startxref 14 startxref\n123\n"#,
        "end mark 6 %%EOF",
      ])
    try LayoutCheck.layout(of: Self.bytes, name: "x.pdf", as: "PDF")
    try LayoutCheck.survives(Self.bytes)
  }

  @Test func whatVariesIsNamed() throws {
    let one = Self.bytes
    let date = try LayoutCheck.differences(one, Self.document(date: "20240102"))
    #expect(date == ["object 3: object 3 CreationDate"])
    let producer = try LayoutCheck.differences(one, Self.document(producer: "x 1.1"))
    #expect(producer == ["object 3: object 3 Producer"])
    let content = try LayoutCheck.differences(one, Self.document(content: "BT EX"))
    #expect(content == ["object 2: stream"])
  }

  @Test func updatesAreLaidOutAsWell() throws {
    let update = "3 0 obj\n<< /ModDate (D:2025) >>\nendobj\ntrailer << /Prev 9 >>\nstartxref\n5\n%%EOF"
    let layout = try LayoutCheck.layout(of: Self.bytes + Array(update.utf8), as: "PDF")
    #expect(layout.groups.contains { $0.name == "object 3" && $0.occurrence == 1 })
  }
}
