import Model

/// A legacy U-Boot image (uImage): a header of 64 bytes, then one payload or several.
struct UBootImage: Format {
  let name = "uImage"

  private static let magic: [UInt8] = [0x27, 0x05, 0x19, 0x56]

  func recognises(_ head: FileHead) -> Bool { head.has(Self.magic) && head.size >= 64 }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    try layout.addFields(Self.header, at: start)
    let size = try source.u32(at: start + 12, .big)
    let type = try source.byte(at: start + 30)
    let compression = try source.byte(at: start + 31)
    let payload = start + 64..<min(start + 64 + size, range.upperBound)
    if type == Self.multi || type == Self.script {
      try layOutList(&source, payload, shape: Self.shape(compression, "image"), into: &layout)
    } else {
      let name = Self.payloadNames[type] ?? "payload"
      try layout.add(
        name, at: payload.lowerBound, count: Int64(payload.count), Self.shape(compression, name), role: .data)
    }
    guard size <= range.upperBound - start - 64 else { throw .truncated(at: range.upperBound) }
    // Firmware files often have a file system behind the kernel.
    try layout.addTrailer("trailer", at: payload.upperBound, end: range.upperBound, &source)
  }

  /// Several images, or one script: their sizes up to a zero, then each, filled up to four bytes.
  private func layOutList(
    _ source: inout ByteSource, _ range: Range<Int64>, shape: Shape, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var sizes: [Int64] = []
    var place = range.lowerBound
    while true {
      guard place + 4 <= range.upperBound else { throw .truncated(at: place) }
      let size = try source.u32(at: place, .big)
      place += 4
      if size == 0 { break }
      guard sizes.count < Self.imageLimit else { throw .tooMuch("it lists more than \(Self.imageLimit) images") }
      sizes.append(size)
    }
    try layout.add("image sizes", at: range.lowerBound, count: place - range.lowerBound, .field(.bytes), role: .size)
    for (index, size) in sizes.enumerated() {
      // An image has no name; boot commands choose it by its number.
      let name = sizes.count == 1 ? "image" : "image \(index + 1)"
      try layout.addAvailable(name, at: place, count: size, index == 0 ? shape : .file(name: name), role: .data)
      place += size
      let padding = min((4 - size % 4) % 4, max(0, range.upperBound - place))
      if padding > 0 { try layout.add("\(name) padding", at: place, count: padding, .opaque, role: .padding) }
      place += padding
    }
  }

  /// How a payload is read; the compressions with a file format of their own are left to that.
  private static func shape(_ compression: UInt8, _ name: String) -> Shape {
    compression == 3 ? .file(.lzma, name: name) : .file(name: name)
  }

  private static let imageLimit = 4096
  private static let multi: UInt8 = 4
  private static let script: UInt8 = 6

  private static let payloadNames: [UInt8: String] = [
    1: "program", 2: "kernel", 3: "ramdisk", 5: "firmware", 7: "file system", 8: "device tree", 14: "kernel",
  ]

  private static let header: [FieldRow] = [
    ("magic", 4, .bytes, nil), ("header checksum", 4, .hexadecimal(.big), .checksum),
    ("time", 4, .seconds(.big), .time), ("data size", 4, .unsigned(.big), .size),
    ("load address", 4, .hexadecimal(.big), .data), ("entry point", 4, .hexadecimal(.big), .data),
    ("data checksum", 4, .hexadecimal(.big), .checksum),
    ("operating system", 1, .names(.big, systems), .platform),
    ("architecture", 1, .names(.big, architectures), .platform), ("type", 1, .names(.big, types), .data),
    ("compression", 1, .names(.big, compressions), .compression), ("image name", 32, .text, .version),
  ]

  private static let systems: [UInt64: String] = [
    1: "OpenBSD", 2: "NetBSD", 3: "FreeBSD", 4: "4.4BSD", 5: "Linux", 6: "SVR4", 10: "Solaris", 11: "Irix",
    14: "VxWorks", 16: "QNX", 17: "U-Boot", 18: "RTEMS", 20: "Unity", 21: "INTEGRITY", 22: "OSE", 23: "Plan 9",
    24: "OpenRTOS", 25: "ARM Trusted Firmware", 26: "TEE", 27: "OpenSBI", 28: "EFI",
  ]

  private static let architectures: [UInt64: String] = [
    1: "Alpha", 2: "ARM", 3: "x86", 4: "IA-64", 5: "MIPS", 6: "MIPS64", 7: "PowerPC", 8: "S390", 9: "SuperH",
    10: "SPARC", 11: "SPARC64", 12: "M68k", 13: "Nios II", 14: "MicroBlaze", 15: "Nios II", 16: "Blackfin",
    17: "AVR32", 18: "STMicroelectronics ST200", 20: "NDS32", 21: "OpenRISC 1000", 22: "ARM64", 23: "ARC",
    24: "x86-64", 25: "Xtensa", 26: "RISC-V",
  ]

  private static let types: [UInt64: String] = [
    1: "standalone program", 2: "kernel", 3: "ramdisk", 4: "multi-file", 5: "firmware", 6: "script",
    7: "file system", 8: "flat device tree", 9: "Kirkwood boot", 10: "i.MX boot", 11: "UBL", 12: "OMAP boot",
    13: "AIS", 14: "kernel without load address",
  ]

  private static let compressions: [UInt64: String] = [
    0: "none", 1: "gzip", 2: "bzip2", 3: "lzma", 4: "lzo", 5: "lz4", 6: "zstd",
  ]
}

extension LayoutBuilder {
  /// Adds what lies behind a file's declared end: bytes that fill up to a block, then a file of its own.
  mutating func addTrailer(
    _ name: String, at offset: Int64, end: Int64, _ source: inout ByteSource
  ) throws(FormatError) {
    guard offset < end else { return }
    let filling = try source.byte(at: offset)
    var place = offset
    if filling == 0 || filling == 0xFF {
      search: while place < end {
        let chunk = try source.bytes(at: place, count: Int(min(end - place, 32 << 10)))
        if let other = chunk.firstIndex(where: { $0 != filling }) {
          place += Int64(other)
          break search
        }
        place += Int64(chunk.count)
      }
      try add("\(name) padding", at: offset, count: place - offset, .opaque, role: .padding)
    }
    if place < end { try add(name, at: place, count: end - place, .file(name: name), role: .data) }
  }
}
