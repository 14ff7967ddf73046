import Glibc
public import SystemPackage

/// A trusted tool of this machine and everything that it is given: nothing is inherited.
///
/// Never for anything that comes from a recipe, a source or an artifact; those run in a sandbox.
public struct HostCommand: Sendable {
  /// What a tool reads as its standard input.
  public enum Input: Sendable, Equatable {
    /// The empty file.
    case none
    /// A file, from its beginning.
    case file(FilePath)
  }

  /// A name that is looked up in ``searchPath``, or an absolute path.
  public var program: String
  /// The arguments after the program's name.
  public var arguments: [String]
  /// The whole environment.
  public var environment: [String: String]
  /// Where it starts; `/` when nil.
  public var workingDirectory: FilePath?
  /// Its standard input.
  public var input: Input

  /// The folders that programs are looked up in, whatever the caller's PATH says.
  public static let searchPath = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]

  /// A fixed path and locale, so that messages and sorting are the same everywhere.
  public static let plainEnvironment = [
    "PATH": searchPath.joined(separator: ":"), "LC_ALL": "C.UTF-8", "TZ": "UTC",
  ]

  /// Makes a command of its parts.
  public init(
    _ program: String, _ arguments: [String] = [],
    environment: [String: String] = HostCommand.plainEnvironment,
    workingDirectory: FilePath? = nil, input: Input = .none
  ) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.input = input
  }

  /// The named variables of this process that are set, to be handed on by name (proxy settings, say).
  public static func inherited(_ names: [String]) -> [String: String] {
    var found: [String: String] = [:]
    for name in names {
      if let value = unsafe getenv(name) { found[name] = unsafe String(cString: value) }
    }
    return found
  }

  /// The absolute path of a program in ``searchPath``; nil when the machine has none.
  public static func locate(_ program: String) -> FilePath? {
    if program.contains("/") { return isProgram(program) ? FilePath(program) : nil }
    for folder in searchPath where isProgram("\(folder)/\(program)") {
      return FilePath("\(folder)/\(program)")
    }
    return nil
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}

/// How a tool ended and what it said.
public struct HostResult: Sendable {
  /// The two ways in which a process ends.
  public enum Status: Hashable, Sendable {
    /// It returned this code.
    case exited(Int32)
    /// This signal killed it.
    case signalled(Int32)
  }

  /// How it ended.
  public let status: Status
  /// Its standard output, when that was captured.
  public let output: [UInt8]
  /// The end of its standard error (or of both streams, when they were merged), at most 64 KiB.
  public let errors: String

  /// Whether it returned 0.
  public var succeeded: Bool { status == .exited(0) }
  /// The captured output as text; bytes that are not UTF-8 become U+FFFD.
  public var text: String { String(decoding: output, as: UTF8.self) }

  /// Makes a result of its parts.
  public init(status: Status, output: [UInt8], errors: String) {
    self.status = status
    self.output = output
    self.errors = errors
  }
}
