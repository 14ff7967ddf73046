import Comparing
import Model
import SystemPackage
import TestFixtures
import Testing

@Suite struct DisassemblyTests {
  private static let objdump = Disassembler { arguments in
    let result = try? FixtureProcess.shell("exec objdump \"$@\"", arguments)
    return result.flatMap { $0.status == 0 ? $0.output : nil }
  }

  /// A program of three functions, of which `answer` is what the argument says.
  private static func program(_ answer: String) throws -> [UInt8]? {
    let folder = try TemporaryFolder()
    let result = try FixtureProcess.shell(
      """
      command -v gcc >/dev/null && command -v objdump >/dev/null || exit 77
      [ "$(uname -m)" = x86_64 ] || exit 77
      printf 'int other(void) { return 5; }\\nint answer(int x) { \(answer) }\\nint main(void) { return answer(3); }\\n' >"$1/p.c"
      gcc -O1 -fno-inline -o "$1/p" "$1/p.c"
      """, [folder.path.string])
    if result.status == 77 {
      print("SKIP: no gcc and binutils for x86-64, so no code is disassembled")
      return nil
    }
    try #require(result.status == 0, "\(result.errors)")
    return try folder.read("p")
  }

  private static func codes(_ shipped: [UInt8], _ rebuilt: [UInt8], isAsked: Bool) async throws -> [Difference] {
    try await ComparedBytes.differences(
      shipped, rebuilt, disassembler: isAsked ? objdump : nil
    ).filter { $0.role == .code }
  }

  @Test func instructionsThatDifferAreNamed() async throws {
    guard let shipped = try Self.program("return x * 7 + 41;"), let rebuilt = try Self.program("return x * 7 + 42;")
    else { return }
    let codes = try await Self.codes(shipped, rebuilt, isAsked: true)
    #expect(codes.map(\.region) == [".text answer"])
    #expect(codes.first?.shipped?.contains("instructions: ") == true)
    let (ours, theirs) = (codes.first?.shipped ?? "", codes.first?.rebuilt ?? "")
    #expect(ours.contains("0x29"), "\(ours)")
    #expect(theirs.contains("0x2a"), "\(theirs)")
  }

  @Test func withoutBeingAskedForBytesStayBytes() async throws {
    guard let shipped = try Self.program("return x * 7 + 41;"), let rebuilt = try Self.program("return x * 7 + 42;")
    else { return }
    let codes = try await Self.codes(shipped, rebuilt, isAsked: false)
    #expect(codes.count == 1)
    #expect(codes.first?.shipped?.contains("instructions") == false)
  }

  @Test func codeThatIsNoneIsNamedAsSuch() async throws {
    guard let shipped = try Self.program("return x * 7 + 41;"), let other = try Self.program("return x * 7 + 42;")
    else { return }
    let found = try await Self.codes(shipped, other, isAsked: true)
    let place = Int(try #require(found.first?.offset))
    var rebuilt = shipped
    // No instruction of x86-64 begins with it.
    for byte in place - 2...place { rebuilt[byte] = 0x06 }
    let codes = try await Self.codes(shipped, rebuilt, isAsked: true)
    #expect(codes.map(\.region) == [".text answer"])
    #expect(codes.first?.rebuilt?.contains("(bad)") == true, "\(codes.first?.rebuilt ?? "")")
  }
}
