import Model

/// A Linux kernel for x86 as boot loaders start it: bzImage, mostly with headers for UEFI.
///
/// Linux, Documentation/arch/x86/boot.rst.
struct LinuxBootImage: Format {
  let name = "bzImage"

  private static let headerPlace: Int64 = 0x1F1

  func recognises(_ head: FileHead) -> Bool { head.has("HdrS", at: 0x202) && head.has([0x55, 0xAA], at: 0x1FE) }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = range.lowerBound
    let headerEnd = try start + 0x202 + Int64(source.byte(at: start + 0x201))
    let headers = try EFIHeaders(&source, range)
    if let headers {
      try layout.add("DOS header", at: start, count: 64, .structure(FixedRecord(prefix: "DOS ", fields: Self.dos)))
      try headers.add(&source, to: &layout)
    }
    var place = start + (headers == nil ? 0 : 64)
    if let headers = headers?.range {
      if headers.lowerBound > place {
        try layout.add("boot sector", at: place, count: headers.lowerBound - place, role: .code)
      }
      place = headers.upperBound
    }
    if start + Self.headerPlace > place {
      try layout.add("boot sector", at: place, count: start + Self.headerPlace - place, role: .code)
    }
    try layout.add(
      "setup header", at: start + Self.headerPlace, count: headerEnd - start - Self.headerPlace,
      .structure(LinuxSetupHeader()))
    // Of kernels from before the count of sectors was needed it is zero and means four.
    let sectors = Int64(try source.byte(at: start + Self.headerPlace))
    let kernel = start + 512 * ((sectors == 0 ? 4 : sectors) + 1)
    try addSetupCode(headerEnd..<max(headerEnd, kernel), start, &source, to: &layout)
    let announced = try kernel + 16 * source.u32(at: start + 0x1F4)
    let end = min(max(announced, kernel), headers?.certificates?.lowerBound ?? range.upperBound, range.upperBound)
    try addKernel(kernel..<max(kernel, end), start, &source, to: &layout)
    if announced > range.upperBound { throw .truncated(at: range.upperBound) }
    let tail = headers?.certificates?.upperBound ?? max(kernel, end)
    if let certificates = headers?.certificates, certificates.lowerBound > end {
      try layout.add("padding before certificate table", at: end, count: certificates.lowerBound - end, role: .padding)
    }
    if tail < range.upperBound {
      try layout.add("appended data", at: tail, count: range.upperBound - tail, role: .data)
    }
  }

  private func addSetupCode(
    _ place: Range<Int64>, _ start: Int64, _ source: inout ByteSource, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    let version = try start + Int64(source.u16(at: start + 0x20E)) + 0x200
    var rest = place.lowerBound
    if place.contains(version), let text = try? source.zeroTerminated(at: version, limit: 512), !text.isEmpty,
      version + Int64(text.count) < place.upperBound
    {
      if version > rest { try layout.add("setup code", at: rest, count: version - rest, role: .code) }
      try layout.add("kernel version", at: version, count: Int64(text.count) + 1, .field(.text), role: .version)
      rest = version + Int64(text.count) + 1
      if rest < place.upperBound {
        try layout.add("setup code after version", at: rest, count: place.upperBound - rest, role: .code)
      }
    } else if rest < place.upperBound {
      try layout.addAvailable("setup code", at: rest, count: place.upperBound - rest, role: .code)
    }
  }

  /// The program that unpacks the kernel, and the kernel that it unpacks.
  private func addKernel(
    _ place: Range<Int64>, _ start: Int64, _ source: inout ByteSource, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard !place.isEmpty else { return }
    let payload = try place.lowerBound + source.u32(at: start + 0x248)
    let length = try source.u32(at: start + 0x24C)
    guard length > 4, payload > place.lowerBound, payload <= place.upperBound - length else {
      return try layout.add("kernel code", at: place.lowerBound, count: Int64(place.count), role: .code)
    }
    try layout.add("unpacker start", at: place.lowerBound, count: payload - place.lowerBound, role: .code)
    try KernelPayload(place: payload, length: length).add(&source, to: &layout)
    let rest = payload + length
    if rest < place.upperBound {
      try layout.add("unpacker", at: rest, count: place.upperBound - rest, role: .code)
    }
  }

  private static let dos: [FieldRow] = [
    ("magic", 2, .text, nil), ("header", 58, .bytes, .data), ("PE header offset", 4, .hexadecimal(.little), .offset),
  ]
}

