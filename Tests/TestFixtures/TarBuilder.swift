/// Writes tar archives header by header, so that hostile ones are possible too.
public struct TarBuilder {
  /// The dialects of the header.
  public enum Dialect: Sendable, CaseIterable {
    /// Seventh edition Unix: no magic, no owner names.
    case v7
    /// POSIX 1988.
    case ustar
    /// GNU, with long names in entries of their own.
    case gnu
    /// POSIX 2001, with extended headers.
    case pax
  }

  /// One header.
  public struct Header {
    /// The name, as bytes.
    public var name: [UInt8]
    /// The type letter: 0 file, 1 hard link, 2 symbolic link, 3 and 4 devices, 5 folder, 6 fifo.
    public var type: Character = "0"
    /// Permission bits.
    public var mode = 0o644
    /// The owner's number.
    public var owner = 0
    /// The group's number.
    public var group = 0
    /// In bytes; the count of the data where nil.
    public var size: Int?
    /// Seconds since 1970.
    public var modified = 1_000_000_000
    /// Of a link.
    public var target: [UInt8] = []
    /// The owner's name.
    public var ownerName = ""
    /// The group's name.
    public var groupName = ""
    /// Of a device node.
    public var device = (major: 0, minor: 0)
    /// Keys and values of the pax header that goes before.
    public var extended: [(String, [UInt8])] = []

    /// Makes a header of a regular file.
    public init(_ name: String) { self.name = Array(name.utf8) }
  }

  /// How headers are written.
  public var dialect: Dialect
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// Starts an archive.
  public init(_ dialect: Dialect = .ustar) { self.dialect = dialect }

  /// Adds a file.
  public mutating func file(_ name: String, _ text: String = "", mode: Int = 0o644) {
    var header = Header(name)
    header.mode = mode
    entry(header, Array(text.utf8))
  }

  /// Adds a folder.
  public mutating func folder(_ name: String, mode: Int = 0o755) {
    var header = Header(name)
    header.type = "5"
    header.mode = mode
    entry(header)
  }

  /// Adds a symbolic (`2`) or hard (`1`) link.
  public mutating func link(_ name: String, to target: String, type: Character = "2") {
    var header = Header(name)
    header.type = type
    header.mode = 0o777
    header.target = Array(target.utf8)
    entry(header)
  }

  /// Adds an entry with data.
  public mutating func entry(_ header: Header, _ data: [UInt8] = []) {
    var header = header
    if dialect == .pax {
      if header.name.count > 100 { header.extended.append(("path", header.name)) }
      if header.target.count > 100 { header.extended.append(("linkpath", header.target)) }
    }
    if !header.extended.isEmpty { extendedHeader(header.extended) }
    if dialect == .gnu {
      if header.name.count > 100 { longName(header.name, type: "L") }
      if header.target.count > 100 { longName(header.target, type: "K") }
    }
    bytes += Self.block(header, dialect: dialect, size: header.size ?? data.count)
    append(data)
  }

  /// Adds bytes as they are, filled up to a block.
  public mutating func append(_ data: [UInt8]) {
    bytes += data
    pad()
  }

  /// The archive with the two blocks that end it.
  public func finished() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

  private mutating func pad() {
    let over = bytes.count % 512
    if over > 0 { bytes += [UInt8](repeating: 0, count: 512 - over) }
  }

  private mutating func extendedHeader(_ records: [(String, [UInt8])]) {
    var body: [UInt8] = []
    for (key, value) in records {
      let rest = [0x20] + Array(key.utf8) + [0x3D] + value + [0x0A]
      var length = rest.count + 1
      while String(length).utf8.count + rest.count != length { length += 1 }
      body += Array(String(length).utf8) + rest
    }
    var header = Header("PaxHeaders/x")
    header.type = "x"
    bytes += Self.block(header, dialect: .ustar, size: body.count)
    append(body)
  }

  private mutating func longName(_ name: [UInt8], type: Character) {
    var header = Header("././@LongLink")
    header.type = type
    bytes += Self.block(header, dialect: .gnu, size: name.count + 1)
    append(name + [0])
  }

  private static func block(_ header: Header, dialect: Dialect, size: Int) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ value: [UInt8], at offset: Int, limit: Int) {
      for (index, byte) in value.prefix(limit).enumerated() { block[offset + index] = byte }
    }
    func octal(_ value: Int, width: Int) -> [UInt8] {
      let digits = String(value, radix: 8)
      return Array((String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits).utf8)
    }
    put(header.name, at: 0, limit: 100)
    put(octal(header.mode, width: 7), at: 100, limit: 7)
    put(octal(header.owner, width: 7), at: 108, limit: 7)
    put(octal(header.group, width: 7), at: 116, limit: 7)
    put(octal(size, width: 11), at: 124, limit: 11)
    put(octal(header.modified, width: 11), at: 136, limit: 11)
    put(Array(String(header.type).utf8), at: 156, limit: 1)
    put(header.target, at: 157, limit: 100)
    if dialect != .v7 {
      put(Array(dialect == .gnu ? "ustar  \0".utf8 : "ustar\u{0}00".utf8), at: 257, limit: 8)
      put(Array(header.ownerName.utf8), at: 265, limit: 32)
      put(Array(header.groupName.utf8), at: 297, limit: 32)
      put(octal(header.device.major, width: 7), at: 329, limit: 7)
      put(octal(header.device.minor, width: 7), at: 337, limit: 7)
    }
    put(Array("        ".utf8), at: 148, limit: 8)
    let sum = block.reduce(0) { $0 + Int($1) }
    put(octal(sum, width: 6) + [0, 0x20], at: 148, limit: 8)
    return block
  }
}
