import Processes
import Synchronization
import SystemPackage

/// Which Python index the machine's pip is configured with, and how to reach it.
///
/// pip itself is not needed: its files and variables are read by the rules of pip's documentation.
struct PipConfiguration: Hashable, Sendable {
  /// The Simple API's addresses, in the order in which they are asked; empty when nothing is configured.
  var indexes: [String] = []
  /// Whether an index is named; `extra-index-url` alone adds to pip's default.
  var namesIndex = false
  /// Whether no index may be used at all.
  var forbidsIndex = false
  /// A file of certificates to trust.
  var certificates: String?
  /// A client certificate with its key.
  var clientCertificate: String?
  /// A proxy.
  var proxy: String?

  private static let sizeLimit = 1 << 20

  /// Reads what applies on this machine.
  static func read(_ machine: Machine) -> PipConfiguration {
    var values: [String: String] = [:]
    for file in files(machine.environment) {
      guard let text = LocalFiles.text(file, limit: sizeLimit) else { continue }
      values.merge(parse(text)) { _, later in later }
    }
    for (name, value) in machine.environment where name.hasPrefix("PIP_") && !value.isEmpty {
      values[key(String(name.dropFirst(4)))] = value
    }
    return PipConfiguration(values, machine.environment)
  }

  init() {}

  private init(_ values: [String: String], _ environment: [String: String]) {
    forbidsIndex = ["1", "true", "yes", "on"].contains(values["no-index"]?.lowercased() ?? "")
    namesIndex = values["index-url"] != nil
    indexes = [values["index-url"], values["extra-index-url"]].compactMap { $0 }
      .flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }.filter(WebAddress.isFetchable)
    certificates = values["cert"] ?? environment["REQUESTS_CA_BUNDLE"]
    clientCertificate = values["client-cert"]
    proxy = values["proxy"]
  }

  /// The files in the order in which later ones overrule earlier ones.
  static func files(_ environment: [String: String]) -> [FilePath] {
    let own = environment["PIP_CONFIG_FILE"]
    if own == "/dev/null" { return [] }
    let shared = (environment["XDG_CONFIG_DIRS"] ?? "/etc/xdg").split(separator: ":").reversed()
    var files = shared.map { FilePath(String($0)).appending("pip/pip.conf") } + ["/etc/pip.conf"]
    if let home = environment["HOME"], home.hasPrefix("/") {
      files.append(FilePath(home).appending(".pip/pip.conf"))
      files.append(
        FilePath(environment["XDG_CONFIG_HOME"] ?? "\(home)/.config").appending("pip/pip.conf"))
    }
    if let site = environment["VIRTUAL_ENV"] { files.append(FilePath(site).appending("pip.conf")) }
    if let own { files.append(FilePath(own)) }
    return files
  }

  /// The values of the sections that an installation reads; `install` overrules `global`.
  static func parse(_ text: String) -> [String: String] {
    var sections: [String: [String: String]] = [:]
    var section = ""
    var last: String?
    for line in text.split(whereSeparator: \.isNewline) {
      let content = line.drop(while: \.isWhitespace)
      guard let first = content.first, first != "#", first != ";" else { continue }
      if first != line.first, let last {
        sections[section, default: [:]][last, default: ""] += "\n" + content
      } else if first == "[", let end = content.firstIndex(of: "]") {
        section = content[..<end].dropFirst().lowercased()
        last = nil
      } else if let sign = content.firstIndex(where: { $0 == "=" || $0 == ":" }) {
        let name = key(String(content[..<sign]))
        let value = content[content.index(after: sign)...].drop(while: \.isWhitespace)
        sections[section, default: [:]][name] = trimmed(value)
        last = name
      } else {
        last = nil
      }
    }
    return (sections["global"] ?? [:]).merging(sections["install"] ?? [:]) { _, later in later }
  }

  private static func key(_ name: String) -> String {
    let name = trimmed(name.lowercased()[...]).replacing("_", with: "-")
    return String(name.drop { $0 == "-" })
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

extension PipConfiguration {
  /// The indexes to ask; where none is configured, the one that the machine's pip has as its default.
  func addresses(_ machine: Machine) async throws(FetchError) -> [String] {
    guard !forbidsIndex else {
      throw FetchError(
        .indexUnusable, "looking for a Python index: pip is configured to use none (no-index)",
        advice: "Hand the files over with --inputs.")
    }
    if namesIndex, !indexes.isEmpty { return indexes }
    if let standard = await Self.knownStandardIndex(machine) { return [standard] + indexes }
    if !indexes.isEmpty { return indexes }
    throw FetchError(
      .indexUnusable, "looking for a Python index: none is configured, and there is no pip to ask for its default",
      details: ["looked in PIP_INDEX_URL and " + Self.files(machine.environment).map(\.string).joined(separator: ", ")],
      advice: "Set PIP_INDEX_URL to the Simple API of an index, or install python3-pip, or use --inputs.")
  }

  private static let known = Mutex<[String: String]>([:])

  /// pip is asked once a run, since its start takes longer than most pages of an index.
  private static func knownStandardIndex(_ machine: Machine) async -> String? {
    let key = [machine.environment["PATH"] ?? "", machine.environment["HOME"] ?? ""].joined(separator: "\n")
    if let found = known.withLock({ $0[key] }) { return found }
    guard let found = await standardIndex(machine) else { return nil }
    known.withLock { $0[key] = found }
    return found
  }

  private static func standardIndex(_ machine: Machine) async -> String? {
    let path = (machine.environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    let folders = path.map(String.init) + HostCommand.searchPath
    var environment = machine.clientEnvironment
    environment["PATH"] = folders.joined(separator: ":")
    environment["HOME"] = machine.environment["HOME"]
    var tried: Set<String> = []
    for folder in folders where tried.insert(folder).inserted {
      guard let python = HostCommand.locate("\(folder)/python3") else { continue }
      let command = HostCommand(
        python.string, ["-E", "-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"],
        environment: environment)
      guard let result = try? await command.run(limit: 4096), result.succeeded else { continue }
      let address = trimmed(result.text[...])
      if WebAddress.isFetchable(address) { return address }
    }
    return nil
  }
}
