import Formats
import Model
import SystemPackage
import TestFixtures
import Testing

@Suite struct ELFFileTests {
  @Test(arguments: [true, false], [ByteOrder.little, .big])
  func eachPartHasAName(is64: Bool, order: ByteOrder) throws {
    let lines = try LayoutCheck.lines(of: ELFBuilder.sample(is64: is64, order: order)).filter {
      !$0.hasPrefix("section header") && !$0.hasPrefix("file header") && !$0.hasPrefix("padding before")
    }
    let word = is64 ? 8 : 4
    let note = order == .little ? "040000000200000003000000" : "000000040000000200000003"
    var expected = [
      ".text first 6 opaque", ".text padding after first 2 opaque", ".text second 4 opaque",
      ".rela.text second place \(word) 0x2",
    ]
    let parts = [".rela.text second type \(is64 ? 4 : 1) 4", ".rela.text second symbol index \(is64 ? 4 : 3) 2"]
    expected += order == .little ? parts : parts.reversed()
    expected += [
      ".rela.text second addend \(word) -4",
      ".note.gnu.build-id GNU build-id header 16 \(note)474e5500",
      ".note.gnu.build-id GNU build-id 2 abcd", ".note.gnu.build-id GNU build-id padding 2 0000",
      ".comment \"GCC: (Debian) #\" 17 GCC: (Debian) 12", ".rodata data without symbols 3 opaque",
      ".rodata \"made at #:#\" 14 made at 12:34",
    ]
    for (name, value, size, type, section) in [
      ("(unnamed)", "0x0", 0, "local none", "undefined (0)"), ("first", "0x0", 6, "local function", "1"),
      ("second", "0x8", 4, "global function", "1"),
    ] {
      let offset = name == "first" ? 1 : name == "second" ? 7 : 0
      let place = [".symtab \(name) value \(word) \(value)", ".symtab \(name) size \(word) \(size)"]
      expected.append(".symtab \(name) name offset 4 \(offset)")
      if !is64 { expected += place }
      expected += [
        ".symtab \(name) type 1 \(type)", ".symtab \(name) visibility 1 default (0)",
        ".symtab \(name) section index 2 \(section)",
      ]
      if is64 { expected += place }
    }
    expected += [
      ".strtab padding after start 1 opaque", ".strtab \"first\" 6 first", ".strtab \"second\" 7 second",
      ".modinfo vermagic 19 vermagic=6.1.0 SMP", ".modinfo license 12 license=GPL",
      "__versions printk \(word) 0x1234", "__versions printk name \(64 - word) printk",
      ".gnu_debuglink file name 8 x.debug", ".gnu_debuglink checksum 4 0x1020304",
      ".shstrtab padding after start 1 opaque",
    ]
    #expect(Array(lines.prefix(expected.count)) == expected)
  }

  @Test func theHeaderAndASectionHeaderSayWhatTheyHold() throws {
    let lines = try LayoutCheck.lines(of: ELFBuilder.sample(order: .big))
    for line in [
      "file header class 1 64-bit (2)", "file header byte order 1 big-endian (2)", "file header type 2 relocatable (1)",
      "file header machine 2 x86-64 (62)", "file header section header count 2 13",
      "section header .text type 4 PROGBITS (1)", "section header .text flags 8 allocate, execute",
      "section header .text size 8 12", "section header .bss type 4 NOBITS (8)",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test func aFieldThatDiffersIsNamedAlone() throws {
    let (one, other) = (ELFBuilder.sample(), ELFBuilder.sample(stamp: "made at 12:35"))
    #expect(try LayoutCheck.differences(one, one).isEmpty)
    #expect(try LayoutCheck.differences(one, other) == [".rodata \"made at #:#\""])
    let longer = try LayoutCheck.differences(one, ELFBuilder.sample(stamp: "made at 12:345"))
    #expect(longer.contains(".rodata \"made at #:#\"") && longer.contains("section header .rodata size"))
    #expect(!longer.contains { $0.hasPrefix(".text") || $0.hasPrefix(".symtab") })
  }

  @Test func anAppendedSignatureIsARegionOfItsOwn() throws {
    let module = ELFBuilder.sample()
    let signature = [UInt8](repeating: 0x30, count: 300)
    let signed =
      module + signature + [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 44] + Array("~Module signature appended~\n".utf8)
    let regions = try LayoutCheck.layout(of: signed, as: "ELF").regions
    #expect(regions.suffix(3).map(\.length) == [300, 12, 28])
    #expect(regions.suffix(3).allSatisfy { $0.role == .signature })
    let differences = try LayoutCheck.differences(module, signed)
    #expect(differences.allSatisfy { $0.hasPrefix("module signature") })
    #expect(try LayoutCheck.lines(of: signed).contains("module signature kind 1 PKCS #7 (2)"))
    #expect(try LayoutCheck.lines(of: signed).contains("module signature length 4 300"))
  }

  @Test func whatIsAppendedToAProgramIsNamed() throws {
    let regions = try LayoutCheck.layout(of: ELFBuilder.sample() + [1, 2, 3], as: "ELF").regions
    #expect(regions.last?.name == "appended data" && regions.last?.length == 3)
  }

  @Test func aSectionOutsideTheFileIsNoted() throws {
    var file = ELFBuilder.sample()
    file.removeLast(40)
    var source = ByteSource(file)
    let layout = try ELFFileTests.format(file).layout(of: &source)
    #expect(layout.note != nil)
    #expect(layout.regions.first?.name == "file header")
  }

  static func format(_ bytes: [UInt8]) throws -> any Format { try #require(try LayoutCheck.format(of: bytes)) }

  @Test(arguments: [true, false], [ByteOrder.little, .big])
  func damagedFilesAreTiled(is64: Bool, order: ByteOrder) throws {
    try LayoutCheck.survives(ELFBuilder.sample(is64: is64, order: order), mutations: 600)
  }

  @Test func manySectionsOfTheSameBytesAreBoundedWork() throws {
    var file = ELFBuilder()
    let names = [UInt8](repeating: 0x61, count: 1 << 16)
    file.sections = [ELFBuilder.Section(name: ".strtab", type: 3, bytes: names)]
    file.sections += (0..<3000).map { index in
      ELFBuilder.Section(
        name: ".rela\(index)", type: 4, bytes: file.relocation(place: 0, symbol: 1, type: 1, addend: 0),
        link: 1 + (index * 7) % 3000)
    }
    let bytes = file.bytes()
    let elapsed = try ThreadTime.seconds {
      var source = ByteSource(bytes)
      let layout = try Self.format(bytes).layout(of: &source)
      for region in layout.regions {
        guard case .structure(let structure) = region.shape else { continue }
        _ = try structure.layout(of: &source, region.offset..<region.end)
      }
    }
    #expect(elapsed < 20)
  }
}
