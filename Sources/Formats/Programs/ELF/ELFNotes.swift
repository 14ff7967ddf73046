import Model

/// The notes of a section or segment: each with an owner, a type and a description.
struct ELFNotes: Structure {
  /// Put before each note's name.
  let prefix: String
  let kind: ELFKind
  /// Of names and descriptions, in bytes.
  let alignment: Int64

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    while range.upperBound - place >= 12 {
      let nameLength = try source.u32(at: place, kind.order)
      let length = try source.u32(at: place + 4, kind.order)
      let type = try source.unsigned(at: place + 8, count: 4, kind.order)
      let description = aligned(place + 12 + nameLength, from: range)
      let end = description + length
      guard end <= range.upperBound else { throw .malformed(at: place, "a note is longer than its section") }
      let stored = try source.bytes(at: place + 12, count: Int(min(nameLength, 64)))
      let owner = ExactText.text(Array(stored.prefix { $0 != 0 }))
      let known = Self.known["\(owner) \(type)"]
      let name = "\(prefix)\(owner) \(known?.name ?? "note of type 0x" + String(type, radix: 16))"
      try layout.add("\(name) header", at: place, count: description - place, .field(.bytes), role: .size)
      try layout.add(
        name, at: description, count: length, length <= Int64(Encoding.textLimit) ? shape(known) : .opaque,
        role: known?.role ?? .data)
      let next = min(aligned(end, from: range), range.upperBound)
      if next > end { try layout.add("\(name) padding", at: end, count: next - end, .field(.bytes), role: .padding) }
      place = next
    }
    if place < range.upperBound {
      try layout.add("\(prefix)padding", at: place, count: range.upperBound - place, role: .padding)
    }
  }

  private func aligned(_ place: Int64, from range: Range<Int64>) -> Int64 {
    range.lowerBound + (place - range.lowerBound + alignment - 1) / alignment * alignment
  }

  private func shape(_ known: Known?) -> Shape {
    switch known?.reading {
    case .text: .field(.text)
    case .abi:
      .field(
        .custom { [kind] bytes in
          guard bytes.count >= 16 else { return nil }
          let system = ["Linux", "Hurd", "Solaris", "FreeBSD"]
          let number = Int(kind.number(bytes, 0, 4))
          let version = (1...3).map { String(kind.number(bytes, 4 * $0, 4)) }.joined(separator: ".")
          return "\(number < system.count ? system[number] : "system \(number)") \(version)"
        })
    case .bytes: .field(.bytes)
    case nil: .opaque
    }
  }

  private enum Reading { case text, bytes, abi }

  private struct Known {
    let name: String
    let reading: Reading
    let role: Difference.Role
  }

  private static let known: [String: Known] = [
    "GNU 1": Known(name: "ABI tag", reading: .abi, role: .platform),
    "GNU 2": Known(name: "hardware capabilities", reading: .bytes, role: .platform),
    "GNU 3": Known(name: "build-id", reading: .bytes, role: .identity),
    "GNU 4": Known(name: "gold version", reading: .text, role: .generator),
    "GNU 5": Known(name: "properties", reading: .bytes, role: .flags),
    "Go 4": Known(name: "build id", reading: .text, role: .identity),
    "FDO 3405650558": Known(name: "package", reading: .text, role: .version),
    "FDO 1081871610": Known(name: "dlopen", reading: .text, role: .data),
    "Linux 256": Known(name: "build salt", reading: .text, role: .version),
    "Linux 257": Known(name: "link-time optimisation", reading: .bytes, role: .flags),
    "Android 1": Known(name: "identification", reading: .bytes, role: .version),
    "FreeBSD 1": Known(name: "ABI tag", reading: .bytes, role: .platform),
    "NetBSD 1": Known(name: "ABI tag", reading: .bytes, role: .platform),
    "OpenBSD 1": Known(name: "ABI tag", reading: .bytes, role: .platform),
  ]
}
