import Model

/// Fields that follow each other in a fixed order, as a table tells them.
struct FieldTable: Structure {
  /// One field: what it is called, its length in bytes, how it is read, what it is for.
  typealias Field = (name: String, length: Int64, encoding: Encoding, role: Difference.Role?)

  var prefix = ""
  let fields: [Field]
  /// What follows the fields is called so, where anything does.
  var rest: (name: String, role: Difference.Role)?

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var run = FieldRun(at: range.lowerBound, prefix: prefix)
    for field in fields {
      // Older versions of a structure end earlier.
      guard field.length <= range.upperBound - run.place else { return }
      try run.add(field.name, field.length, field.encoding, field.role, to: &layout)
    }
    if let rest, run.place < range.upperBound {
      try run.add(rest.name, range.upperBound - run.place, .opaque, rest.role, to: &layout)
    }
  }
}

/// A place that moves on with each field that is added at it.
struct FieldRun {
  private(set) var place: Int64
  let prefix: String
  let group: Int

  init(at place: Int64, prefix: String = "", group: Int = LayoutBuilder.file) {
    self.place = place
    self.prefix = prefix
    self.group = group
  }

  mutating func add(
    _ name: String, _ length: Int64, _ encoding: Encoding, _ role: Difference.Role? = nil,
    to layout: inout LayoutBuilder
  ) throws(FormatError) {
    try add(name, length, .field(encoding), role, to: &layout)
  }

  mutating func add(
    _ name: String, _ length: Int64, _ shape: Shape, _ role: Difference.Role? = nil, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add(prefix + name, at: place, count: length, shape, role: role, in: group)
    // What was added lies within the file, so that this cannot overflow.
    place += length
  }
}
