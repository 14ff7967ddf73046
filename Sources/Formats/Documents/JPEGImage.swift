import Model

/// A JPEG image: a sequence of segments, each with a marker.
struct JPEGImage: Format {
  let name = "JPEG"

  func recognises(_ head: FileHead) -> Bool { head.has([0xFF, 0xD8, 0xFF]) }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    try layout.add("start of image", at: range.lowerBound, count: 2, .field(.bytes))
    var place = range.lowerBound + 2
    while place < range.upperBound {
      guard try source.byte(at: place) == 0xFF else { throw .malformed(at: place, "a marker is missing") }
      let marker = try source.byte(at: place + 1)
      if marker == 0xFF {
        try layout.add("fill byte", at: place, count: 1, .field(.bytes), role: .padding)
        place += 1
        continue
      }
      if marker == 0xD9 {
        try layout.add("end of image", at: place, count: 2, .field(.bytes))
        if place + 2 < range.upperBound {
          try layout.add(
            "after the image", at: place + 2, count: range.upperBound - place - 2, .file(name: "after the image"))
        }
        return
      }
      if (0xD0...0xD7).contains(marker) || marker == 0x01 {
        try layout.add("marker", at: place, count: 2, .field(.bytes), role: .data)
        place += 2
        continue
      }
      let length = Int64(try source.u16(at: place + 2, .big))
      guard length >= 2 else { throw .malformed(at: place + 2, "a segment's length is too small") }
      try Self.add(marker, at: place, length: length, &source, to: &layout)
      place += 2 + length
      if marker == 0xDA {
        let end = try Self.endOfScan(&source, place..<range.upperBound)
        try layout.add("scan data", at: place, count: end - place, .opaque, role: .data)
        place = end
      }
    }
    throw .truncated(at: range.upperBound)
  }

  /// Where the next marker is that belongs not to the compressed data itself.
  private static func endOfScan(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) -> Int64 {
    var place = range.lowerBound
    while place < range.upperBound {
      let bytes = try source.bytes(at: place, count: Int(min(32 << 10, range.upperBound - place)))
      var index = 0
      while let found = bytes[index...].firstIndex(of: 0xFF), found + 1 < bytes.count {
        let next = bytes[found + 1]
        if next != 0, !(0xD0...0xD7).contains(next) { return place + Int64(found) }
        index = found + 2
      }
      // The last byte is looked at again, should it be the first of a marker.
      guard bytes.count > 1 else { return range.upperBound }
      place += Int64(max(index, bytes.count - 1))
    }
    return range.upperBound
  }

  private static func add(
    _ marker: UInt8, at place: Int64, length: Int64, _ source: inout ByteSource, to layout: inout LayoutBuilder
  ) throws(FormatError) {
    let start = place + 4
    let count = length - 2
    let mark = try source.bytes(at: start, count: Int(min(14, count)))
    let (name, role): (String, Difference.Role)
    switch marker {
    case 0xE0 where mark.starts(with: Array("JFIF\0".utf8)) && count >= 14: (name, role) = ("JFIF", .data)
    case 0xE1 where mark.starts(with: Array("Exif\0\0".utf8)): (name, role) = ("Exif", .data)
    case 0xE1 where mark.starts(with: Array("http://ns.ado".utf8)): (name, role) = ("XMP", .data)
    case 0xE2 where mark.starts(with: Array("ICC_PROFILE".utf8)): (name, role) = ("color profile", .data)
    case 0xED: (name, role) = ("Photoshop data", .data)
    case 0xEE where mark.starts(with: Array("Adobe".utf8)): (name, role) = ("Adobe data", .data)
    case 0xE0...0xEF: (name, role) = ("application data \(marker - 0xE0)", .data)
    case 0xFE: (name, role) = ("comment", .text)
    case 0xDB: (name, role) = ("quantisation table", .compression)
    case 0xC4: (name, role) = ("Huffman table", .compression)
    case 0xDD: (name, role) = ("restart interval", .compression)
    case 0xDA: (name, role) = ("scan header", .compression)
    case 0xC0...0xCF: (name, role) = ("frame header", .data)
    default: (name, role) = ("segment 0x\(String(marker, radix: 16))", .data)
    }
    try layout.add("\(name) marker", at: place, count: 2, .field(.bytes), role: .data)
    try layout.add("\(name) length", at: place + 2, count: 2, .field(.unsigned(.big)), role: .size)
    switch name {
    case "JFIF":
      try layout.add("JFIF mark", at: start, count: 5, .field(.text), role: .data)
      try layout.add("JFIF version", at: start + 5, count: 2, .field(.bytes), role: .version)
      try layout.add("JFIF density", at: start + 7, count: 5, .field(.bytes), role: .data)
      try layout.add("JFIF thumbnail", at: start + 12, count: count - 12, .opaque, role: .data)
    case "Exif":
      try layout.add("Exif mark", at: start, count: 6, .field(.text), role: .data)
      try layout.addAvailable(
        "Exif", at: start + 6, count: count - 6, .structure(ExifData(prefix: "Exif ")), role: role)
    case "XMP":
      let end = try source.find([0], in: start..<start + min(64, count)).map { $0 + 1 } ?? start
      try layout.add("XMP mark", at: start, count: end - start, .field(.text), role: .data)
      try layout.addAvailable("XMP", at: end, count: start + count - end, .file(name: "XMP"), role: .data)
    case "comment": try layout.addAvailable(name, at: start, count: count, .field(.text), role: .text)
    default: try layout.addAvailable(name, at: start, count: count, .opaque, role: role)
    }
  }
}
