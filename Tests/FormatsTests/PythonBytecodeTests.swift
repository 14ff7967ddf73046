import Formats
import Model
import Testing

@Suite struct PythonBytecodeTests {
  /// A module of Python 3.12 that does nothing, put together by hand.
  private static func module(
    magic: [UInt8] = [0xCB, 0x0D], time: UInt8 = 1, path: String = "/build/a.py", code: UInt8 = 0x64,
    constants: [UInt8] = [0x29, 2, 0x4E, 0x7A, 2, 0x68, 0x69]
  ) -> [UInt8] {
    func text(_ text: String) -> [UInt8] { [0x7A, UInt8(text.utf8.count)] + Array(text.utf8) }
    func data(_ bytes: [UInt8]) -> [UInt8] { [0x73, UInt8(bytes.count), 0, 0, 0] + bytes }
    var bytes: [UInt8] = magic + [0x0D, 0x0A, 0, 0, 0, 0, time, 0, 0, 0x60, 7, 0, 0, 0]
    bytes += [0xE3] + [UInt8](repeating: 0, count: 20) + data([code, 0]) + constants
    // Names, local names, local kinds, file name, name, qualified name, first line, line table, exception table.
    bytes += [0x29, 0, 0x29, 0] + data([]) + text(path) + text("<module>") + text("<module>") + [1, 0, 0, 0]
    return bytes + data([0xF0]) + data([])
  }

  @Test func partsHaveNamesAndValues() throws {
    try LayoutCheck.layout(of: Self.module(), as: "Python bytecode")
    let lines = try LayoutCheck.lines(of: Self.module())
    for line in [
      "Python version 4 Python 3.12 (3531)", "source mtime 4 2021-01-14 08:25:37Z", "source size 4 7",
      "code <module>: filename 13 /build/a.py", "code <module>: code <module> constant #2 4 'hi'",
      "code <module>: bytecode 7 opaque",
    ] { #expect(lines.contains(line), "\(line)") }
  }

  @Test(
    arguments: [
      (module(time: 2), "source mtime"), (module(path: "/other/a.py"), "code <module>: filename"),
      (module(code: 0x65), "code <module>: bytecode"),
      (module(constants: [0x29, 2, 0x4E, 0x7A, 2, 0x68, 0x6F]), "code <module>: code <module> constant #2"),
    ] as [([UInt8], String)])
  func oneFieldIsOneDifference(_ other: [UInt8], _ region: String) throws {
    #expect(try LayoutCheck.differences(Self.module(), other) == [region])
  }

  @Test func otherVersionsHaveOtherHeaders() throws {
    // Python 2.7 has only the time in front; 3.6 the size as well.
    #expect(try LayoutCheck.format(of: [0x03, 0xF3, 0x0D, 0x0A, 0, 0, 0, 0, 0x63])?.name == "Python bytecode")
    #expect(try LayoutCheck.format(of: [0x33, 0x0D, 0x0D, 0x0A] + [UInt8](repeating: 0, count: 8) + [0xE3]) != nil)
    #expect(try LayoutCheck.format(of: [0x33, 0x0D, 0x0D, 0x0A] + [UInt8](repeating: 0, count: 9)) == nil)
    #expect(try LayoutCheck.format(of: [0xFF, 0x0F, 0x0D, 0x0A] + [UInt8](repeating: 0x63, count: 40)) == nil)
  }

  @Test func hostileModulesAreSurvived() throws {
    try LayoutCheck.survives(Self.module(), mutations: 800)
    // Objects within objects, and a count of objects that are not there.
    for constants in [[UInt8](repeating: 0x29, count: 4000), [0x28, 0xFF, 0xFF, 0xFF, 0xFF, 0x4E]] {
      var source = ByteSource(Self.module(constants: constants))
      let head = try FileHead(&source, name: nil)
      let format = try #require(FormatList.all.first { $0.recognises(head) })
      #expect(try format.layout(of: &source).note != nil)
    }
  }

  @Test func codeObjectsAreThoseThatPythonSees() throws {
    let script = """
      cat > a.py <<'END'
      '''documentation'''
      import os
      def f(a, b=1, *, c="hello"):
          def g(): return a in {"x", "y", "z"}
          return g, 1.5, 12345678901234567890, b"bytes", (1, 2, ("a", None)), 2j, ...
      class C:
          y = 3
          def m(self): return [i for i in self.y if i], (lambda: -1)
      END
      for name in one two; do
        python3 -c "import py_compile; py_compile.compile('a.py', '$name.pyc', dfile='/$name/a.py', doraise=True)"
      done
      python3 -c "
      import py_compile
      mode = py_compile.PycInvalidationMode
      py_compile.compile('a.py', 'digest.pyc', doraise=True, invalidation_mode=mode.CHECKED_HASH)
      def walk(code):
          print(getattr(code, 'co_qualname', code.co_name))
          for c in code.co_consts:
              if hasattr(c, 'co_code'): walk(c)
      walk(compile(open('a.py').read(), 'a.py', 'exec'))
      " > names
      """
    let results = ["one.pyc", "two.pyc", "digest.pyc", "names"]
    guard let files = try ProgramFixture.make(["python3"], script, results) else { return }
    for file in files[..<3] {
      let layout = try LayoutCheck.layout(of: file, as: "Python bytecode")
      try LayoutCheck.survives(file, mutations: 100)
      let names = layout.groups.map(\.name).filter { $0.hasPrefix("code ") }.map { String($0.dropFirst(5)) }
      let expected = String(decoding: files[3], as: UTF8.self).split(separator: "\n").map(String.init)
      #expect(names.count == expected.count)
      // Before Python 3.11 the qualified names are not told.
      if expected.contains("C.m") { #expect(names == expected) }
      #expect(!layout.regions.contains { $0.isGap })
    }
    let differences = try LayoutCheck.differences(files[0], files[1])
    #expect(differences.allSatisfy { $0.hasSuffix(": filename") }, "\(differences)")
    #expect(!differences.isEmpty)
    #expect(try LayoutCheck.lines(of: files[2], values: false).contains("source digest 8"))
  }
}
