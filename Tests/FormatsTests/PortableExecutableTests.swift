import Formats
import Model
import TestFixtures
import Testing

@Suite struct PortableExecutableTests {
  @Test func partsHaveNamesAndValues() throws {
    let lines = try LayoutCheck.lines(of: PEBuilder().bytes())
    for line in [
      "linker version 2 14.29", "checksum 4 0x1234", "machine 2 x86-64 (34404)",
      "time stamp 4 2020-09-13 12:26:40Z (0x5f5e1000)", "Rich header tool 8 tool 260, build 31234, used 7 times",
      ".text: .text content 16 opaque", ".text: .text padding 496 opaque",
      ".rdata: PDB identity 16 03020100-0504-0706-0809-0a0b0c0d0e0f", ".rdata: PDB age 4 3",
      ".rdata: PDB path 9 C:\\a.pdb",
      ".rdata: reproducible build digest 8 6162636465666768",
      ".rsrc/resource version/1/1033: version text CompanyName 12 Maker",
      ".rsrc/resource version/1/1033: version of file 8 1.2.3.4",
      "overlay 8 file overlay", "certificate: signature 12 file Authenticode signature",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(lines.filter { $0.hasSuffix("unexplained") } == [])
    try LayoutCheck.layout(of: PEBuilder().bytes(), as: "PE")
  }

  @Test(
    arguments: [
      (.timeStamp, "time stamp"), (.checksum, "checksum"), (.pdbAge, ".rdata: PDB age"),
      (.resourceTime, ".rsrc: resource directory time stamp"),
      (.certificateByte, "certificate: signature"), (.code, ".text: .text content"),
    ] as [(PEBuilder.Field, String)])
  func oneFieldIsOneDifference(_ field: PEBuilder.Field, _ region: String) throws {
    var other = PEBuilder()
    other.change(field)
    #expect(try LayoutCheck.differences(PEBuilder().bytes(), other.bytes()) == [region])
  }

  @Test func stampsOfReproducibleLinkersAreIdentities() throws {
    #expect(try role(of: "time stamp", in: PEBuilder()) == .identity)
    var builder = PEBuilder()
    builder.debugKind = 12
    #expect(try role(of: "time stamp", in: builder) == .time)
  }

  @Test func hostileImagesAreSurvived() throws {
    try LayoutCheck.survives(PEBuilder().bytes(), mutations: 600)
  }

  @Test func kernelsAreNoImages() throws {
    var bytes = PEBuilder().bytes()
    bytes.replaceSubrange(0x202..<0x206, with: "HdrS".utf8)
    #expect(try LayoutCheck.format(of: bytes)?.name != "PE")
  }

  @Test func imagesOfLinkersAreNamedWhole() throws {
    let script = """
      echo 'int helper(int x){return x*3+1;} int entry(void){return helper(4);}' > a.c
      for kind in msvc gnu; do clang -target x86_64-windows-$kind -g -c a.c -o $kind.obj; done
      for time in 1 2; do
        lld-link /dll /noentry /debug /timestamp:$time /export:entry /out:msvc.dll /pdb:a.pdb msvc.obj
        mv msvc.dll msvc$time.dll
      done
      lld-link -lldmingw /dll /noentry /debug:dwarf,symtab /Brepro /export:entry /out:gnu.dll gnu.obj
      """
    let results = ["msvc.obj", "gnu.obj", "msvc1.dll", "msvc2.dll", "gnu.dll"]
    guard let files = try ProgramFixture.make(["clang", "lld-link"], script, results) else { return }
    for (index, file) in files.enumerated() {
      try LayoutCheck.layout(of: file, as: index < 2 ? "COFF object" : "PE")
      try LayoutCheck.survives(file, mutations: 100)
      #expect(try !LayoutCheck.lines(of: file).contains { $0.hasSuffix("unexplained") })
    }
    #expect(try LayoutCheck.lines(of: files[0], values: false).contains(".text: function helper 16"))
    #expect(
      try LayoutCheck.lines(of: files[4]).contains {
        $0.hasPrefix(".rdata: reproducible") || $0.contains("debug entry reproducible")
      })
    let differences = try LayoutCheck.differences(files[2], files[3])
    #expect(differences.contains("time stamp"))
    #expect(
      Set(differences).isSubset(of: ["time stamp", ".rdata: debug entry CodeView time stamp", ".rdata: PDB identity"]))
  }

  /// The role of a region of the COFF header.
  private func role(of name: String, in builder: PEBuilder) throws -> Difference.Role? {
    let bytes = builder.bytes()
    let layout = try LayoutCheck.layout(of: bytes, as: "PE")
    let header = try #require(layout.regions.first { $0.name == "COFF header" })
    guard case .structure(let structure) = header.shape else { return nil }
    var source = ByteSource(bytes)
    return try structure.layout(of: &source, header.offset..<header.end).regions.first { $0.name == name }?.role
  }
}
