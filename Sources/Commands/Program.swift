import ArgumentParser
import Glibc
public import Model
import SystemPackage

/// The program's entry: arguments to a subcommand, its errors to lines, its end to an exit code.
public enum Program {
  /// The version that reports carry and `--version` prints.
  public static let identity = ProgramIdentity(name: "verbatim", version: "0.1.0")

  /// The file that this process runs.
  static func executable() throws(Errno) -> FilePath {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    guard count > 0 else { throw Errno(rawValue: errno) }
    return FilePath(String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  /// Runs the program and returns its exit code.
  ///
  /// Exit codes are those of the verdicts; wrong usage and errors are 2, an interrupt is 130.
  public static func run(arguments: [String]) async -> Int32 {
    Interruption.prepare()
    let task = Task { await execute(arguments) }
    Interruption.onInterrupt { task.cancel() }
    return await task.value
  }

  private static func execute(_ arguments: [String]) async -> Int32 {
    do {
      var command = try VerbatimCommand.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return 0
    } catch {
      return report(error)
    }
  }

  /// Prints an error once, where it ends the program, and returns the exit code.
  private static func report(_ error: any Error) -> Int32 {
    if let code = error as? ExitCode { return code.rawValue }
    if Task.isCancelled || error is CancellationError {
      Console.error("Interrupted. All that was started has ended; the same command goes on from here.")
      return 130
    }
    if let explained = error as? any ExplainedError {
      Console.error("verbatim: " + explained.message)
      for line in explained.details { Console.error("  " + line) }
      if let advice = explained.advice { Console.error(advice) }
      return 2
    }
    let text = VerbatimCommand.fullMessage(for: error)
    if VerbatimCommand.exitCode(for: error) == .success {
      Console.output(text)
      return 0
    }
    Console.error(text)
    return 2
  }
}

/// The root of all subcommands; a new one is one entry in its list.
struct VerbatimCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verbatim",
    abstract: "Proves that a delivered binary is, byte for byte, what the reviewed source builds to.",
    discussion: """
      Exit codes: 0 reproduced, 1 different, 2 inconclusive or wrong usage, 3 equivalent.
      """,
    version: "\(Program.identity.name) \(Program.identity.version)",
    subcommands: [
      CheckCommand.self, InferCommand.self, PackCommand.self, LockCommand.self, CompareCommand.self, UnpackCommand.self,
      IdentifyCommand.self, SignCommand.self, VerifyCommand.self, EndorseCommand.self, DoctorCommand.self,
      StoreCommand.self, KeyCommand.self, LogCommand.self,
    ])
}
