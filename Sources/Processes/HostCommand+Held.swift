import Glibc
import Subprocess
import SystemPackage

extension HostCommand {
  /// Runs a tool that must not outlive this process, handing on both of its streams as they come.
  ///
  /// Its standard input is a pipe that gives nothing and ends when this process ends, however that happens; a tool
  /// that watches it can end itself then. Cancelling the task kills the process group at once.
  /// - Parameters:
  ///   - onStart: gets the process id, which is also that of its process group.
  ///   - onOutput: gets the bytes of standard output.
  ///   - onErrorLine: gets each line of standard error, made safe to show.
  /// - Throws: `ProcessError` when it cannot be run or when the task is cancelled; nothing of it runs on then.
  public func runHeld(
    onStart: @escaping @Sendable (Int32) -> Void,
    onOutput: @escaping @Sendable (RawSpan) -> Void,
    onErrorLine: @escaping @Sendable (String) -> Void
  ) async throws(ProcessError) -> HostResult {
    var configuration = try configuration()
    configuration.platformOptions.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
    ]
    let pipe = try heldPipe()
    defer {
      try? pipe.readEnd.close()
      try? pipe.writeEnd.close()
    }
    let leader = GroupLeader()
    do {
      let result = try await Subprocess.run(
        configuration, input: .fileDescriptor(pipe.readEnd, closeAfterSpawningProcess: false),
        output: .sequence, error: .sequence
      ) { execution in
        leader.set(execution.processIdentifier.value)
        onStart(execution.processIdentifier.value)
        let errors = execution.standardError
        async let tail = Self.drain(errors, onErrorLine)
        for try await buffer in execution.standardOutput { onOutput(buffer.bytes) }
        return try await tail
      }
      try Task.checkCancellation()
      return HostResult(
        status: Self.status(result.terminationStatus), output: [], errors: result.closureResult)
    } catch {
      throw await failure(error, leader, limit: nil)
    }
  }

  /// Reads a stream to its end, line by line, and returns the last of it.
  static func drain(
    _ stream: SubprocessOutputSequence, _ onLine: @Sendable (String) -> Void
  ) async throws -> String {
    var tail = ByteTail(limit: tailLimit)
    var lines = LineSplitter()
    for try await buffer in stream {
      tail.append(buffer.bytes)
      lines.append(buffer.bytes, onLine)
    }
    lines.finish(onLine)
    return tail.text
  }

  private func heldPipe() throws(ProcessError) -> (readEnd: FileDescriptor, writeEnd: FileDescriptor) {
    do {
      let ends = try FileDescriptor.pipe()
      // Children of this room get no descriptor but 0, 1 and 2; this keeps the pipe from those of other code.
      for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
      return ends
    } catch {
      throw ProcessError(.notStarted, program, "starting \(program): no pipe could be made: \(error)")
    }
  }
}
