import Formats

/// Writes small ELF files of either width and byte order.
struct ELFBuilder {
  /// A section and its bytes.
  struct Section {
    var name: String
    var type = 1
    var flags = 0
    var bytes: [UInt8] = []
    var link = 0
    var info = 0
    var alignment = 1
    var entrySize = 0
  }

  let is64: Bool
  let order: ByteOrder
  var type = 1
  var sections: [Section] = []

  init(is64: Bool = true, order: ByteOrder = .little) {
    self.is64 = is64
    self.order = order
  }

  func number(_ value: Int, _ count: Int) -> [UInt8] {
    let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return order == .little ? little : little.reversed()
  }

  func word(_ value: Int) -> [UInt8] { number(value, is64 ? 8 : 4) }

  /// An entry of a symbol table.
  func symbol(name: Int, value: Int, size: Int, type: Int, section: Int) -> [UInt8] {
    let kind = [UInt8(type), 0] + number(section, 2)
    return number(name, 4) + (is64 ? kind + word(value) + word(size) : word(value) + word(size) + kind)
  }

  /// An entry of a table of relocations with addends.
  func relocation(place: Int, symbol: Int, type: Int, addend: Int) -> [UInt8] {
    word(place) + (is64 ? word(symbol << 32 | type) : word(symbol << 8 | type)) + word(addend)
  }

  func note(_ owner: String, _ type: Int, _ description: [UInt8]) -> [UInt8] {
    func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4) }
    let name = Array(owner.utf8) + [0]
    return number(name.count, 4) + number(description.count, 4) + number(type, 4) + padded(name) + padded(description)
  }

  /// The file: header, sections, names of sections, section headers.
  func bytes(sectionCount: Int? = nil) -> [UInt8] {
    let headerLength = is64 ? 64 : 52
    var names: [UInt8] = [0]
    var body = [UInt8](repeating: 0, count: headerLength)
    var headers = [UInt8](repeating: 0, count: is64 ? 64 : 40)
    for section in sections + [Section(name: ".shstrtab", type: 3)] {
      let name = names.count
      names += Array(section.name.utf8) + [0]
      let content = section.name == ".shstrtab" ? names : section.bytes
      while body.count % section.alignment != 0 { body.append(0) }
      headers += number(name, 4) + number(section.type, 4) + word(section.flags) + word(0) + word(body.count)
      headers += word(content.count) + number(section.link, 4) + number(section.info, 4)
      headers += word(section.alignment) + word(section.entrySize)
      body += content
    }
    while body.count % 8 != 0 { body.append(0) }
    let count = sectionCount ?? sections.count + 2
    var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, is64 ? 2 : 1, order == .little ? 1 : 2, 1]
    header += [UInt8](repeating: 0, count: 9)
    header += number(type, 2) + number(62, 2) + number(1, 4) + word(0) + word(0) + word(body.count)
    header += number(0, 4) + number(headerLength, 2) + number(0, 2) + number(0, 2)
    header += number(is64 ? 64 : 40, 2) + number(count, 2) + number(sections.count + 1, 2)
    return header + body[headerLength...] + headers
  }

  /// A file with one of most kinds of sections.
  static func sample(is64: Bool = true, order: ByteOrder = .little, stamp: String = "made at 12:34") -> [UInt8] {
    var file = ELFBuilder(is64: is64, order: order)
    let names = Array("\0first\0second\0".utf8)
    let symbols =
      file.symbol(name: 0, value: 0, size: 0, type: 0, section: 0)
      + file.symbol(name: 1, value: 0, size: 6, type: 2, section: 1)
      + file.symbol(name: 7, value: 8, size: 4, type: 0x12, section: 1)
    file.sections = [
      Section(name: ".text", flags: 6, bytes: [0x90, 1, 2, 3, 4, 5, 0, 0, 9, 8, 7, 6], alignment: 16),
      Section(name: ".rela.text", type: 4, bytes: file.relocation(place: 2, symbol: 2, type: 4, addend: -4), link: 6),
      Section(name: ".note.gnu.build-id", type: 7, flags: 2, bytes: file.note("GNU", 3, [0xAB, 0xCD]), alignment: 4),
      Section(name: ".comment", flags: 0x30, bytes: Array("GCC: (Debian) 12\0".utf8)),
      Section(name: ".rodata", flags: 2, bytes: [1, 2, 3] + Array("\(stamp)\0".utf8), alignment: 4),
      Section(name: ".symtab", type: 2, bytes: symbols, link: 7, info: 2, alignment: 8, entrySize: is64 ? 24 : 16),
      Section(name: ".strtab", type: 3, bytes: names),
      Section(name: ".modinfo", flags: 2, bytes: Array("vermagic=6.1.0 SMP\0license=GPL\0".utf8)),
      Section(
        name: "__versions", flags: 2,
        bytes: file.word(0x1234) + Array("printk".utf8) + [UInt8](repeating: 0, count: (is64 ? 56 : 60) - 6)),
      Section(name: ".gnu_debuglink", bytes: Array("x.debug\0".utf8) + file.number(0x0102_0304, 4), alignment: 4),
      Section(name: ".bss", type: 8, flags: 3),
    ]
    return file.bytes()
  }
}
