import Model

/// Names the parts of code objects: a group for each, by its qualified name.
struct PythonCodeLayout {
  /// Names of more bytes than this are not shown.
  private static let nameLimit = 4096

  let reader: MarshalReader
  /// The bytes of the file, from where `start` is.
  let bytes: [UInt8]
  let start: Int64

  func add(to layout: inout LayoutBuilder) throws(FormatError) {
    var names: [String] = []
    for code in reader.codes { names.append(name(of: code, names)) }
    for (code, name) in zip(reader.codes, names) {
      let title = "code \(name)"
      let group = layout.group(title)
      try layout.add("type", at: code.start, count: 1, .field(.bytes), role: .data, in: group)
      for part in code.parts {
        let count = Int64(part.range.count)
        switch part.name {
        case "constants": try addConstants(code, title, names, part.range, to: &layout, in: group)
        case "names", "local names", "free names", "cell names":
          try layout.add(
            part.name, at: part.range.lowerBound, count: count, .field(MarshalText.encoding), role: .name, in: group)
        default:
          let (shape, role) = Self.shape(of: part.name)
          // A reference's number tells only where in the file its object is.
          let isReference = count == 5 && byte(at: part.range.lowerBound).map { "rR".utf8.contains($0) } == true
          try layout.add(
            part.name, at: part.range.lowerBound, count: count, shape, role: isReference ? .offset : role, in: group)
        }
      }
    }
  }

  private func addConstants(
    _ code: MarshalReader.Code, _ title: String, _ names: [String], _ range: Range<Int64>,
    to layout: inout LayoutBuilder, in group: Int
  ) throws(FormatError) {
    let first = code.firstConstant ?? range.upperBound
    try layout.add(
      "number of constants", at: range.lowerBound, count: first - range.lowerBound, .field(.bytes), role: .size,
      in: group)
    for run in code.constants {
      let after = run.after.map { " after \(names[$0])" } ?? ""
      try layout.add(
        "constants\(after)", at: run.range.lowerBound, count: Int64(run.range.count),
        .structure(MarshalItems(prefix: "\(title)\(after) ", version: reader.version)), role: .data, in: group)
    }
  }

  private static func shape(of part: String) -> (Shape, Difference.Role) {
    switch part {
    case "filename": (.field(MarshalText.plainEncoding), .path)
    case "name", "qualified name": (.field(MarshalText.plainEncoding), .name)
    case "bytecode", "exception table": (.opaque, .code)
    case "line table": (.opaque, .debug)
    case "first line": (.field(.signed(.little)), .debug)
    case "flags": (.field(.hexadecimal(.little)), .flags)
    case "local kinds": (.opaque, .data)
    default: (.field(.unsigned(.little)), .data)
    }
  }

  /// The qualified name, which before Python 3.11 is put together from those of the code objects around.
  private func name(of code: MarshalReader.Code, _ names: [String]) -> String {
    let key = reader.version.hasQualifiedNames ? "qualified name" : "name"
    var own = "(unnamed)"
    if let part = code.parts.first(where: { $0.name == key }), let text = text(at: part.range.lowerBound) {
      own = text
    }
    guard !reader.version.hasQualifiedNames, let parent = code.parent, parent > 0 else { return own }
    return String("\(names[parent]).\(own)".prefix(512))
  }

  /// A text, which may be a reference to one that came before.
  private func text(at place: Int64) -> String? {
    var place = place
    if let kind = byte(at: place), "rR".utf8.contains(kind) {
      let number = (1...4).reversed().reduce(Int64(0)) { $0 << 8 | Int64(byte(at: place + $1) ?? 0) }
      let places = kind == UInt8(ascii: "r") ? reader.references : reader.interned
      guard number < Int64(places.count) else { return nil }
      place = places[Int(number)]
    }
    guard byte(at: place) != nil else { return nil }
    return MarshalText.plain(Array(bytes[Int(place - start)...].prefix(Self.nameLimit)))
  }

  private func byte(at place: Int64) -> UInt8? {
    place >= start && place - start < Int64(bytes.count) ? bytes[Int(place - start)] : nil
  }
}

/// Marshalled objects that follow each other.
struct MarshalItems: Structure {
  let prefix: String
  let version: PythonVersion

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var place = range.lowerBound
    while place < range.upperBound {
      var reader = MarshalReader(place: place, end: range.upperBound, version: version)
      let kind = try source.byte(at: place) & 0x7F
      try reader.object(&source)
      let isReference = kind == UInt8(ascii: "r") || kind == UInt8(ascii: "R")
      // The order of a set depends on the hash seed.
      let isSet = kind == UInt8(ascii: "<") || kind == UInt8(ascii: ">")
      try layout.add(
        prefix + (isSet ? "set constant" : "constant"), at: place, count: reader.place - place,
        .field(MarshalText.encoding), role: isReference ? .offset : .data)
      place = reader.place
    }
  }
}
