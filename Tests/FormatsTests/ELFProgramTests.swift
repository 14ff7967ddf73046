import Formats
import TestFixtures
import Testing

/// ELF files that a compiler made, with binutils as the oracle.
@Suite struct ELFProgramTests {
  @Test(arguments: ["main", "main.o", "stripped", "library.so", "sectionless", "linked", "compressed", "dwarf2"])
  func noByteIsWithoutAName(name: String) throws {
    guard let program = try CProgram.shared.bytes(name) else { return }
    let gaps = try LayoutCheck.layout(of: program, as: "ELF").regions.filter(\.isGap)
    #expect(gaps.isEmpty, "\(gaps.map(\.name))")
    #expect(try LayoutCheck.lines(of: program).filter { $0.hasSuffix("unexplained") } == [])
  }

  @Test func sectionsAndSymbolsAreThoseOfReadelf() throws {
    guard let program = try CProgram.shared.bytes("main"), let path = CProgram.shared.path("main") else { return }
    let names = Set(try LayoutCheck.layout(of: program, as: "ELF").regions.map(\.name))
    let sections = try FixtureProcess.shell("readelf -SW \"$1\" | grep -v NOBITS", [path]).output
    let found = sections.split(separator: "\n").compactMap { line in
      line.split(separator: "]").dropFirst().first?.split(separator: " ").first.map(String.init)
    }.filter { $0.hasPrefix(".") }
    #expect(found.count > 25)
    #expect(found.allSatisfy(names.contains))
    let symbols = try FixtureProcess.shell(
      "readelf -sW \"$1\" | awk '$4 == \"FUNC\" && $7 ~ /[0-9]/ && $3 {print $8}'", [path])
    let functions = symbols.output.split(separator: "\n").map(String.init)
    let regions = try LayoutCheck.lines(of: program, values: false).map {
      $0.split(separator: " ").dropLast().joined(separator: " ")
    }
    #expect(functions.contains("main"))
    for function in functions { #expect(regions.contains(".text \(function)"), "\(function)") }
  }

  @Test func aTimeInTheCodeIsTheValueOfAText() throws {
    guard let one = try CProgram.shared.bytes("main"), let other = try CProgram.shared.bytes("stamped") else { return }
    let differences = try LayoutCheck.differences(one, other)
    // Relocations of one symbol are told apart by their order alone.
    let named = differences.filter { !$0.hasPrefix(".rela") }
    #expect(Set(named) == [".note.gnu.build-id GNU build-id", ".rodata stamp"])
  }

  @Test func aFunctionThatDiffersIsNamed() throws {
    guard let one = try CProgram.shared.bytes("main"), let other = try CProgram.shared.bytes("changed") else { return }
    let code = try LayoutCheck.differences(one, other).filter { $0.hasPrefix(".text") }
    #expect(code == [".text twice"])
  }

  @Test func theFolderOfABuildIsAPath() throws {
    guard let one = try CProgram.shared.bytes("one/program"), let other = try CProgram.shared.bytes("two/program")
    else {
      return
    }
    let differences = try LayoutCheck.differences(one, other)
    #expect(differences.contains { $0.hasPrefix(".debug_line_str \"…/") })
    #expect(!differences.contains { $0.hasPrefix(".text") })
  }

  @Test(arguments: [2, 3, 4, 5])
  func aUnitOfDebugInformationIsRead(version: Int) throws {
    guard let program = try CProgram.shared.bytes("dwarf\(version)") else { return }
    let lines = try LayoutCheck.lines(of: program)
    #expect(lines.contains(".debug_info main.c name 4 main.c"))
    #expect(lines.contains(".debug_info main.c directory 4 \(CProgram.shared.folderText)"))
    #expect(lines.contains { $0.hasPrefix(".debug_info main.c producer 4 GNU C") })
    #expect(lines.contains(".debug_info main.c version 2 \(version)"))
    #expect(lines.contains { $0.hasPrefix(".debug_line main.c directory") && $0.hasSuffix("/usr/include") })
    #expect(lines.contains { $0.hasPrefix(".debug_line main.c file stdio.h ") && $0.hasSuffix(" stdio.h") })
  }

  @Test func aUnitOfAnObjectFileIsReadThroughItsRelocations() throws {
    guard let object = try CProgram.shared.bytes("main.o") else { return }
    let lines = try LayoutCheck.lines(of: object)
    #expect(lines.contains(".debug_info main.c directory 4 \(CProgram.shared.folderText)"))
    #expect(lines.contains { $0.hasPrefix(".rela.text printf addend 8 -4") })
  }

  @Test func dynamicEntriesAndLinksSayTheirTexts() throws {
    guard let program = try CProgram.shared.bytes("linked"), let library = try CProgram.shared.bytes("library.so")
    else {
      return
    }
    let lines = try LayoutCheck.lines(of: program)
    #expect(lines.contains(".dynamic NEEDED 8 libc.so.6"))
    #expect(lines.contains { $0 == ".dynamic RUNPATH 8 /opt/lib" || $0 == ".dynamic RPATH 8 /opt/lib" })
    #expect(lines.contains(".gnu_debuglink file name 11 main.debug"))
    #expect(lines.contains { $0.hasPrefix(".interp 2") && $0.contains("/ld-linux") })
    #expect(try LayoutCheck.lines(of: library).contains(".dynamic SONAME 8 library.so.1"))
  }

  @Test func compressedSectionsAreFilesOfTheirOwn() throws {
    guard let program = try CProgram.shared.bytes("compressed") else { return }
    let lines = try LayoutCheck.lines(of: program)
    #expect(lines.contains(".debug_info compression 4 zlib (1)"))
    #expect(lines.contains { $0.hasPrefix(".debug_info ") && $0.hasSuffix("file zlib .debug_info") })
  }

  @Test func membersOfAStaticLibraryAreObjectFiles() throws {
    guard let library = try CProgram.shared.bytes("library.a"), let object = try CProgram.shared.bytes("main.o") else {
      return
    }
    let layout = try LayoutCheck.layout(of: library, as: "ar")
    let member = try #require(layout.groups.firstIndex { $0.name == "main.o" })
    let content = try #require(layout.regions.first { $0.group == member && $0.name == "content" })
    let bytes = Array(library[Int(content.offset)..<Int(content.end)])
    #expect(bytes == object)
    #expect(try LayoutCheck.format(of: bytes)?.name == "ELF")
  }

  @Test(arguments: ["main.o", "dwarf2", "dwarf5", "sectionless"])
  func damagedProgramsAreTiled(name: String) throws {
    guard let program = try CProgram.shared.bytes(name) else { return }
    try LayoutCheck.survives(program, mutations: 60)
  }
}
