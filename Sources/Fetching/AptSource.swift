/// One entry of apt's list of sources, as far as a private configuration needs it.
struct AptSource: Hashable, Sendable {
  /// The archives' base addresses.
  var uris: [String]
  /// The suites.
  var suites: [String]
  /// The components.
  var components: [String]
  /// The keyring, fingerprints or the lines of a key itself; nil is apt's own default.
  var signedBy: [String]?
  /// Whether an index that is past its date is refused; nil is apt's default.
  var checkValidUntil: Bool?
  /// The architectures that it is limited to; empty is all.
  var architectures: [String] = []

  /// The entry in deb822 form, for packages and their sources.
  var stanza: String {
    var lines = [
      "Types: deb deb-src", "URIs: " + uris.joined(separator: " "), "Suites: " + suites.joined(separator: " "),
      "Components: " + components.joined(separator: " "),
    ]
    if let signedBy { lines.append("Signed-By: " + signedBy.joined(separator: "\n ")) }
    if let checkValidUntil { lines.append("Check-Valid-Until: \(checkValidUntil ? "yes" : "no")") }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Reads apt's two forms of source lists (sources.list(5)).
///
/// What apt itself would refuse is left out; apt says so to whoever keeps the machine.
enum AptSourceParser {
  /// The longest list that is read, in bytes.
  static let sizeLimit = 1 << 20
  private static let entryLimit = 1000

  /// The `deb` entries of the one-line form.
  static func oneLine(_ text: String) -> [AptSource] {
    var sources: [AptSource] = []
    for line in text.split(whereSeparator: \.isNewline).prefix(100_000) {
      if sources.count == entryLimit { break }
      let entry = line.prefix { $0 != "#" }
      if let source = oneLineEntry(entry) { sources.append(source) }
    }
    return sources
  }

  /// The enabled stanzas of the deb822 form that have packages.
  static func deb822(_ text: String) -> [AptSource] {
    let withoutComments = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .filter { !$0.hasPrefix("#") }.joined(separator: "\n")
    return ControlStanza.parse(withoutComments).prefix(entryLimit).compactMap(stanza)
  }

  private static func oneLineEntry(_ line: Substring) -> AptSource? {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.first == "deb" else { return nil }
    var rest = line[words[0].endIndex...].drop(while: \.isWhitespace)
    var options: [String: String] = [:]
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      for option in rest[rest.index(after: rest.startIndex)..<end].split(whereSeparator: \.isWhitespace) {
        guard let equals = option.firstIndex(of: "=") else { return nil }
        options[option[..<equals].lowercased()] = String(option[option.index(after: equals)...])
      }
      rest = rest[rest.index(after: end)...]
    }
    let fields = rest.split(whereSeparator: \.isWhitespace).map(String.init)
    guard fields.count >= 3 else { return nil }
    return AptSource(
      uris: [fields[0]], suites: [fields[1]], components: Array(fields[2...]),
      signedBy: options["signed-by"].map { [$0.replacing(",", with: " ")] },
      checkValidUntil: options["check-valid-until"].flatMap(truth),
      architectures: options["arch"].map { $0.split(separator: ",").map(String.init) } ?? [])
  }

  private static func stanza(_ stanza: ControlStanza) -> AptSource? {
    guard stanza.words("Types").contains("deb"), stanza["Enabled"].flatMap(truth) != false else { return nil }
    let source = AptSource(
      uris: stanza.words("URIs"), suites: stanza.words("Suites"), components: stanza.words("Components"),
      signedBy: stanza.lines("Signed-By"), checkValidUntil: stanza["Check-Valid-Until"].flatMap(truth),
      architectures: stanza.words("Architectures"))
    return source.uris.isEmpty || source.suites.isEmpty || source.components.isEmpty ? nil : source
  }

  private static func truth(_ word: String) -> Bool? {
    switch word.lowercased() {
    case "yes", "true", "with", "on", "enable", "1": true
    case "no", "false", "without", "off", "disable", "0": false
    default: nil
    }
  }
}
