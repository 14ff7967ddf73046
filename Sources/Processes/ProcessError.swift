public import Model
import SystemPackage

/// A host tool could not be run to its end.
public struct ProcessError: ExplainedError {
  /// The closed list of what goes wrong.
  public enum Code: Sendable, Equatable {
    /// The machine does not have the program.
    case missingProgram
    /// The program, its arguments or its input could not be handed to the system.
    case notStarted
    /// It wrote more than the caller takes.
    case tooMuchOutput
    /// The caller's task was cancelled; the tool and its children are gone.
    case cancelled
    /// Its output or its end could not be read.
    case lost
    /// It ended with another status than 0 where that was required.
    case failed
  }

  /// Which of them.
  public let code: Code
  /// The program's name as the caller gave it.
  public let program: String
  /// What was being run and what was found.
  public let message: String
  /// The last lines that the tool wrote, when it failed.
  public let details: [String]
  /// Which package to install, when that is what is missing.
  public let advice: String?
  /// A tool that does not run is the machine's failure.
  public var inconclusive: InconclusiveReason.Kind? { .machineFailed }

  init(_ code: Code, _ program: String, _ message: String, details: [String] = [], advice: String? = nil) {
    self.code = code
    self.program = program
    self.message = message
    self.details = details
    self.advice = advice
  }

  static func missing(_ program: String) -> ProcessError {
    let package = debianPackage(of: program)
    return ProcessError(
      .missingProgram, program,
      "running \(program): this machine has no such program in \(HostCommand.searchPath.joined(separator: ":"))",
      advice: package.map { "install the Debian package \($0): apt-get install \($0)" })
  }

  /// The Debian package that ships a program which this project runs.
  public static func debianPackage(of program: String) -> String? {
    let name = program.split(separator: "/").last.map(String.init) ?? program
    return packages[name]
  }

  private static let packages: [String: String] = [
    "apt-get": "apt", "apt-cache": "apt", "apt-config": "apt", "apt-ftparchive": "apt-utils",
    "bsdtar": "libarchive-tools", "bwrap": "bubblewrap", "chown": "coreutils", "cp": "coreutils",
    "curl": "curl", "dpkg": "dpkg", "dpkg-deb": "dpkg", "dpkg-source": "dpkg-dev", "git": "git",
    "gpgv": "gpgv", "linux.uml": "user-mode-linux",
    "mkdir": "coreutils", "mmdebstrap": "mmdebstrap", "mount": "mount", "newgidmap": "uidmap",
    "newuidmap": "uidmap", "perl": "perl-base", "prlimit": "util-linux", "python3": "python3",
    "rm": "coreutils", "setpriv": "util-linux", "sh": "dash", "tar": "tar", "taskset": "util-linux",
    "umoci": "umoci", "unshare": "util-linux", "xz": "xz-utils", "zstd": "zstd",
  ]
}

extension HostResult {
  /// This result, or an error when the tool did not return 0.
  ///
  /// `doing` is the present-progressive start of the message, such as "listing the package index".
  /// - Throws: `ProcessError` with code `failed`, its details the last lines that the tool wrote.
  @discardableResult
  public func requireSuccess(of program: String, doing: String) throws(ProcessError) -> HostResult {
    if succeeded { return self }
    let end =
      switch status {
      case .exited(let code): "returned \(code)"
      case .signalled(let signal): "was killed by signal \(signal)"
      }
    let tail = errors.split(separator: "\n").suffix(12).map { "  \($0)" }
    throw ProcessError(.failed, program, "\(doing): \(program) \(end)", details: tail)
  }
}
