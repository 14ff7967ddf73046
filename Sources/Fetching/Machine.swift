import Glibc
import Processes

/// What the room takes over from the machine: its environment variables, by which its clients are configured.
public struct Machine: Sendable {
  /// The variables; only those that configure apt, pip, curl and proxies are read.
  public var environment: [String: String]

  /// Makes a machine of its parts.
  public init(environment: [String: String]) { self.environment = environment }

  /// This process's own environment.
  public static var current: Machine {
    var variables: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let words = unsafe String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if words.count == 2 { variables[String(words[0])] = String(words[1]) }
      unsafe entry += 1
    }
    return Machine(environment: variables)
  }

  private static let connection = [
    "http_proxy", "https_proxy", "HTTPS_PROXY", "ftp_proxy", "FTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy",
    "NO_PROXY", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR",
  ]

  /// The environment of a client that uses the network.
  var clientEnvironment: [String: String] {
    var variables = HostCommand.plainEnvironment
    for name in Self.connection { variables[name] = environment[name] }
    return variables
  }
}
