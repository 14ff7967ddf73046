import Glibc
import SystemPackage

/// Starts programs for tests, without any of the program's own code.
public enum FixtureProcess {
  /// What a finished program left.
  public struct Result: Sendable {
    /// The exit code, or 128 and the signal's number.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String
  }

  /// Starts a program with this process's own environment and returns its number; -1 when it cannot be started.
  public static func spawn(_ program: String, _ arguments: [String]) -> Int32 {
    var pid: pid_t = -1
    var strings: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map { unsafe strdup($0) }
    unsafe strings.append(nil)
    defer { unsafe strings.forEach { unsafe free($0) } }
    return unsafe posix_spawn(&pid, program, nil, nil, strings, environ) == 0 ? pid : -1
  }

  /// Waits for the end of a program and returns its exit code, or 128 and the signal's number.
  @discardableResult
  public static func wait(_ pid: Int32) -> Int32 {
    guard pid > 0 else { return 127 }
    var status: Int32 = 0
    while unsafe waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }

  /// Runs a shell script to its end; `$1` and on are the arguments.
  public static func shell(_ script: String, _ arguments: [String] = []) throws -> Result {
    let folder = try TemporaryFolder()
    let wrapped = "exec >\"$0/out\" 2>\"$0/err\" </dev/null\n" + script
    let status = wait(spawn("/bin/sh", ["-c", wrapped, folder.path.string] + arguments))
    return Result(
      status: status, output: String(decoding: try folder.read("out"), as: UTF8.self),
      errors: String(decoding: try folder.read("err"), as: UTF8.self))
  }
}
