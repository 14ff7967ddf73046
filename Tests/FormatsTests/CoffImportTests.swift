import Testing

@Suite struct CoffImportTests {
  /// An entry of an import library for one function.
  private static func entry(time: UInt8 = 1) -> [UInt8] {
    let names = Array("entry\0a.dll\0".utf8)
    return [0, 0, 0xFF, 0xFF, 0, 0, 0x64, 0x86, time, 0, 0, 0x60, UInt8(names.count), 0, 0, 0, 7, 0, 4, 0] + names
  }

  @Test func partsHaveNamesAndValues() throws {
    try LayoutCheck.layout(of: Self.entry(), as: "COFF import")
    let lines = try LayoutCheck.lines(of: Self.entry())
    for line in ["machine 2 x86-64 (34404)", "ordinal or hint 2 7", "symbol 6 entry", "library 6 a.dll"] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test func oneFieldIsOneDifference() throws {
    #expect(try LayoutCheck.differences(Self.entry(), Self.entry(time: 2)) == ["time stamp"])
  }

  @Test func hostileEntriesAreSurvived() throws {
    try LayoutCheck.survives(Self.entry(), mutations: 300)
  }

  @Test func objectsWithWideSectionNumbersAreObjects() throws {
    let script = """
      echo 'int helper(int x){return x*3+1;}' > a.c
      clang -target x86_64-windows-gnu -Wa,-mbig-obj -c a.c -o a.obj
      """
    guard let files = try ProgramFixture.make(["clang"], script, ["a.obj"]) else { return }
    // Compilers that need no wide numbers may leave them.
    try LayoutCheck.layout(of: files[0], as: "COFF object")
    try LayoutCheck.survives(files[0], mutations: 100)
  }
}
