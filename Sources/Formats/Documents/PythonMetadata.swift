import Model

/// What a Python distribution says of itself: `METADATA` and `PKG-INFO`, and a wheel's `WHEEL`.
struct PythonMetadata: Format {
  let name = "Python metadata"

  func recognises(_ head: FileHead) -> Bool {
    guard head.size <= TextLines.sizeLimit else { return false }
    return switch head.name {
    case "METADATA", "PKG-INFO": head.has("Metadata-Version:")
    case "WHEEL": head.has("Wheel-Version:")
    default: head.has("Metadata-Version: ") || head.has("Wheel-Version: ")
    }
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    var index = 0
    while index < bytes.count {
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      if TextLines.content(bytes[line]).isEmpty {
        try layout.add(
          "empty line", at: range.lowerBound + Int64(index), count: Int64(line.count), .field(.bytes), role: .padding)
        return try layout.add(
          "description", at: range.lowerBound + Int64(line.upperBound), count: Int64(bytes.count - line.upperBound),
          .file(name: "description"), role: .text)
      }
      guard let field = HeaderField(bytes, from: index, to: bytes.count) else {
        throw .malformed(at: range.lowerBound + Int64(index), "a line is no field")
      }
      try layout.add(
        field.name, at: range.lowerBound + Int64(index), count: Int64(field.range.count), .field(HeaderField.value),
        role: Self.role(of: field.name))
      index = field.range.upperBound
    }
  }

  private static func role(of name: String) -> Difference.Role {
    switch name.lowercased() {
    case "generator": .generator
    case "tag", "platform", "supported-platform", "root-is-purelib": .platform
    case "version", "metadata-version", "wheel-version", "build": .version
    case "name": .name
    case "description", "summary", "author", "author-email", "maintainer", "maintainer-email", "license": .text
    default: .data
    }
  }
}
