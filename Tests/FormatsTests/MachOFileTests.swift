import Formats
import Testing

@Suite struct MachOFileTests {
  @Test func partsHaveNamesAndValues() throws {
    let bytes = MachOBuilder().bytes()
    try LayoutCheck.layout(of: bytes, as: "Mach-O")
    let lines = try LayoutCheck.lines(of: bytes)
    for line in [
      "file type 4 library (6)", "UUID: UUID UUID 16 00010203-0405-0607-0809-0a0b0c0d0e0f",
      "BUILD_VERSION: BUILD_VERSION platform 4 macOS (1)", "BUILD_VERSION: BUILD_VERSION system version 4 11.0.0",
      "BUILD_VERSION: BUILD_VERSION SDK version 4 12.1.0", "BUILD_VERSION: BUILD_VERSION tool version 4 770.1.0",
      "SOURCE_VERSION: SOURCE_VERSION source version 8 1.2.3.0.0", "RPATH: RPATH path 12 /tmp/build0",
      "ID_DYLIB a.dylib: ID_DYLIB a.dylib current version 4 1.2.0", "__TEXT,__text: function _one 16 opaque",
      "__TEXT,__text: function _two 16 opaque", "code directory identifier 6 a.out", "code directory digests 32 opaque",
      "signature in CMS 4 file signature in CMS", "code directory flags 4 ad hoc, linker signed",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(!lines.contains { $0.hasSuffix("unexplained") })
  }

  @Test(
    arguments: [
      (.uuid, "UUID: UUID UUID"), (.tool, "BUILD_VERSION: BUILD_VERSION tool version"), (.path, "RPATH: RPATH path"),
      (.code, "__TEXT,__text: function _one"), (.signature, "signature in CMS"), (.digest, "code directory digests"),
      (.version, "ID_DYLIB a.dylib: ID_DYLIB a.dylib current version"),
      (.stamp, "ID_DYLIB a.dylib: ID_DYLIB a.dylib time stamp"),
    ] as [(MachOBuilder.Field, String)])
  func oneFieldIsOneDifference(_ field: MachOBuilder.Field, _ region: String) throws {
    var other = MachOBuilder()
    other.change(field)
    #expect(try LayoutCheck.differences(MachOBuilder().bytes(), other.bytes()) == [region])
  }

  @Test func slicesOfUniversalFilesAreMembers() throws {
    let bytes = MachOBuilder().universal()
    let layout = try LayoutCheck.layout(of: bytes, as: "Mach-O universal")
    let members = layout.groups.filter(\.isMember).map(\.name)
    #expect(members == ["arm64", "x86_64"])
    #expect(!layout.regions.contains { $0.isGap })
    try LayoutCheck.survives(bytes, mutations: 50)
  }

  @Test func hostileFilesAreSurvived() throws {
    try LayoutCheck.survives(MachOBuilder().bytes(), mutations: 600)
  }

  @Test func objectsOfCompilersAreNamedWhole() throws {
    let script = """
      echo 'int helper(int x){return x*3+1;} int entry(void){return helper(4);}' > a.c
      clang -target arm64-apple-macos11 -g -c a.c -o a.o
      clang -target i386-apple-macos10.6 -g -c a.c -o b.o
      """
    guard let files = try ProgramFixture.make(["clang"], script, ["a.o", "b.o"]) else { return }
    for file in files {
      try LayoutCheck.layout(of: file, as: "Mach-O")
      try LayoutCheck.survives(file, mutations: 100)
      let lines = try LayoutCheck.lines(of: file)
      #expect(!lines.contains { $0.hasSuffix("unexplained") })
      #expect(lines.contains { $0.hasPrefix("__TEXT,__text: function _entry ") })
    }
  }
}
