import Formats
import SystemPackage
import TestFixtures
import Testing

@Suite struct ELFFileTests {
  @Test func aProgramIsNamedBySections() throws {
    guard let program = try CProgram.shared.bytes("main") else { return }
    let names = try LayoutCheck.layout(of: program, as: "ELF").regions.map(\.name)
    for name in ["file header", "program headers", "section headers", ".text", ".symtab", ".comment"] {
      #expect(names.contains(name))
    }
  }

  @Test func anELFFileHasNoBytesWithoutAName() throws {
    for name in ["main", "main.o", "stripped", "library.so", "sectionless"] {
      guard let program = try CProgram.shared.bytes(name) else { return }
      let gaps = try LayoutCheck.layout(of: program, as: "ELF").regions.filter(\.isGap)
      #expect(gaps.isEmpty, "\(name): \(gaps.map(\.name))")
    }
  }
}
