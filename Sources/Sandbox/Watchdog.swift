import Glibc
import Synchronization

/// Follows what the launcher says, samples what the sandbox uses, and kills all of it at a limit.
final class Watchdog: Sendable {
  /// What was heard and seen so far.
  struct Record {
    var launcher: Int32 = 0
    /// The first process of each sandbox that ran: the command's, then the collector's.
    var firstProcesses: [Int32] = []
    var stage = "start"
    /// What bubblewrap says that the command returned.
    var exitCode: Int32?
    /// What bubblewrap itself returned, as the launcher saw it.
    var returned: Int32?
    var started: ContinuousClock.Instant?
    var ended: ContinuousClock.Instant?
    var collectStarted: ContinuousClock.Instant?
    var collected: Int32?
    /// What user-mode Linux reports of the command; its kernel may be the command's by then.
    var guest = Guest()
    var missing: [String] = []
    var failures: [String] = []
    var isFull = false
    var limit: (SandboxOutcome.Limit, String)?
    var peakMemory: Int64?
    var peakTasks = 0
    var peakOutput: Int64 = 0
  }

  /// The report of user-mode Linux.
  struct Guest {
    var code: Int32?
    var collected: Int32?
    var limit: SandboxOutcome.Limit?
    /// What its kernel said when it reported nothing.
    var said: [String] = []
  }

  private let record = Mutex(Record())
  private let table = Mutex<(process: Int32, table: ProcessTable)?>(nil)
  private let limits: SandboxLimits
  private let scratch: String
  private let log: BuildLog
  private let controlGroup: ControlGroup?

  init(_ limits: SandboxLimits, scratch: String, log: BuildLog, controlGroup: ControlGroup?) {
    self.limits = limits
    self.scratch = scratch
    self.log = log
    self.controlGroup = controlGroup
  }

  var seen: Record { record.withLock { $0 } }

  func started(_ launcher: Int32) { record.withLock { $0.launcher = launcher } }

  /// Takes one line of the control channel.
  func hear(_ line: String) {
    record.withLock { record in
      if line.hasPrefix("{") {
        if let process = Self.number(in: line, after: "\"child-pid\": ") { record.firstProcesses.append(process) }
        if let code = Self.number(in: line, after: "\"exit-code\": ") { record.exitCode = code }
      } else if line.hasPrefix("stage ") {
        record.stage = String(line.dropFirst(6))
        switch record.stage {
        case "command": record.started = .now
        case "ended": record.ended = .now
        case "collect": record.collectStarted = .now
        default: break
        }
      } else if line.hasPrefix("guest ") {
        Self.take(line.dropFirst(6), &record)
      } else if line == "full" {
        record.isFull = true
      } else if line.hasPrefix("returned ") {
        record.returned = Int32(line.dropFirst(9))
      } else if line.hasPrefix("missing ") {
        record.missing.append(String(line.dropFirst(8)))
      } else if line.hasPrefix("collected ") {
        record.collected = Int32(line.dropFirst(10))
      } else if record.failures.count < 50 {
        record.failures.append(line.hasPrefix("fail ") ? String(line.dropFirst(5)) : line)
      }
    }
  }

  private static func take(_ line: Substring, _ record: inout Record) {
    if line == "full" {
      record.isFull = true
    } else if line.hasPrefix("returned ") {
      record.guest.code = Int32(line.dropFirst(9)).flatMap { (0...255).contains($0) ? $0 : nil }
    } else if line.hasPrefix("collected ") {
      record.guest.collected = Int32(line.dropFirst(10))
    } else if line.hasPrefix("limit ") {
      record.guest.limit = record.guest.limit ?? SandboxOutcome.Limit(rawValue: String(line.dropFirst(6)))
    } else if line.hasPrefix("missing ") {
      record.missing.append(String(line.dropFirst(8)))
    } else if record.guest.said.count < 50 {
      record.guest.said.append(String(line.hasPrefix("said ") ? line.dropFirst(5) : line))
    }
  }

