import Comparing
import Model
import Testing

/// Classes in which a constant that was added moves the numbers of all others.
@Suite struct JavaClassComparisonTests {
  /// A class with some methods; each returns a text of its own.
  ///
  /// - Parameters:
  ///   - extra: a constant that comes before all others.
  ///   - line: the line of the first method, which the others follow.
  ///   - swapped: whether the first method returns the text of the second.
  ///   - parent: the class that it extends.
  private static func file(
    extra: String? = nil, line: Int = 3, swapped: Bool = false, parent: String = "java/lang/Object", methods: Int = 40
  ) -> [UInt8] {
    func two(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
    func four(_ number: Int) -> [UInt8] { two(number >> 16) + two(number & 0xFFFF) }
    var constants: [[UInt8]] = []
    func add(_ bytes: [UInt8]) -> Int {
      if let index = constants.firstIndex(of: bytes) { return index + 1 }
      constants.append(bytes)
      return constants.count
    }
    func text(_ text: String) -> Int { add([1] + two(text.utf8.count) + Array(text.utf8)) }
    if let extra { _ = text(extra) }
    let (own, above) = (add([7] + two(text("A"))), add([7] + two(text(parent))))
    let (code, lines, type) = (text("Code"), text("LineNumberTable"), text("()Ljava/lang/String;"))
    let literals = (0..<methods).map { add([8] + two(text("text \($0)"))) }
    var body: [UInt8] = []
    for index in 0..<methods {
      let literal = literals[swapped && index == 0 ? 1 : index]
      let table = two(lines) + four(6) + two(1) + two(0) + two(line + 2 * index)
      let instructions: [UInt8] = [0x13] + two(literal) + [0xB0]
      let content = two(1) + two(1) + four(instructions.count) + instructions + two(0) + two(1) + table
      body += two(9) + two(text("m\(index)")) + two(type) + two(1) + two(code) + four(content.count) + content
    }
    return [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 61] + two(constants.count + 1) + constants.flatMap { $0 } + two(0x21)
      + two(own) + two(above) + two(0) + two(0) + two(methods) + body + two(0)
  }

  @Test func numbersThatMovedFollow() async throws {
    let found = try await ComparedBytes.differences(Self.file(), Self.file(extra: "new"))
    #expect(ComparedBytes.roots(found) == ["|text new|extra"], "\(found.map(\.lineForTests))")
    #expect(found.filter { $0.role == .offset }.count <= 4)
    #expect(found.filter { $0.role == .offset }.allSatisfy { $0.cause?.follows != nil })
  }

  @Test func anotherConstantIsADifferenceOfTheCode() async throws {
    for extra in [nil, "new"] {
      let found = try await ComparedBytes.differences(Self.file(), Self.file(extra: extra, swapped: true))
      let code = found.filter { $0.role == .code }
      #expect(code.count == 1, "\(found.map(\.lineForTests))")
      #expect(code.first?.region?.contains("m0()Ljava/lang/String; code") == true)
      #expect(code.first?.cause?.follows == nil)
    }
  }

  @Test func linesOfAllMethodsAreOneDifference() async throws {
    let found = try await ComparedBytes.differences(Self.file(), Self.file(line: 4))
    #expect(ComparedBytes.lines(found) == ["|debug information|value"])
    #expect(
      found.first?.places?.contains("method m7()Ljava/lang/String; LineNumberTable\t0: 17\t0: 18") == true,
      "\(found.first?.places ?? "none")")
    #expect(found.first?.length == 240)
  }

  @Test func anotherParentDoesNotFollow() async throws {
    let found = try await ComparedBytes.differences(
      Self.file(extra: "B"), Self.file(extra: "B", parent: "B", methods: 40))
    #expect(found.contains { $0.region == "super class" && $0.role == .data }, "\(found.map(\.lineForTests))")
  }
}
