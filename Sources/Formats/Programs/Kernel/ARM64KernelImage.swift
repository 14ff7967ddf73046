import Model

/// A Linux kernel for 64-bit ARM, and a kernel packed for UEFI of any architecture.
///
/// Linux, Documentation/arch/arm64/booting.rst and drivers/firmware/efi/libstub/zboot-header.S.
struct ARM64KernelImage: Format {
  let name = "Linux kernel image"

  private static let packedMark = Array("zimg".utf8)

  func recognises(_ head: FileHead) -> Bool {
    head.has([0x41, 0x52, 0x4D, 0x64], at: 0x38) || (head.has("MZ") && head.has(Self.packedMark, at: 4))
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    let isPacked = try source.has(Self.packedMark, at: start + 4)
    try layout.add(
      "image header", at: start, count: 64, .structure(FixedRecord(fields: isPacked ? Self.packed : Self.plain)))
    let headers = try EFIHeaders(&source, range)
    try headers?.add(&source, to: &layout)
    let end = min(headers?.certificates?.lowerBound ?? range.upperBound, range.upperBound)
    var place = start + 64
    if isPacked {
      let payload = try start + source.u32(at: start + 8)
      let length = try source.u32(at: start + 12)
      if payload > place, length > 4, payload <= end - length {
        try addAround(headers, place..<payload, "unpacker", to: &layout)
        try KernelPayload(place: payload, length: length).add(&source, to: &layout)
        place = payload + length
      }
    }
    try addAround(headers, place..<max(place, end), isPacked ? "unpacker" : "kernel", to: &layout)
    if let tail = headers?.certificates?.upperBound, tail < range.upperBound {
      try layout.add("appended data", at: tail, count: range.upperBound - tail, role: .data)
    }
  }

  /// Adds code, which leaves out the headers that lie within it.
  private func addAround(
    _ headers: EFIHeaders?, _ range: Range<Int64>, _ name: String, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    if let inside = headers?.range, range.contains(inside.lowerBound), inside.upperBound <= range.upperBound {
      if inside.lowerBound > place { try layout.add(name, at: place, count: inside.lowerBound - place, role: .code) }
      place = inside.upperBound
    }
    if place < range.upperBound { try layout.add(name, at: place, count: range.upperBound - place, role: .code) }
  }

  private static let plain: [FieldRow] = [
    ("code", 8, .bytes, .code), ("load offset", 8, .hexadecimal(.little), .data),
    ("image size", 8, .unsigned(.little), .size), ("flags", 8, .hexadecimal(.little), .flags),
    ("reserved", 24, .bytes, .padding), ("magic", 4, .text, nil),
    ("PE header offset", 4, .hexadecimal(.little), .offset),
  ]

  private static let packed: [FieldRow] = [
    ("DOS magic", 4, .bytes, nil), ("magic", 4, .text, nil), ("payload offset", 4, .hexadecimal(.little), .offset),
    ("payload length", 4, .unsigned(.little), .size), ("reserved", 8, .bytes, .padding),
    ("compression", 32, .text, .compression), ("kernel magic", 4, .bytes, .platform),
    ("PE header offset", 4, .hexadecimal(.little), .offset),
  ]
}
