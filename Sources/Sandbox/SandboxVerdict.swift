import Processes
import SystemPackage

/// Tells the command's failures from the sandbox's own.
struct SandboxVerdict {
  private let request: SandboxRequest
  private let record: Watchdog.Record
  private let log: BuildLog
  private let group: ControlGroup?
  private let confinement: [String]

  init(
    _ request: SandboxRequest, _ record: Watchdog.Record, _ log: BuildLog, _ group: ControlGroup?,
    confinement: [String]
  ) {
    self.request = request
    self.record = record
    self.log = log
    self.group = group
    self.confinement = confinement
  }

  func outcome(of result: Result<HostResult, ProcessError>) throws(SandboxError) -> SandboxOutcome {
    let ended: HostResult
    switch result {
    case .success(let value): ended = value
    case .failure(let error) where error.code == .cancelled:
      throw SandboxError(.cancelled, "running \(name) in a sandbox: it was interrupted and ended")
    case .failure(let error): throw SandboxError(error)
    }
    if let (limit, detail) = record.limit { return made(.limit(limit, detail: detail)) }
    if record.exitCode != 0, let (limit, detail) = group?.overrun { return made(.limit(limit, detail: detail)) }
    if let failure = log.failure { throw SandboxError(.failed, "writing the log of \(name): \(failure)") }
    if request.clock != nil { return try guestOutcome(of: ended) }
    // Nothing has run yet that could have written this line but bubblewrap.
    if record.exitCode == nil, log.tail.last?.hasPrefix("bwrap: execvp ") ?? false { return made(.exited(127)) }
    guard let code = record.exitCode, record.failures.isEmpty || ended.succeeded else { throw failure(ended) }
    guard ended.succeeded else { throw failure(ended) }
    if code != 0 { return made(termination(code)) }
    if request.collect != nil { return try collected() }
    return made(.exited(0))
  }

  /// What became of a command in user-mode Linux, by what that reported.
  private func guestOutcome(of ended: HostResult) throws(SandboxError) -> SandboxOutcome {
    guard ended.succeeded, record.failures.isEmpty else { throw failure(ended) }
    guard let code = record.guest.code else {
      if record.exitCode == 0, log.tail.last?.hasPrefix("bwrap: execvp ") ?? false { return made(.exited(127)) }
      throw SandboxError(
        .failed, "running \(name) in user-mode Linux: it ended without saying how the command did",
        details: record.guest.said + log.tail,
        advice: "`verbatim doctor` says what this machine lacks; more memory may be needed")
    }
    if code != 0 {
      switch record.guest.limit {
      case .memory: return made(.limit(.memory, detail: "the kernel of user-mode Linux ran out of memory"))
      case .processes:
        return made(.limit(.processes, detail: "the kernel of user-mode Linux refused it more processes"))
      default: return made(termination(code))
      }
    }
    guard request.collect != nil else { return made(.exited(0)) }
    guard record.guest.collected == 0 else {
      throw SandboxError(
        .notCollected, "collecting what \(name) left, in user-mode Linux: tar failed", details: record.guest.said)
    }
    return try collected()
  }

  private var name: String { request.command.first ?? "" }

  private func termination(_ code: Int32) -> SandboxOutcome.Termination {
    let most = request.limits.output
    if record.isFull || request.clock == nil && record.peakOutput >= most - (64 << 10) {
      return .limit(.output, detail: "it filled the \(Watchdog.size(most)) that it may write")
    }
    // SIGXFSZ
    if code == 128 + 25 { return .limit(.output, detail: "it wrote a file of more than \(Watchdog.size(most))") }
    return code > 128 && code <= 128 + 64 ? .signalled(code - 128) : .exited(code)
  }

  private func collected() throws(SandboxError) -> SandboxOutcome {
    switch record.collected {
    case 0: return made(.exited(0))
    case 128 + 25:
      return made(.limit(.output, detail: "what it left is more than \(Watchdog.size(request.limits.output))"))
    default:
      throw SandboxError(
        .notCollected, "collecting what \(name) left, into \(request.collectTo?.string ?? ""): tar failed",
        details: record.failures)
    }
  }

  private func failure(_ ended: HostResult) -> SandboxError {
    if record.exitCode == nil, let signal = killer(ended) {
      // Nothing inside can reach bubblewrap's own process; who did was this machine's kernel or somebody on it.
      return SandboxError(
        .failed,
        "running \(name) in a sandbox: something outside killed the sandbox with signal \(signal), at no limit of its own",
        details: record.failures + log.tail,
        advice: "the kernel does that when memory runs out: look for \"oom\" in its log (dmesg), run less at a time")
    }
    let stages = [
      "start": "starting the launcher", "scratch": "mounting the scratch file system", "root": "mounting the root",
      "tree": "copying files into the tree", "command": "starting the command", "ended": "ending the command",
      "collect": "collecting what it left", "report": "reading what user-mode Linux reported",
    ]
    let doing = stages[record.stage] ?? record.stage
    let said = record.failures + (record.exitCode == nil ? log.tail : [])
    let end =
      "the launcher ended with \(ended.status); bubblewrap said \(record.exitCode.map(String.init) ?? "nothing")"
    return SandboxError(
      .failed, "making a sandbox for \(name): \(doing) failed", details: said + [end],
      advice: "`verbatim doctor` says what this machine lacks")
  }

  /// The signal that ended bubblewrap or the launcher from outside, if one did.
  private func killer(_ ended: HostResult) -> Int32? {
    if case .signalled(let signal) = ended.status { return record.failures.isEmpty ? signal : nil }
    guard let returned = record.returned, returned > 128, returned <= 128 + 64 else { return nil }
    return returned - 128
  }

  private func made(_ termination: SandboxOutcome.Termination) -> SandboxOutcome {
    let span = record.started.map { (record.ended ?? .now) - $0 } ?? .zero
    let seconds = Double(span.components.seconds) + Double(span.components.attoseconds) / 1e18
    return SandboxOutcome(
      termination: termination, seconds: seconds, confinement: confinement, peakMemory: record.peakMemory,
      missing: record.missing)
  }
}
