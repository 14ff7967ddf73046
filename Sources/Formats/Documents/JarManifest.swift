import Model

/// The manifest of a jar and the signature files beside it (`MANIFEST.MF`, `*.SF`): sections of attributes.
struct JarManifest: Format {
  let name = "jar manifest"

  func recognises(_ head: FileHead) -> Bool {
    head.size <= TextLines.sizeLimit && (head.has("Manifest-Version:") || head.has("Signature-Version:"))
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    var group = LayoutBuilder.file
    var index = 0
    while index < bytes.count {
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      if TextLines.content(bytes[line]).isEmpty {
        try layout.add(
          "empty line", at: range.lowerBound + Int64(index), count: Int64(line.count), .field(.bytes), role: .padding,
          in: group)
        index = line.upperBound
        continue
      }
      guard let field = HeaderField(bytes, from: index, to: bytes.count) else {
        throw .malformed(at: range.lowerBound + Int64(index), "a line is no attribute")
      }
      if field.name.lowercased() == "name" { group = layout.group(Self.text(Array(bytes[field.range])) ?? "") }
      try layout.add(
        field.name, at: range.lowerBound + Int64(index), count: Int64(field.range.count), .field(.custom(Self.text)),
        role: Self.role(of: field.name), in: group)
      index = field.range.upperBound
    }
  }

  /// The value; lines are continued after 72 bytes, wherever that is, by a line end and a space.
  private static func text(_ bytes: [UInt8]) -> String? {
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    var value: [UInt8] = []
    var index = colon + 1
    while index < bytes.count {
      let line = TextLines.line(of: bytes, from: index, to: bytes.count)
      value += TextLines.content(bytes[line]).dropFirst()
      index = line.upperBound
    }
    return ExactText.text(value)
  }

  private static func role(of name: String) -> Difference.Role {
    let name = name.lowercased()
    if name.hasSuffix("-digest") || name.contains("-digest-") { return .checksum }
    return switch name {
    case "created-by", "build-jdk", "build-jdk-spec", "build-tool", "tool", "archiver-version", "ant-version",
      "gradle-version", "bnd-version", "originally-created-by", "built-with":
      .generator
    case "built-by", "build-user": .owner
    case "build-host", "built-host", "build-hostname", "built-on": .host
    case "build-date", "build-time", "build-timestamp", "bnd-lastmodified", "built-date", "build-date-utc",
      "build-date-iso", "timestamp", "buildtime":
      .time
    case "build-os", "os-name", "built-os": .platform
    case "implementation-version", "specification-version", "bundle-version", "build-revision", "implementation-build",
      "scm-revision", "manifest-version", "signature-version", "git-commit", "change":
      .version
    case "name": .name
    default: .data
    }
  }
}
