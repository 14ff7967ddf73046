import Glibc
import Subprocess
public import SystemPackage

extension HostCommand {
  /// Runs the tool and captures its standard output.
  ///
  /// Cancelling the task sends SIGTERM, then SIGKILL, to the tool's process group and waits for its end.
  /// - Parameter limit: the most bytes of standard output to take.
  /// - Throws: `ProcessError` when it cannot be run, when it writes more, or when the task is cancelled. Another
  ///   status than 0 is a result.
  public func run(limit: Int = 1 << 20) async throws(ProcessError) -> HostResult {
    try await supervised(limit: limit) { prepared, leader in
      let result = try await Subprocess.run(
        prepared.configuration, input: prepared.input, output: .bytes(limit: limit), error: .sequence
      ) { execution in
        leader.set(execution.processIdentifier.value)
        return try await Self.drain(execution.standardError) { _ in }
      }
      return HostResult(
        status: Self.status(result.terminationStatus), output: result.standardOutput, errors: result.closureResult)
    }
  }

  /// Runs the tool and hands each line of its standard output and standard error, merged, to a closure.
  ///
  /// Lines are made safe to show, see `LineSplitter`.
  /// - Throws: as `run(limit:)`, without a limit.
  public func run(onLine: @escaping @Sendable (String) -> Void) async throws(ProcessError) -> HostResult {
    try await supervised { prepared, leader in
      let result = try await Subprocess.run(
        prepared.configuration, input: prepared.input, output: .sequence, error: .combinedWithOutput
      ) { execution in
        leader.set(execution.processIdentifier.value)
        return try await Self.drain(execution.standardOutput, onLine)
      }
      return HostResult(
        status: Self.status(result.terminationStatus), output: [], errors: result.closureResult)
    }
  }

  /// Runs the tool with its standard output written to a file, which is made anew, and each line of its standard
  /// error handed to a closure.
  ///
  /// - Throws: as `run(limit:)`, and when the file cannot be made.
  public func run(
    to file: FilePath, onErrorLine: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws(ProcessError) -> HostResult {
    try await supervised { prepared, leader in
      let descriptor: FileDescriptor
      do {
        descriptor = try FileDescriptor.open(
          file, .writeOnly, options: [.create, .truncate, .closeOnExec],
          permissions: [.ownerReadWrite, .groupRead])
      } catch {
        throw ProcessError(.notStarted, program, "making \(file) for the output of \(program): \(error)")
      }
      defer { try? descriptor.close() }
      let result = try await Subprocess.run(
        prepared.configuration, input: prepared.input,
        output: .fileDescriptor(descriptor, closeAfterSpawningProcess: false), error: .sequence
      ) { execution in
        leader.set(execution.processIdentifier.value)
        return try await Self.drain(execution.standardError, onErrorLine)
      }
      return HostResult(
        status: Self.status(result.terminationStatus), output: [], errors: result.closureResult)
    }
  }

  /// Opens and closes the tool's input around its run, and leaves nothing of it running when that fails.
  private func supervised(
    limit: Int? = nil, _ body: (PreparedCommand, GroupLeader) async throws -> HostResult
  ) async throws(ProcessError) -> HostResult {
    let prepared = try prepare()
    defer { prepared.closeInput() }
    let leader = GroupLeader()
    do {
      let result = try await body(prepared, leader)
      // A cancelled run ends like one that was killed from elsewhere; that must not pass for a result.
      try Task.checkCancellation()
      return result
    } catch {
      throw await failure(error, leader, limit: limit)
    }
  }
}
