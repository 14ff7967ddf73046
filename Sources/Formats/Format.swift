/// Names the bytes of a range of a file.
///
/// Laying out is pure: the same bytes give the same layout, and a hostile file costs time and memory in proportion to
/// its size. Whatever was added before an error stays; the rest of the range is then without a name.
public protocol Structure: Sendable {
  /// Adds regions for the bytes of the range; offsets are those of the file.
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError)
}

/// A structure with numbers that stand for other parts, which move when one is added.
public protocol ResolvedStructure: Structure {
  /// What the range means, each number replaced by what it stands for; nil where it makes no sense.
  ///
  /// Stretches that differ and mean the same differ in such numbers alone.
  func meaning(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> [UInt8]?
}

/// A kind of file that is known by its content.
///
/// One file each, and one entry in `FormatList`.
public protocol Format: Structure {
  /// The format's short name, for example `ELF`; it is the `format` of the differences.
  var name: String { get }
  /// Whether a file looks like this format.
  func recognises(_ head: FileHead) -> Bool
}

/// What formats know a file by.
public struct FileHead: Sendable {
  /// How many bytes are looked at from the start; an ISO 9660 descriptor lies within.
  public static let headLength = 36 << 10
  /// How many bytes are looked at from the end.
  public static let tailLength = 512

  /// The file's name without folders; nil where it has none.
  public let name: String?
  /// In bytes.
  public let size: Int64
  /// Its first bytes.
  public let bytes: [UInt8]
  /// Its last bytes.
  public let tail: [UInt8]

  /// Reads the beginning and the end of a file.
  public init(_ source: inout ByteSource, name: String?) throws(FormatError) {
    self.name = name
    size = source.size
    bytes = try source.bytes(at: 0, count: Int(min(size, Int64(Self.headLength))))
    let tailCount = Int(min(size, Int64(Self.tailLength)))
    tail = try source.bytes(at: size - Int64(tailCount), count: tailCount)
  }

  /// Whether these bytes are at a place within the first ones.
  public func has(_ magic: [UInt8], at offset: Int = 0) -> Bool {
    bytes.count >= offset + magic.count && bytes[offset..<offset + magic.count].elementsEqual(magic)
  }

  /// Whether this text is at a place within the first bytes.
  public func has(_ magic: String, at offset: Int = 0) -> Bool { has(Array(magic.utf8), at: offset) }
}
