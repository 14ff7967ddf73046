import Glibc
import SystemPackage
import TestFixtures

/// The real program while it runs, to be interrupted or watched beside another.
final class RunningProgram {
  /// Its process number, which is also that of its work in progress in the store.
  let process: Int32
  private let folder: TemporaryFolder
  private var status: Int32?

  init(_ arguments: [String], in folder: FilePath, store: String = Verbatim.sharedStore) throws {
    self.folder = try TemporaryFolder()
    process = FixtureProcess.spawn(
      "/bin/sh",
      [
        "-c", "exec >\"$0/out\" 2>\"$0/err\" </dev/null; cd \"$1\"; shift; exec \"$@\"", self.folder.path.string,
        folder.string, try Checkout.program.string,
      ] + arguments + ["--store", store])
  }

  deinit { if status == nil { end(SIGKILL) } }

  /// What it wrote so far.
  var output: String { (try? String(decoding: folder.read("out"), as: UTF8.self)) ?? "" }
  var errors: String { (try? String(decoding: folder.read("err"), as: UTF8.self)) ?? "" }

  /// Sends a signal and waits for the end; returns the exit code, or 128 and the number of the signal that ended it.
  @discardableResult
  func end(_ signal: Int32) -> Int32 {
    kill(process, signal)
    return wait(seconds: 60)
  }

  /// Waits for the end; what has not ended by then is killed and counts as hanging.
  func wait(seconds: Int) -> Int32 {
    if let status { return status }
    for _ in 0..<(seconds * 50) {
      var ended = unsafe siginfo_t()
      // Looks without taking the exit code away.
      guard unsafe waitid(P_PID, id_t(process), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 else { break }
      if unsafe ended.si_signo != 0 { return take() }
      usleep(20_000)
    }
    kill(process, SIGKILL)
    _ = take()
    return Verbatim.hung
  }

  private func take() -> Int32 {
    let code = FixtureProcess.wait(process)
    status = code
    return code
  }

  /// Waits until the build says a text; false when the program ended before or a minute went by.
  func waitUntilBuilding(_ text: String, evidence: FilePath) throws -> Bool {
    for _ in 0..<600 {
      let seen = try FixtureProcess.shell(
        "grep -q -F -x \"$2\" \"$1\"/.*/build.log 2>/dev/null", [evidence.removingLastComponent().string, text])
      if seen.status == 0 { return true }
      if kill(process, 0) != 0 { return false }
      usleep(100_000)
    }
    return false
  }
}
