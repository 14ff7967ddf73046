/// Settings of the machine's apt, as `apt-config dump` prints them.
struct AptSettings: Sendable {
  /// Names and values in the order of the dump.
  let entries: [(name: String, value: String)]

  /// Reads lines of the form `Name "value";`; others are left out.
  init(dump: String) {
    entries = dump.split(whereSeparator: \.isNewline).compactMap { line in
      guard line.hasSuffix("\";"), let space = line.firstIndex(of: " ") else { return nil }
      let value = line[line.index(after: space)...].dropLast(2)
      guard value.first == "\"" else { return nil }
      return (String(line[..<space]), String(value.dropFirst()))
    }
  }

  /// The first value of a name, whatever its case.
  subscript(_ name: String) -> String? {
    entries.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  private static let connections: Set<String> = ["http", "https", "ftp"]
  private static let carried: Set<String> = [
    "proxy", "proxy-auto-detect", "proxyautodetect", "cainfo", "capath", "crlfile", "issuercert", "sslcert", "sslkey",
  ]

  /// The lines that say how the machine reaches its archives: proxies and certificates, and nothing that would
  /// weaken what apt checks.
  var connectionLines: [String] {
    entries.compactMap { name, value in
      let parts = name.lowercased().split(separator: ":", omittingEmptySubsequences: true).map(String.init)
      guard parts.count > 2, parts[0] == "acquire", Self.connections.contains(parts[1]),
        parts[2...].contains(where: Self.carried.contains), !value.isEmpty,
        !value.contains(where: { "\"\\\n".contains($0) }),
        AptSourceSelection.isPlain(name, extra: ":._-/")
      else { return nil }
      return "\(name) \"\(value)\";"
    }
  }
}
