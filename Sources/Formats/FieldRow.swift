import Model

/// One field of a record: its name, its length in bytes, how it is read and what it is for.
typealias FieldRow = (name: String, length: Int64, encoding: Encoding, role: Difference.Role?)

extension LayoutBuilder {
  /// Adds fields that follow each other and returns where the last one ends.
  ///
  /// Throws at the first one that is not within the file; those before it stay.
  @discardableResult
  mutating func addFields(
    _ fields: [FieldRow], at offset: Int64, prefix: String = "", in group: Int = LayoutBuilder.file
  ) throws(FormatError) -> Int64 {
    var place = offset
    for (name, length, encoding, role) in fields {
      try add(prefix + name, at: place, count: length, .field(encoding), role: role, in: group)
      place += length
    }
    return place
  }
}

/// A record whose fields always have the same lengths.
struct FixedRecord: Structure {
  var prefix = ""
  let fields: [FieldRow]

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.addFields(fields, at: range.lowerBound, prefix: prefix)
  }
}