/// The compressed kernel within an image.
struct KernelPayload {
  let place: Int64
  let length: Int64

  func add(_ source: inout ByteSource, to layout: inout LayoutBuilder) throws(FormatError) {
    let codec = try codec(&source)
    // All but gzip, which has it itself, are followed by the size of what they unpack to.
    let trailer: Int64 = codec == .gzip ? 0 : 4
    try layout.add(
      "payload", at: place, count: length - trailer, codec.map { .file($0, name: "vmlinux") } ?? .opaque,
      role: .compression)
    if trailer > 0 {
      try layout.add(
        "payload size", at: place + length - trailer, count: trailer, .field(.unsigned(.little)), role: .size)
    }
  }

  private func codec(_ source: inout ByteSource) throws(FormatError) -> Codec? {
    for (magic, codec) in Self.magics where Int64(magic.count) <= length {
      if try source.has(magic, at: place) { return codec }
    }
    return nil
  }

  private static let magics: [([UInt8], Codec)] = [
    ([0x1F, 0x8B, 0x08], .gzip), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz), ([0x42, 0x5A, 0x68], .bzip2),
    ([0x28, 0xB5, 0x2F, 0xFD], .zstd), ([0x02, 0x21, 0x4C, 0x18], .lz4), ([0x5D, 0x00, 0x00], .lzma),
  ]
}

/// The header by which a boot loader and the kernel understand each other.
struct LinuxSetupHeader: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    // Older versions of the protocol have fewer fields.
    for (name, length, encoding, role) in Self.fields where length <= range.upperBound - place {
      try layout.add("setup header " + name, at: place, count: length, .field(encoding), role: role)
      place += length
    }
    if place < range.upperBound {
      try layout.add("setup header further fields", at: place, count: range.upperBound - place, .field(.bytes))
    }
  }

  private static let fields: [FieldRow] = [
    ("setup sectors", 1, .unsigned(.little), .size), ("root flags", 2, .hexadecimal(.little), .flags),
    ("kernel size", 4, .unsigned(.little), .size), ("RAM size", 2, .unsigned(.little), .data),
    ("video mode", 2, .hexadecimal(.little), .data), ("root device", 2, .hexadecimal(.little), .data),
    ("boot mark", 2, .bytes, nil), ("jump", 2, .bytes, .size), ("magic", 4, .text, nil),
    ("protocol version", 2, .hexadecimal(.little), .version), ("real mode switch", 4, .hexadecimal(.little), .data),
    ("load segment", 2, .hexadecimal(.little), .data), ("kernel version offset", 2, .hexadecimal(.little), .offset),
    ("boot loader type", 1, .hexadecimal(.little), .data), ("load flags", 1, .hexadecimal(.little), .flags),
    ("setup move size", 2, .unsigned(.little), .size), ("code start", 4, .hexadecimal(.little), .data),
    ("RAM disk address", 4, .hexadecimal(.little), .data), ("RAM disk size", 4, .unsigned(.little), .size),
    ("boot sector kludge", 4, .hexadecimal(.little), .data), ("heap end", 2, .hexadecimal(.little), .offset),
    ("boot loader version", 1, .hexadecimal(.little), .data), ("boot loader type extension", 1, .bytes, .data),
    ("command line address", 4, .hexadecimal(.little), .data), ("RAM disk limit", 4, .hexadecimal(.little), .data),
    ("kernel alignment", 4, .hexadecimal(.little), .data), ("relocatable", 1, .unsigned(.little), .flags),
    ("minimum alignment", 1, .unsigned(.little), .data), ("extended load flags", 2, .hexadecimal(.little), .flags),
    ("command line size", 4, .unsigned(.little), .data), ("hardware", 4, .hexadecimal(.little), .platform),
    ("hardware data", 8, .hexadecimal(.little), .data), ("payload offset", 4, .hexadecimal(.little), .offset),
    ("payload length", 4, .unsigned(.little), .size), ("setup data", 8, .hexadecimal(.little), .data),
    ("preferred address", 8, .hexadecimal(.little), .data), ("memory for start", 4, .unsigned(.little), .size),
    ("handover offset", 4, .hexadecimal(.little), .offset),
    ("kernel information offset", 4, .hexadecimal(.little), .offset),
  ]
}
