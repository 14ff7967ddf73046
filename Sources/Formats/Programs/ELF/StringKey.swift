import Model

/// What a text is paired by with that of another build: the text without what builds tend to vary.
///
/// Digits, names of months and days and folders are left out, so that a time or a path that differs is one difference
/// of a value rather than a text missing and another one extra.
struct StringKey {
  /// What is longer is known by its beginning.
  static let limit = 96

  private static let months = Set(
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map { Array($0.utf8) })
  private static let days = Set(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map { Array($0.utf8) })
  private static let stable = ["/usr/", "/lib", "/etc/", "/var/", "/dev/", "/proc/", "/sys/", "/bin/"].map {
    Array($0.utf8)
  }

  static func of(_ text: ArraySlice<UInt8>) -> String {
    var key: [UInt8] = []
    var rest = text.prefix(4 * limit)
    while let first = rest.first, key.count < limit {
      guard !isDelimiter(first) else {
        rest = rest.drop { $0 == first }
        key.append(first < 0x20 ? 0x20 : first)
        continue
      }
      let word = rest.prefix { !isDelimiter($0) }
      rest = rest.dropFirst(word.count)
      append(word, to: &key)
    }
    return ExactText.text(key)
  }

  private static func append(_ word: ArraySlice<UInt8>, to key: inout [UInt8]) {
    if let slash = word.lastIndex(of: UInt8(ascii: "/")), !stable.contains(where: { word.starts(with: $0) }) {
      let last = word[(slash + 1)...]
      // A folder's own name varies with the place of a build; that of a file does not.
      let isFile = last.contains(UInt8(ascii: "."))
      if isFile || word.first == UInt8(ascii: "/") {
        key += Array("…/".utf8)
        if isFile { appendPlain(last, to: &key) }
        return
      }
    }
    if word.count == 3, months.contains(Array(word)) { return key += Array("Mon".utf8) }
    if word.count == 3, days.contains(Array(word)) { return key += Array("Day".utf8) }
    appendPlain(word, to: &key)
  }

  /// A word with `#` for each run of digits, and for a long hexadecimal number.
  private static func appendPlain(_ word: ArraySlice<UInt8>, to key: inout [UInt8]) {
    var rest = word
    while let first = rest.first {
      let digits = rest.prefix(while: isHexadecimal)
      if digits.count >= 7, digits.contains(where: isDigit) {
        key.append(UInt8(ascii: "#"))
        rest = rest.dropFirst(digits.count)
      } else if isDigit(first) {
        key.append(UInt8(ascii: "#"))
        rest = rest.drop(while: isDigit)
      } else {
        key.append(first < 0x20 ? 0x20 : first)
        rest = rest.dropFirst()
      }
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool { " \t\n\"'=,;:()[]<>".utf8.contains(byte) }
}

/// Texts one after another, each ended by NUL: a region for each, by what is stable of it.
struct StringSequence: Structure {
  /// Put before each text.
  let prefix: String
  let role: Difference.Role

  /// The most texts that are told apart.
  private static let limit = 500_000

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    guard range.count <= ByteSource.readLimit else { throw .tooMuch("its texts have \(range.count) bytes") }
    let bytes = try source.bytes(at: range.lowerBound, count: range.count)
    var count = 0
    var place = 0
    var name = "start"
    while place < bytes.count {
      let end = bytes[place...].firstIndex(of: 0) ?? bytes.count
      let start = range.lowerBound + Int64(place)
      if end == place {
        let next = bytes[place...].firstIndex { $0 != 0 } ?? bytes.count
        try layout.add("\(prefix)padding after \(name)", at: start, count: Int64(next - place), role: .padding)
        place = next
        continue
      }
      count += 1
      guard count <= min(Self.limit, 64 + bytes.count / 4) else { throw .tooMuch("it has \(count) texts or more") }
      let text = bytes[place..<end]
      let length = min(end + 1, bytes.count) - place
      name = "\"\(StringKey.of(text))\""
      try layout.add(
        prefix + name, at: start, count: Int64(length),
        length <= Encoding.textLimit ? .field(.text) : .opaque, role: Self.role(text) ?? role)
      place += length
    }
  }

  /// What a text is for where its own beginning tells.
  static func role(_ text: ArraySlice<UInt8>) -> Difference.Role? {
    if text.first == UInt8(ascii: "/") { return .path }
    return generators.contains { text.starts(with: $0) } ? .generator : nil
  }

  private static let generators = [
    "GNU C", "GNU AS", "GNU F", "GNU GIMPLE", "GCC: ", "clang ", "Debian clang", "Ubuntu clang", "rustc ", "Linker: ",
    "Go cmd/", "Apple clang",
  ].map { Array($0.utf8) }
}
