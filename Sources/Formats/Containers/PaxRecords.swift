import Model

/// The records of a pax header: `LENGTH KEY=VALUE`, a line each.
struct PaxRecords: Structure {
  var prefix = ""
  /// Whether they are about the whole archive.
  var isGlobal = false

  /// One record and where it is in the data.
  struct Record {
    let start: Int
    let end: Int
    let key: String
    let value: ArraySlice<UInt8>
  }

  /// The records from the start of the data on, as far as they keep the rules.
  static func read(_ data: ArraySlice<UInt8>) -> [Record] {
    var records: [Record] = []
    var rest = data
    while let space = rest.prefix(20).firstIndex(of: 0x20),
      let length = Int(String(decoding: rest[rest.startIndex..<space], as: UTF8.self)), length > 0,
      length <= rest.count, rest.startIndex + length > space + 1
    {
      let end = rest.startIndex + length
      let body = rest[(space + 1)..<(end - 1)]
      guard rest[end - 1] == 0x0A, let equals = body.firstIndex(of: UInt8(ascii: "=")) else { break }
      records.append(
        Record(
          start: rest.startIndex, end: end, key: ExactText.text(Array(body[..<equals])), value: body[(equals + 1)...]))
      rest = rest[end...]
    }
    return records
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let data = try source.bytes(at: range.lowerBound, count: Int(min(Int64(range.count), TarArchive.recordLimit)))
    for record in Self.read(data[...]) {
      let role = role(of: record.key)
      try layout.add(
        prefix + record.key, at: range.lowerBound + Int64(record.start), count: Int64(record.end - record.start),
        .field(role == .time ? .custom(Self.time) : .custom(Self.value)), role: role)
    }
  }

  private static func value(_ bytes: [UInt8]) -> String? {
    read(bytes[...]).first.map { ExactText.text(Array($0.value)) }
  }

  /// Seconds, with decimals where the file system had them.
  private static func time(_ bytes: [UInt8]) -> String? {
    guard let text = value(bytes) else { return nil }
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let seconds = parts.first.flatMap({ Int64($0) }) else { return text }
    let digits = parts.count > 1 ? parts[1] : "0"
    let nanoseconds = (digits + String(repeating: "0", count: max(0, 9 - digits.utf8.count))).prefix(9)
    guard let fraction = Int64(nanoseconds), fraction >= 0, !text.hasPrefix("-") || fraction == 0 else { return text }
    return TimeText.text(seconds, nanoseconds: fraction)
  }

  private func role(of key: String) -> Difference.Role {
    switch key {
    case "mtime", "atime", "ctime", "LIBARCHIVE.creationtime": .time
    case "uid", "gid", "uname", "gname": .owner
    case "size", "GNU.sparse.size", "GNU.sparse.realsize": .size
    case "path", "linkpath", "GNU.sparse.name": .name
    case "SCHILY.dev", "SCHILY.ino", "SCHILY.nlink": .platform
    case "comment": isGlobal ? .version : .text
    case _ where key.hasPrefix("SCHILY.acl") || key.hasPrefix("RHT.security"): .mode
    default: .data
    }
  }
}
