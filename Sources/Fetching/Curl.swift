import Model
import Processes
import SystemPackage

/// How long a server may take.
struct Patience: Hashable, Sendable {
  /// Seconds until a connection stands.
  var connect = 30
  /// Seconds in which nothing arrives.
  var stall = 30
  /// How often a download is begun or resumed.
  var attempts = 3
  /// Milliseconds between two attempts, growing with each.
  var pause = 1000
}

/// How to reach a server beside its address.
struct Connection: Hashable, Sendable {
  var certificates: String?
  var clientCertificate: String?
  var proxy: String?
}

/// One transfer by the machine's curl, confined to the protocols and sizes that are wanted.
struct Curl: Sendable {
  var machine: Machine
  var patience = Patience()

  /// How a transfer ended.
  struct Outcome: Sendable {
    /// curl's exit code; nil when it was stopped because more than the limit arrived.
    var code: Int32?
    /// The last answer's status; 0 when there was none.
    var status: Int
    var contentType: String
    /// The address after all redirects.
    var address: String
    /// What curl says went wrong.
    var complaint: String

    var succeeded: Bool { code == 0 }
    /// Whether another attempt may go better: the network or the server failed, not the request.
    var isTemporary: Bool {
      guard let code else { return false }
      if code == 22 { return status >= 500 || status == 429 || status == 408 }
      return [5, 6, 7, 16, 18, 28, 35, 52, 55, 56, 92, 95].contains(code)
    }
  }

  /// Transfers an address to a file, resuming after the bytes that are there already.
  ///
  /// `settings` is a file to write the options to, which may hold secrets and so are no arguments.
  func transfer(
    _ address: String, to file: FilePath, limit: Int64, accept: String? = nil, connection: Connection,
    settings: FilePath, arrived: @escaping @Sendable (Int64) -> Void = { _ in }
  ) async throws(FetchError) -> Outcome {
    guard WebAddress.isFetchable(address) else {
      throw FetchError(
        .wrongReference,
        "fetching \"\(WebAddress.withoutSecrets(String(address.prefix(200))))\": it is no http, https or ftp address")
    }
    let options = options(address, file: file, limit: limit, accept: accept, connection: connection)
    try LocalFiles.write(options, to: settings)
    defer { LocalFiles.remove(settings) }
    let command = HostCommand("curl", ["-q", "--config", settings.string], environment: machine.clientEnvironment)
    let result = try await fetching { try await Self.run(command, file: file, limit: limit, arrived: arrived) }
    guard let result else {
      return Outcome(code: nil, status: 0, contentType: "", address: address, complaint: "more than \(limit) bytes")
    }
    guard case .exited(let code) = result.status else {
      throw FetchError(.machine, "fetching \(WebAddress.withoutSecrets(address)): curl was killed")
    }
    let lines = result.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return Outcome(
      code: code, status: lines.first.flatMap { Int($0) } ?? 0, contentType: lines.count > 1 ? lines[1] : "",
      address: lines.count > 2 && WebAddress.isFetchable(lines[2]) ? lines[2] : address,
      complaint: Self.complaint(result.errors, code))
  }

  private func options(
    _ address: String, file: FilePath, limit: Int64, accept: String?, connection: Connection
  ) -> String {
    let protocols = WebAddress.scheme(address) == "ftp" ? "=ftp" : "=http,https"
    // A page that was asked for over TLS must not come over a line without it.
    let redirected = WebAddress.scheme(address) == "https" ? "=https" : protocols
    var options = [
      ("url", address), ("output", file.string), ("proto", protocols), ("proto-redir", redirected),
      ("max-redirs", "10"), ("connect-timeout", "\(patience.connect)"), ("speed-limit", "1"),
      ("speed-time", "\(patience.stall)"), ("max-filesize", "\(limit)"),
      ("write-out", "%{http_code}\\n%{content_type}\\n%{url_effective}\\n"),
    ]
    if (LocalFiles.size(file) ?? 0) > 0 { options.append(("continue-at", "-")) }
    if let accept { options.append(("header", "Accept: \(accept)")) }
    if let value = connection.certificates { options.append(("cacert", value)) }
    if let value = connection.clientCertificate { options.append(("cert", value)) }
    if let value = connection.proxy { options.append(("proxy", value)) }
    let lines = options.map { name, value in
      name == "write-out" ? "\(name) = \"\(value)\"" : "\(name) = \"\(Self.escaped(value))\""
    }
    return (lines + ["location", "fail", "silent", "show-error", "globoff"]).joined(separator: "\n") + "\n"
  }

  private static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").filter { !$0.isNewline }
  }

  /// Runs curl until it ends or more than the limit has arrived; nil for the latter.
  private static func run(
    _ command: HostCommand, file: FilePath, limit: Int64, arrived: @escaping @Sendable (Int64) -> Void
  ) async throws -> HostResult? {
    try await withThrowingTaskGroup(of: HostResult?.self) { group in
      group.addTask { try await command.run(limit: 1 << 16) }
      group.addTask {
        while true {
          try await Task.sleep(for: .milliseconds(100))
          let size = LocalFiles.size(file) ?? 0
          if size > limit { return nil }
          if size > 0 { arrived(size) }
        }
      }
      defer { group.cancelAll() }
      let result = try await group.next() ?? nil
      return (LocalFiles.size(file) ?? 0) > limit ? nil : result
    }
  }

  private static func complaint(_ text: String, _ code: Int32) -> String {
    let line = text.split(whereSeparator: \.isNewline).last.map { LineSplitter.printable(Array($0.utf8.prefix(500))) }
    return line ?? "curl returned \(code)"
  }
}
