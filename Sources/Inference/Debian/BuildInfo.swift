import Fetching
import Model
import SystemPackage

/// What a builder wrote down about a build (deb-buildinfo(5)), in clear or inside a signed text.
struct BuildInfo: Sendable {
  /// The packages that were installed, with their exact versions.
  let installed: [(name: String, version: String)]
  let path: String?
  let environment: [String: String]
  let source: String?
  let version: String?

  private static let limit = 16 << 20

  init(_ path: FilePath) throws(InferenceError) {
    let text: String
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? file.close() }
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while bytes.count <= Self.limit {
        let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
        if count == 0 { break }
        bytes += buffer[..<count]
      }
      text = String(decoding: bytes, as: UTF8.self)
    } catch {
      throw InferenceError("reading \(path): \((error as? Errno)?.description ?? "\(error)")")
    }
    try self.init(text: text, label: path.string)
  }

  /// Reads its text; a signature around it is taken off, since it says nothing that is checked against the index.
  init(text: String, label: String) throws(InferenceError) {
    let stanzas = ControlStanza.parse(Self.unsigned(text))
    guard text.utf8.count <= Self.limit,
      let stanza = stanzas.first(where: { $0["Format"] != nil && $0.lines("Installed-Build-Depends") != nil })
    else {
      throw InferenceError(
        "reading \(label): it is no .buildinfo file: it has no Format and no Installed-Build-Depends")
    }
    let relations = (stanza.lines("Installed-Build-Depends") ?? []).joined(separator: " ").split(separator: ",")
    installed = relations.prefix(20_000).compactMap { text in
      guard let package = DebianRelation(String(text), architecture: "any").alternatives.first,
        let constraint = package.constraint, constraint.sign == "="
      else { return nil }
      return (package.name, constraint.version)
    }
    self.path = stanza["Build-Path"]
    source = stanza["Source"]?.split(separator: " ").first.map(String.init)
    version = stanza["Version"]
    var variables: [String: String] = [:]
    for line in stanza.lines("Environment") ?? [] {
      guard let equals = line.firstIndex(of: "="), line.hasSuffix("\"") else { continue }
      let value = line[line.index(after: equals)...].dropFirst().dropLast()
      variables[String(line[..<equals])] = String(value)
    }
    environment = variables
  }

  private static func unsigned(_ text: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard let start = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN PGP SIGNED MESSAGE-----") }) else {
      return text
    }
    let body = lines[(start + 1)...].drop { !$0.isEmpty }.dropFirst()
    return body.prefix { !$0.hasPrefix("-----BEGIN PGP SIGNATURE-----") }
      .map { $0.hasPrefix("- ") ? $0.dropFirst(2) : $0 }.joined(separator: "\n")
  }
}
