import Formats
import Testing

@Suite struct WebAssemblyTests {
  /// A module with two functions, one of them imported, and the custom sections that vary between builds.
  private static func module(version: String = "1.0", build: UInt8 = 1, code: UInt8 = 0x0B) -> [UInt8] {
    func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
    func section(_ kind: UInt8, _ content: [UInt8]) -> [UInt8] { [kind, UInt8(content.count)] + content }
    func custom(_ name: String, _ content: [UInt8]) -> [UInt8] { section(0, text(name) + content) }
    var bytes: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]
    bytes += section(1, [1, 0x60, 0, 0]) + section(2, [1] + text("env") + text("print") + [0, 0])
    bytes += section(3, [1, 0]) + section(5, [1, 0, 1]) + section(10, [1, 4, 0, 0x10, 0, code])
    bytes += section(11, [1, 0, 0x41, 0x80, 0x08, 0x0B] + text("hello"))
    bytes += custom("name", [0, 2] + text("m") + [1, 15, 2, 0] + text("print") + [1] + text("begin"))
    bytes += custom("producers", [1] + text("processed-by") + [1] + text("clang") + text(version))
    bytes += custom("build_id", [2, build, 9]) + custom("sourceMappingURL", text("/tmp/a.map"))
    return bytes
  }

  @Test func partsHaveNamesAndValues() throws {
    try LayoutCheck.layout(of: Self.module(), as: "WebAssembly")
    let lines = try LayoutCheck.lines(of: Self.module())
    for line in [
      "code section: function begin 5 opaque", "data section: data segment 5 opaque",
      "custom section producers: processed-by clang version 4 1.0", "custom section build_id: content 3 0109",
      "custom section name: module name 2 m",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(!lines.contains { $0.hasSuffix("unexplained") })
  }

  @Test(
    arguments: [
      (module(version: "1.1"), "custom section producers: processed-by clang version"),
      (module(build: 2), "custom section build_id: content"), (module(code: 1), "code section: function begin"),
    ] as [([UInt8], String)])
  func oneFieldIsOneDifference(_ other: [UInt8], _ region: String) throws {
    #expect(try LayoutCheck.differences(Self.module(), other) == [region])
  }

  @Test func hostileModulesAreSurvived() throws {
    try LayoutCheck.survives(Self.module(), mutations: 800)
  }

  @Test func modulesOfLinkersAreNamedWhole() throws {
    let script = """
      echo 'char text[] = "some text"; int helper(int x){return x*3+1;} int entry(void){return helper(*text);}' > a.c
      clang -target wasm32 -g -c a.c -o a.o
      wasm-ld --no-entry --export-all --build-id a.o -o a.wasm
      """
    guard let files = try ProgramFixture.make(["clang", "wasm-ld"], script, ["a.o", "a.wasm"]) else { return }
    for file in files {
      try LayoutCheck.layout(of: file, as: "WebAssembly")
      try LayoutCheck.survives(file, mutations: 100)
      #expect(try !LayoutCheck.lines(of: file).contains { $0.hasSuffix("unexplained") })
    }
    let names = try LayoutCheck.lines(of: files[1], values: false)
    #expect(names.contains { $0.hasPrefix("code section: function helper ") })
    #expect(names.contains { $0.hasPrefix("custom section producers: processed-by clang version ") })
    #expect(names.contains { $0.hasPrefix("custom section build_id: content ") })
  }
}