  /// Looks once at what the sandbox uses, and kills all of it where that is beyond a limit.
  func sample() {
    table.withLock { table in
      let now = seen
      if let first = now.firstProcesses.last, table?.process != first {
        table = ProcessTable(firstProcess: first).map { (first, $0) }
      }
      if let limit = overrun(now, table?.table) { strike(limit) }
    }
  }

  private func overrun(_ now: Record, _ table: ProcessTable?) -> (SandboxOutcome.Limit, String)? {
    if log.isFull { return (.log, "its output was longer than \(Self.size(min(limits.output, 1 << 30)))") }
    // Collecting has a time of its own, as long again.
    if let start = now.collectStarted ?? (now.ended == nil ? now.started : nil),
      ContinuousClock.now - start > .seconds(limits.time)
    {
      return (.time, "it ran longer than \(limits.time) seconds")
    }
    if let used = outputBytes(now.launcher) {
      record.withLock { $0.peakOutput = max($0.peakOutput, used) }
    }
    guard let table else { return nil }
    let sample = table.sample()
    record.withLock { record in
      record.peakMemory = max(record.peakMemory ?? 0, sample.residentBytes)
      record.peakTasks = max(record.peakTasks, sample.tasks)
    }
    if sample.tasks > limits.processes { return (.processes, "it had \(sample.tasks) processes and threads") }
    if sample.residentBytes > limits.memory {
      let exact = table.exactBytes()
      if exact > limits.memory { return (.memory, "its processes used \(Self.size(exact))") }
    }
    return nil
  }

  private func outputBytes(_ launcher: Int32) -> Int64? {
    var status = statvfs()
    guard launcher > 0, unsafe statvfs("/proc/\(launcher)/root\(scratch)", &status) == 0 else { return nil }
    // Before the launcher has mounted it, that path leads to this machine's own folder, of another size.
    guard Int64(status.f_blocks) * Int64(status.f_frsize) == (limits.output + 4095) / 4096 * 4096 else { return nil }
    return Int64(status.f_blocks - status.f_bfree) * Int64(status.f_frsize)
  }

  private func strike(_ limit: (SandboxOutcome.Limit, String)) {
    let found = record.withLock { record in
      if record.limit == nil { record.limit = limit }
      return record
    }
    kill(found)
  }

  private func kill(_ found: Record) {
    controlGroup?.kill()
    // Killing the first process of a process namespace kills all that are in it.
    if found.exitCode == nil, let first = found.firstProcesses.first { _ = Glibc.kill(first, SIGKILL) }
    if found.launcher > 1 { _ = Glibc.kill(-found.launcher, SIGKILL) }
  }

  /// Waits until the sandbox's first processes are gone, and so all others of it; after a kill that takes a moment.
  func settle() async {
    for process in seen.firstProcesses {
      for turn in 0..<2000 {
        guard Self.runs(process) else { break }
        if turn == 200 { _ = Glibc.kill(process, SIGKILL) }
        // Detached: a cancelled task's sleep returns at once.
        await Task.detached { try? await Task.sleep(for: .microseconds(turn < 20 ? 200 : 5000)) }.value
      }
    }
  }

  /// Whether a process has not ended; one that its parent has not asked after yet has.
  private static func runs(_ process: Int32) -> Bool {
    guard let status = TextFile.read("/proc/\(process)/stat") else { return false }
    let state = status.split(separator: ")").last?.drop { $0 == " " }.first
    return state != "Z" && state != "X"
  }

  static func number(in line: String, after key: String) -> Int32? {
    guard let range = line.firstRange(of: key) else { return nil }
    return Int32(line[range.upperBound...].prefix { $0.isNumber })
  }

  static func size(_ bytes: Int64) -> String {
    bytes >= 1 << 30 ? "\(bytes >> 30) GiB" : bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
  }
}
