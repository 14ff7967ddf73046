import Model

/// A record of a folder, ECMA-119 9.1, with its system use entries.
struct IsoRecord: Structure {
  let prefix: String
  let isJoliet: Bool

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let place = try layout.addFields(Self.fields, at: range.lowerBound, prefix: prefix)
    let length = Int64(try source.byte(at: range.lowerBound + 32))
    let text: Encoding = isJoliet ? .custom(IsoValue.joliet) : .text
    try layout.add("\(prefix)stored name", at: place, count: length, .field(text), role: .name)
    var rest = place + length
    if length % 2 == 0, rest < range.upperBound {
      try layout.add("\(prefix)name padding", at: rest, count: 1, .field(.bytes), role: .padding)
      rest += 1
    }
    if rest < range.upperBound {
      try SystemUseEntries(prefix: prefix).layOut(&source, rest..<range.upperBound, into: &layout)
    }
  }

  private static let fields: [FieldRow] = [
    ("record length", 1, .unsigned(.little), .size), ("attributes length", 1, .unsigned(.little), .size),
    ("place", 8, .custom(IsoValue.both), .offset), ("size", 8, .custom(IsoValue.both), .size),
    ("time", 7, .custom(IsoValue.shortTime), .time),
    ("flags", 1, .bits(.little, [(1, "hidden"), (2, "folder"), (4, "associated"), (128, "goes on")]), .flags),
    ("interleave", 2, .bytes, .data), ("volume number", 4, .custom(IsoValue.both), .data),
    ("name length", 1, .unsigned(.little), .size),
  ]
}

/// System use entries, SUSP 1.12 and Rock Ridge 1.12: modes, owners, times, names, links.
struct SystemUseEntries: Structure {
  let prefix: String

  /// Where the entries of an area are.
  static func find(
    _ source: inout ByteSource, _ area: Range<Int64>
  ) throws(FormatError) -> [(name: String, place: Int64, count: Int64)] {
    var entries: [(name: String, place: Int64, count: Int64)] = []
    var place = area.lowerBound
    while place <= area.upperBound - 4 {
      let head = try source.bytes(at: place, count: 3)
      let count = Int64(head[2])
      guard count >= 4, count <= area.upperBound - place, head[..<2].allSatisfy({ (0x30...0x5A).contains($0) }) else {
        break
      }
      let name = String(decoding: head[..<2], as: UTF8.self)
      entries.append((name, place, count))
      if name == "ST" { break }
      place += count
    }
    return entries
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var end = range.lowerBound
    for entry in try Self.find(&source, range) {
      try layout.add("\(prefix)\(entry.name) head", at: entry.place, count: 4, .field(.bytes))
      try add(entry.name, entry.place + 4..<entry.place + entry.count, &source, into: &layout)
      end = entry.place + entry.count
    }
    if end < range.upperBound {
      try layout.add("\(prefix)system use", at: end, count: range.upperBound - end, .opaque, role: .padding)
    }
  }

  private func add(
    _ name: String, _ body: Range<Int64>, _ source: inout ByteSource, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard !body.isEmpty else { return }
    switch name {
    case "PX": try addFields(Self.posix, body, into: &layout)
    case "CE": try addFields(Self.continuation, body, into: &layout)
    case "TF": try addTimes(body, &source, into: &layout)
    case "NM": try addFields([("NM flags", 1, .hexadecimal(.little), .flags)], body, rest: "name", into: &layout)
    case "SL": try addFields([("SL flags", 1, .hexadecimal(.little), .flags)], body, rest: "link target", into: &layout)
    default:
      try layout.add("\(prefix)\(name)", at: body.lowerBound, count: Int64(body.count), .field(.text), role: .data)
    }
  }

  private func addTimes(
    _ body: Range<Int64>, _ source: inout ByteSource, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let flags = try source.byte(at: body.lowerBound)
    let isLong = flags & 0x80 != 0
    var fields: [FieldRow] = [("TF flags", 1, .hexadecimal(.little), .flags)]
    for (bit, name) in Self.times.enumerated() where flags & (1 << UInt8(bit)) != 0 {
      fields.append(
        (name, isLong ? 17 : 7, .custom(isLong ? IsoValue.longTime : IsoValue.shortTime), .time))
    }
    try addFields(fields, body, into: &layout)
  }

  /// Adds as many of the fields as there is room for, then what remains.
  private func addFields(
    _ fields: [FieldRow], _ body: Range<Int64>, rest name: String = "rest", into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = body.lowerBound
    for field in fields where field.length <= body.upperBound - place {
      place = try layout.addFields([field], at: place, prefix: prefix)
    }
    if place < body.upperBound {
      try layout.add(prefix + name, at: place, count: body.upperBound - place, .field(.text), role: .name)
    }
  }

  private static let times = [
    "creation time", "mtime", "atime", "ctime", "backup time", "expiration", "effective time",
  ]

  private static let posix: [FieldRow] = [
    ("mode", 8, .custom(IsoValue.mode), .mode), ("links", 8, .custom(IsoValue.both), .size),
    ("uid", 8, .custom(IsoValue.both), .owner), ("gid", 8, .custom(IsoValue.both), .owner),
    // Its maker counts it from where the record is.
    ("serial number", 8, .custom(IsoValue.both), .offset),
  ]

  private static let continuation: [FieldRow] = [
    ("continuation sector", 8, .custom(IsoValue.both), .offset),
    ("continuation offset", 8, .custom(IsoValue.both), .offset),
    ("continuation size", 8, .custom(IsoValue.both), .size),
  ]
}
