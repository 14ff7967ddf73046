public import Model

/// A structure of rows of one length that each have a name, so that many rows are compared without a region for each.
public protocol RowTable: Structure {
  /// The rows of the range.
  ///
  /// Throws where the structure itself says why it cannot name them.
  func rows(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> TableRows
}

/// Rows of one length, each known by its name and made of the same fields.
public struct TableRows: Sendable {
  /// A part of each row.
  public struct Field: Sendable {
    /// What people call it.
    public let name: String
    /// From the row's start, in bytes.
    public let offset: Int
    /// In bytes.
    public let length: Int
    /// How it is read.
    public let encoding: Encoding
    /// What it is for.
    public let role: Difference.Role?
  }

  /// The whole rows and what is left at the end.
  public let bytes: [UInt8]
  /// In bytes.
  public let rowLength: Int
  /// Of each row, in order, without holes.
  public let fields: [Field]
  /// For each row a digest of its name; rows of one name are told apart by their order.
  public let keys: [UInt64]
  /// What the rows are, in the plural.
  public let noun: String
  /// What a row is for.
  public let role: Difference.Role?
  /// The name of a row.
  public let title: @Sendable (Int) -> String

  init(
    bytes: [UInt8], rowLength: Int, fields: [FieldRow], keys: [UInt64], noun: String, role: Difference.Role?,
    title: @escaping @Sendable (Int) -> String
  ) {
    var place = 0
    self.bytes = bytes
    self.rowLength = rowLength
    self.fields = fields.map { row in
      defer { place += Int(row.length) }
      return Field(name: row.name, offset: place, length: Int(row.length), encoding: row.encoding, role: row.role)
    }
    precondition(place == rowLength, "the fields are the whole row")
    precondition(keys.count == bytes.count / rowLength, "each row has a key")
    self.keys = keys
    self.noun = noun
    self.role = role
    self.title = title
  }

  /// A digest of a name; names that share one by chance are compared as rows of one name.
  static func key(_ name: some Sequence<UInt8>) -> UInt64 {
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return digest ^ digest >> 32
  }
}
