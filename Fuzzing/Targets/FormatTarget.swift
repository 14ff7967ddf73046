import Archives
import Formats

/// A format: recognised or not, bytes are laid out, and so are the structures in them; regions tile what they are of.
struct FormatTarget: FuzzTarget {
  /// How deep structures are opened.
  private static let depthLimit = 8
  /// How many structures of one input are opened.
  private static let structureLimit = 2000
  /// Longer values are not read as text.
  private static let valueLimit: Int64 = 64 << 10

  let name: String
  var formats: [any Format]

  func run(_ bytes: [UInt8]) throws {
    for format in formats {
      var source = ByteSource(bytes) { Decompression.decoded($0, $1, limit: $2) }
      _ = format.recognises(try FileHead(&source, name: nil))
      var left = Self.structureLimit
      try open(format, &source, 0..<source.size, depth: 0, &left)
    }
  }

  private func open(
    _ structure: any Structure, _ source: inout ByteSource, _ range: Range<Int64>, depth: Int, _ left: inout Int
  ) throws {
    let layout = try structure.layout(of: &source, range)
    Self.check(layout, range)
    for region in layout.regions {
      switch region.shape {
      case .field(let encoding) where region.length <= Self.valueLimit:
        _ = encoding.text(try source.bytes(at: region.offset, count: Int(region.length)))
      case .structure(let inner) where depth < Self.depthLimit && left > 0:
        left -= 1
        try open(inner, &source, region.offset..<region.end, depth: depth + 1, &left)
      case .file(_, _, let encoded?) where encoded.lowerBound < 0 || encoded.upperBound > source.size:
        broken("\(region.name) is decoded from \(encoded), which is not within the file")
      default: break
      }
    }
  }

  private static func check(_ layout: Layout, _ range: Range<Int64>) {
    var place = range.lowerBound
    for region in layout.regions {
      guard region.offset == place, region.length >= 0 else {
        broken("\(region.name) is at \(region.offset) with \(region.length) bytes, and should be at \(place)")
      }
      guard layout.groups.indices.contains(region.group) else { broken("\(region.name) is in no group") }
      place = region.end
    }
    guard place == range.upperBound else { broken("regions end at \(place), and the range at \(range.upperBound)") }
    guard layout.regions.count <= 1024 + 4 * range.count, layout.groups.count <= 1024 + 4 * range.count else {
      broken("\(layout.regions.count) regions and \(layout.groups.count) groups for \(range.count) bytes")
    }
    for order in layout.orders where !order.groups.allSatisfy(layout.groups.indices.contains) {
      broken("\(order.name) is of groups that are not there")
    }
  }
}

/// All formats' marks, with a name that formats look for: never a trap, and the same answer for the same file.
struct RecognitionTarget: FuzzTarget {
  let name = "recognition"

  private static let names: [String?] = [
    nil, "METADATA", "WHEEL", "RECORD", "control", "MANIFEST.MF", "md5sums", "SHA256SUMS", "x.json", "x.xml", "x.pem",
    "x.der", "x.pyc", "x.o", "x.hex", "x.srec", "x.lzma", "x.changes", "x.buildinfo", "x.dsc", "Release",
  ]

  func run(_ bytes: [UInt8]) throws {
    let name = Self.names[Int(bytes.first ?? 0) % Self.names.count]
    var source = ByteSource(Array(bytes.dropFirst()))
    let head = try FileHead(&source, name: name)
    for format in FormatList.all where format.recognises(head) {
      _ = try format.layout(of: &source)
      return
    }
  }
}
