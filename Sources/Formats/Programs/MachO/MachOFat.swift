import Model

/// A universal file of Apple's systems: one Mach-O file for each architecture.
struct MachOFat: Format {
  let name = "Mach-O universal"

  /// More than this many architectures are the version of a Java class file, which has the same magic.
  private static let architectureLimit: Int64 = 30

  func recognises(_ head: FileHead) -> Bool {
    guard head.bytes.count >= 28, head.has([0xCA, 0xFE, 0xBA, 0xBE]) || head.has([0xCA, 0xFE, 0xBA, 0xBF])
    else { return false }
    let count = head.bytes[4..<8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    return (1...Self.architectureLimit).contains(count)
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    let isWide = try source.has([0xCA, 0xFE, 0xBA, 0xBF], at: start)
    let count = min(Self.architectureLimit, try source.u32(at: start + 4, .big))
    try layout.add("magic", at: start, count: 4, .field(.bytes))
    try layout.add("number of architectures", at: start + 4, count: 4, .field(.unsigned(.big)), role: .size)
    let entryLength: Int64 = isWide ? 32 : 20
    var slices: [(place: Int64, size: Int64, group: Int)] = []
    for index in 0..<count {
      let entry = start + 8 + index * entryLength
      let kind = try MachOProcessor.name(source.u32(at: entry, .big), source.u32(at: entry + 4, .big))
      let group = layout.group(kind, isMember: true)
      try layout.add(
        "architecture", at: entry, count: entryLength, .structure(Self.entry(kind, isWide: isWide)), in: group)
      let place = isWide ? try source.u64(at: entry + 8, .big) : try source.u32(at: entry + 8, .big)
      let size = isWide ? try source.u64(at: entry + 16, .big) : try source.u32(at: entry + 12, .big)
      guard place <= Int64(range.count) else { throw .truncated(at: range.upperBound) }
      slices.append((start + place, size, group))
    }
    var end = start + 8 + count * entryLength
    for slice in slices.sorted(by: { $0.place < $1.place }) {
      // Slices begin at pages.
      if slice.place > end, slice.place - end < 1 << 16 {
        try layout.add("padding before", at: end, count: slice.place - end, role: .padding, in: slice.group)
      }
      try layout.addAvailable("content", at: slice.place, count: slice.size, .file(), role: .code, in: slice.group)
      end = max(end, slice.place + slice.size)
    }
  }

  private static func entry(_ kind: String, isWide: Bool) -> FieldTable {
    let word: Int64 = isWide ? 8 : 4
    return FieldTable(
      prefix: "architecture ",
      fields: [
        ("processor", 4, .hexadecimal(.big), .platform), ("processor kind", 4, .hexadecimal(.big), .platform),
        ("offset", word, .unsigned(.big), .offset), ("size", word, .unsigned(.big), .size),
        ("alignment", 4, .unsigned(.big), .data), ("reserved", 4, .bytes, .padding),
      ])
  }
}

/// The names of processors in Mach-O files.
enum MachOProcessor {
  /// As the tools of the system call them.
  static func name(_ processor: Int64, _ kind: Int64) -> String {
    switch (processor, kind & 0xFF_FFFF) {
    case (7, _): "i386"
    case (0x0100_0007, 8): "x86_64h"
    case (0x0100_0007, _): "x86_64"
    case (12, 6): "armv6"
    case (12, 9): "armv7"
    case (12, 11): "armv7s"
    case (12, 12): "armv7k"
    case (12, _): "arm"
    case (0x0100_000C, 2): "arm64e"
    case (0x0100_000C, _): "arm64"
    case (0x0200_000C, _): "arm64_32"
    case (18, _): "ppc"
    case (0x0100_0012, _): "ppc64"
    default: "processor \(processor).\(kind & 0xFF_FFFF)"
    }
  }
}
