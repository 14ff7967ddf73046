import TestFixtures
import Testing

@testable import Evidence

/// JSON that has one reading, and all that has none or two.
@Suite struct JSONReaderTests {
  private func read(_ text: String) throws(EvidenceError) -> JSONTree {
    try JSONReader.read(Array(text.utf8), named: "it")
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-0", "12", "-1.5e+10", "1E2", "\"\"", "\"a\"", "[]", "{}", "[1,[2,{\"a\":[]}]]",
    "{\"a\":1,\"b\":{\"a\":2}}", "\"é𝄞\"", "{\"\":null}",
  ]) func sameAgain(text: String) throws {
    #expect(String(decoding: try read(text).bytes, as: UTF8.self) == text)
  }

  @Test func escapes() throws {
    #expect(try read(#""\"\\\/\b\f\n\r\t\u00e9\uD834\uDD1E""#).text == "\"\\/\u{8}\u{c}\n\r\té𝄞")
    #expect(
      String(decoding: JSONTree.text("\"\\\n\r\t\u{1}\u{1f}é").bytes, as: UTF8.self) == #""\"\\\n\r\t\u0001\u001fé""#)
    #expect(try read(" { \"a\" : [ 1 , 2 ]\n}\r\t")["a"]?.list?.compactMap(\.integer) == [1, 2])
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "+1", "01", "1.", ".5", "1e", "-", "0x1", "NaN", "'a'", "\"a", "\"\u{1}\"",
    "\"\\x\"",
    "\"\\u12\"", "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800\\u0041\"", "[1,]", "[,1]", "[1 2]", "[1", "{", "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "1 2", "{} {}", "[]]", "{\"a\":1,\"a\":1}",
    "{\"a\":1,\"\\u0061\":2}", "[{\"b\":{\"x\":1,\"y\":2,\"x\":3}}]", "\u{FEFF}{}", "//\n1", "\"\\",
  ]) func refused(text: String) {
    #expect(throws: EvidenceError.self) { _ = try read(text) }
  }

  /// By bytes, two names that Swift holds for equal are two.
  @Test func namesAreBytes() throws {
    #expect(try read("{\"\u{e9}\":1,\"e\u{301}\":2}").members?.count == 2)
  }

  @Test func bounds() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    _ = try read(nested(65))
    #expect(throws: EvidenceError.self) { _ = try read(nested(66)) }
    #expect(throws: EvidenceError.self) { _ = try read(nested(1_000_000)) }
    #expect(throws: EvidenceError.self) { _ = try read(String(repeating: "{\"a\":", count: 500_000)) }
    let small = JSONReader.Limits(size: 10, depth: 3, values: 3)
    _ = try JSONReader.read(Array("[1,2]".utf8), named: "it", limits: small)
    for text in ["[1,2,3]", "[[[[]]]]", "\"1234567890\""] {
      #expect(throws: EvidenceError.self) { _ = try JSONReader.read(Array(text.utf8), named: "it", limits: small) }
    }
    #expect(throws: EvidenceError.self) { _ = try JSONReader.read([0x22, 0xFF, 0x22], named: "it") }
  }

  /// Whatever is cut or changed, it is read or refused, and what is read is written as something that reads the same.
  @Test func mutations() throws {
    let text = Array(#"{"a":[1,-2.5e3,"\u00e9\n",{"b":null,"c":[true,false]}],"d":"é𝄞"}"#.utf8)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5000 {
      var bytes = text
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count * 2, using: &random)))
      guard let tree = try? JSONReader.read(bytes, named: "it") else { continue }
      #expect(try JSONReader.read(tree.bytes, named: "it") == tree)
    }
  }
}
