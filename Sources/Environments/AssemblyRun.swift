import Model
import Sandbox
import Synchronization
import SystemPackage

/// One command of assembling, run in a sandbox as maintainer scripts need it: as administrator, without a network.
struct AssemblyRun {
  /// What is being done, for messages: `installing the packages of the base layer`.
  let doing: String
  let root: SandboxRequest.Root
  let mounts: [SandboxRequest.Mount]
  /// A shell script of this source code; `$@` are the arguments.
  let script: String
  let arguments: [String]
  /// Seconds since 1970; the clock for all that asks SOURCE_DATE_EPOCH.
  let epoch: Int64
  let collect: SandboxRequest.Collection
  /// Where the writable folder of the run is seen; nil for none.
  var treeAt: String?
  /// How many lines that begin with the marker will come; for progress.
  var steps: (marker: String, count: Int)?

  /// Fixed, so that nothing of the machine decides what maintainer scripts do.
  private var variables: [String: String] {
    [
      "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
      "LANG": "C.UTF-8", "TZ": "UTC", "TMPDIR": "/tmp", "USER": "root", "LOGNAME": "root",
      "DEBIAN_FRONTEND": "noninteractive", "DEBCONF_NONINTERACTIVE_SEEN": "true",
      "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": String(epoch),
    ]
  }

  /// Runs it and writes what it left to the archive.
  func run(_ engine: SandboxEngine, to archive: FilePath, progress: any ProgressSink) async throws(EnvironmentError) {
    let request = SandboxRequest(
      root: root, tree: treeAt.map { .init(mountPoint: $0) }, readOnlyMounts: mounts,
      command: ["/bin/sh", "-euc", script, "assemble"] + arguments, variables: variables, user: .administrator,
      processors: 1, limits: SandboxLimits(time: 3600, output: 16 << 30), collect: collect, collectTo: archive)
    let log = LineKeeper()
    let outcome: SandboxOutcome
    do {
      outcome = try await engine.run(request) { line in
        let done = log.take(line, marker: steps?.marker)
        progress.report(
          .advanced(done: Int64(done), total: (steps?.count).map { Int64($0) }, unit: .items, detail: line))
      }
    } catch {
      throw EnvironmentError(doing, cause: error)
    }
    if outcome.succeeded { return }
    let found =
      switch outcome.termination {
      case .exited(let code): "it ended with exit code \(code)"
      case .signalled(let signal): "it was ended by signal \(signal)"
      case .limit(let limit, let detail): "it went over the limit of \(limit.rawValue): \(detail)"
      }
    throw EnvironmentError(
      .machine, "\(doing): \(found)", details: log.lastLines + ["confined by: "] + outcome.confinement)
  }
}

/// Keeps the last lines of a log and counts those that begin with a marker.
final class LineKeeper: Sendable {
  private struct State {
    var lines: [String] = []
    var steps = 0
  }

  private static let kept = 20
  private let state = Mutex(State())

  /// Takes a line and returns how many had the marker so far.
  func take(_ line: String, marker: String?) -> Int {
    state.withLock { state in
      if state.lines.count == Self.kept { state.lines.removeFirst() }
      state.lines.append(line)
      if let marker, line.hasPrefix(marker) { state.steps += 1 }
      return state.steps
    }
  }

  var lastLines: [String] { state.withLock { $0.lines } }
}
