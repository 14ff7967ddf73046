/// What a text of some kind may look like, so that nothing else reaches a tool, a path or a report.
///
/// All are written as lists of allowed characters: no text of any kind can begin with `-` or hold a space, a quote or
/// anything that a shell or apt gives a meaning to.
struct TextPattern: Sendable {
  /// What the text is, with an article, for messages.
  let name: String
  /// What is allowed, for messages.
  let allowed: String
  /// In bytes.
  let longest: Int
  /// Whether a text that is neither empty nor too long is of this kind.
  let matches: @Sendable (Substring) -> Bool

  /// Why a text is not of this kind; nil when it is.
  func refusal(of text: String) -> String? {
    if text.isEmpty { return "found nothing where \(name) belongs" }
    if text.utf8.count > longest {
      return
        "found \(text.utf8.count) bytes (\(text.quotedForMessage)) where \(name) belongs, which has at most \(longest)"
    }
    return matches(text[...]) ? nil : "found \(text.quotedForMessage) where \(name) belongs: \(allowed)"
  }
}

extension TextPattern {
  static let productName = TextPattern(
    name: "a name", allowed: "letters, digits and . _ + -, beginning with a letter or digit", longest: 128
  ) { $0.starts(with: Self.alphanumeric) && $0.holdsOnly("._+-") }

  static let productVersion = TextPattern(
    name: "a version", allowed: "letters, digits and . _ + ~ : ! -, beginning with a letter or digit", longest: 128
  ) { $0.starts(with: Self.alphanumeric) && $0.holdsOnly("._+~:!-") }

  /// As Debian Policy 5.6.7.
  static let debianName = TextPattern(
    name: "a Debian package name", allowed: "lower-case letters, digits and + - ., beginning with a letter or digit",
    longest: 128
  ) { $0.utf8.count > 1 && $0.starts(with: Self.lowerAlphanumeric) && $0.holdsOnly("+-.") && $0.isLowerCase }

  /// As Debian Policy 5.6.12.
  static let debianVersion = TextPattern(
    name: "a Debian version",
    allowed: "optionally an epoch (1:), then letters, digits and . + ~ -, beginning with a digit",
    longest: 128
  ) { text in
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, parts[0].isEmpty || parts[0].utf8.count > 9 || !parts[0].holdsOnlyDigits { return false }
    guard let upstream = parts.last else { return false }
    return upstream.starts(with: Self.digit) && upstream.holdsOnly(".+~-")
  }

  static let suite = TextPattern(
    name: "a suite", allowed: "lower-case letters, digits, . and -, beginning with a letter", longest: 64
  ) { $0.starts(with: Self.lowerLetter) && $0.holdsOnly(".-") && $0.isLowerCase }

  /// Debian's archives name some suites and components with a slash, for example `bookworm/updates`.
  static let mirrorSuite = TextPattern(
    name: "a suite or component", allowed: "lower-case letters, digits and . - /, beginning with a letter", longest: 64
  ) {
    $0.starts(with: Self.lowerLetter) && $0.holdsOnly(".-/") && $0.isLowerCase && !$0.hasSuffix("/")
      && !$0.contains("//") && !$0.contains("..")
  }

  /// As PEP 508.
  static let pythonName = TextPattern(
    name: "a Python project's name", allowed: "letters, digits and . _ -, beginning and ending with a letter or digit",
    longest: 128
  ) { $0.starts(with: Self.alphanumeric) && $0.ends(with: Self.alphanumeric) && $0.holdsOnly("._-") }

  /// As PEP 440, loosely: the index has the last word.
  static let pythonVersion = TextPattern(
    name: "a Python version", allowed: "letters, digits and . ! + _ -, beginning with a digit", longest: 128
  ) { $0.starts(with: Self.digit) && $0.holdsOnly(".!+_-") }

  static let fileName = TextPattern(
    name: "a file name", allowed: "letters, digits and . _ + ! ~ -, beginning with a letter or digit", longest: 255
  ) { $0.starts(with: Self.alphanumeric) && $0.holdsOnly("._+!~-") }

  /// As POSIX names environment variables.
  static let variableName = TextPattern(
    name: "a variable's name", allowed: "letters, digits and _, not beginning with a digit", longest: 128
  ) { $0.starts(with: { Self.alphanumeric($0) && !Self.digit($0) || $0 == UInt8(ascii: "_") }) && $0.holdsOnly("_") }

  /// As RFC 1123, one label or several.
  static let hostName = TextPattern(
    name: "a host name",
    allowed: "lower-case letters, digits, - and ., each part beginning and ending with a letter or digit",
    longest: 64
  ) { text in
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      $0.starts(with: Self.lowerAlphanumeric) && $0.ends(with: Self.lowerAlphanumeric) && $0.holdsOnly("-")
        && $0.isLowerCase
    }
  }

  /// http and https only; no user or password, which the lock and the evidence would publish; nothing that curl globs.
  static let url = TextPattern(
    name: "an address",
    allowed: "http:// or https://, a host and a path, without user name, spaces, quotes or brackets",
    longest: 2000
  ) { text in
    guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else { return false }
    let rest = text.dropFirst(scheme.count)
    let host = rest.prefix { !"/?#".contains($0) }
    return host.starts(with: Self.alphanumeric) && host.holdsOnly(".-:") && rest.holdsOnly("-._~:/?#@!$&()*+,;=%")
  }
}

// MARK: - Characters, as bytes of ASCII

extension TextPattern {
  static func digit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  static func lowerLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
  static func lowerAlphanumeric(_ byte: UInt8) -> Bool { digit(byte) || lowerLetter(byte) }
  static func alphanumeric(_ byte: UInt8) -> Bool {
    lowerAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}

extension Substring {
  fileprivate func starts(with kind: (UInt8) -> Bool) -> Bool { utf8.first.map(kind) ?? false }
  fileprivate func ends(with kind: (UInt8) -> Bool) -> Bool { utf8.last.map(kind) ?? false }
  fileprivate var holdsOnlyDigits: Bool { utf8.allSatisfy(TextPattern.digit) }
  fileprivate var isLowerCase: Bool {
    utf8.allSatisfy { !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }
  fileprivate func holdsOnly(_ others: StaticString) -> Bool {
    let others = "\(others)".utf8
    return utf8.allSatisfy { TextPattern.alphanumeric($0) || others.contains($0) }
  }
}
