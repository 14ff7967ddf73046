import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// The process group of a tool that was started, for what must be sure to end.
final class GroupLeader: Sendable {
  private let leader = Atomic<Int32>(0)

  func set(_ process: Int32) {
    leader.store(process, ordering: .relaxed)
  }

  /// Kills what is left of the group and waits until it is gone.
  func end() async {
    let process = leader.load(ordering: .relaxed)
    guard process > 1 else { return }
    for _ in 0..<500 {
      guard kill(-process, SIGKILL) == 0 else { return }
      // Detached: a cancelled task's sleep returns at once.
      await Task.detached { try? await Task.sleep(for: .milliseconds(10)) }.value
    }
  }
}

/// What `Subprocess` needs to start a command.
struct PreparedCommand {
  let configuration: Configuration
  let input: FileDescriptorInput
  private let descriptor: FileDescriptor

  init(configuration: Configuration, input descriptor: FileDescriptor) {
    self.configuration = configuration
    self.descriptor = descriptor
    input = .fileDescriptor(descriptor, closeAfterSpawningProcess: false)
  }

  func closeInput() {
    try? descriptor.close()
  }
}

extension HostCommand {
  static let tailLimit = 64 << 10

  func prepare() throws(ProcessError) -> PreparedCommand {
    let configuration = try configuration()
    let path: FilePath =
      switch input {
      case .none: "/dev/null"
      case .file(let path): path
      }
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      return PreparedCommand(configuration: configuration, input: descriptor)
    } catch {
      throw ProcessError(.notStarted, program, "opening \(path) as the input of \(program): \(error)")
    }
  }

  func configuration() throws(ProcessError) -> Configuration {
    guard let path = Self.locate(program) else { throw .missing(program) }
    for word in arguments + environment.flatMap({ [$0.key, $0.value] }) where word.utf8.contains(0) {
      throw ProcessError(
        .notStarted, program, "starting \(program): an argument or a variable holds a zero byte")
    }
    var variables: [Environment.Key: String] = [:]
    for (name, value) in environment {
      guard !name.isEmpty, !name.contains("="), let key = Environment.Key(rawValue: name) else {
        throw ProcessError(.notStarted, program, "starting \(program): \"\(name)\" cannot name a variable")
      }
      variables[key] = value
    }
    var options = PlatformOptions()
    // A session of its own: a process group to kill as a whole, and no terminal to talk to.
    options.createSession = true
    options.teardownSequence = [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
    ]
    return Configuration(
      executable: .path(path),
      arguments: Arguments(executablePathOverride: program, remainingValues: arguments),
      environment: .custom(variables), workingDirectory: workingDirectory ?? "/", platformOptions: options)
  }

  static func status(_ status: TerminationStatus) -> HostResult.Status {
    switch status {
    case .exited(let code): .exited(code)
    case .signaled(let signal): .signalled(signal)
    }
  }

  /// Makes sure that nothing of the tool runs on, then says what went wrong.
  func failure(_ error: any Error, _ leader: GroupLeader, limit: Int?) async -> ProcessError {
    await leader.end()
    if let own = error as? ProcessError { return own }
    if Task.isCancelled || error is CancellationError {
      return ProcessError(.cancelled, program, "running \(program): it was interrupted and ended")
    }
    guard let failed = error as? SubprocessError else {
      return ProcessError(.lost, program, "running \(program): \(error)")
    }
    switch failed.code {
    case .executableNotFound: return .missing(program)
    case .outputLimitExceeded:
      let bytes = limit.map { " (\($0) bytes)" } ?? ""
      return ProcessError(.tooMuchOutput, program, "running \(program): it wrote more than is taken\(bytes)")
    case .spawnFailed, .failedToChangeWorkingDirectory:
      return ProcessError(.notStarted, program, "starting \(program): \(failed)")
    default: return ProcessError(.lost, program, "running \(program): \(failed)")
    }
  }
}
