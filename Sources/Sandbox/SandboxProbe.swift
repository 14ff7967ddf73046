import Glibc
import Processes
public import SystemPackage

/// What this machine can do for a sandbox, point by point.
public struct SandboxProbe: Codable, Sendable {
  /// One point.
  public struct Finding: Codable, Sendable {
    /// What was looked at.
    public let name: String
    /// Whether it is as a sandbox needs it.
    public let ok: Bool
    /// What was found.
    public let found: String
    /// What to do, where it is not as needed or could be better.
    public let advice: String?
  }

  /// All points, in the order in which they matter.
  public let findings: [Finding]
  /// Whole runs of `true` in a sandbox, in milliseconds: the median of them; nil where none can be made.
  public let sandboxMilliseconds: Double?

  /// Looks at everything, and tries a sandbox; `store` is the folder that will hold environments.
  public static func look(store: FilePath) async -> SandboxProbe {
    var findings = [user(), await bubblewrap()]
    let engine: SandboxEngine?
    do throws(SandboxError) {
      engine = try await SandboxEngine()
    } catch {
      engine = nil
      findings.append(Finding(name: "engine", ok: false, found: error.message, advice: error.advice))
    }
    let (tried, median) = await attempt(engine)
    findings.append(tried)
    findings += [clock(), controlGroups(), memory(), disk(store)]
    return SandboxProbe(findings: findings, sandboxMilliseconds: median)
  }

  private static func user() -> Finding {
    guard geteuid() != 0 else {
      return Finding(name: "user", ok: true, found: "root: no user namespace is needed for a build", advice: nil)
    }
    do throws(SandboxError) {
      try SubordinateIdentities.require()
      return Finding(
        name: "user", ok: true, found: "user \(geteuid()), with subordinate users for a user namespace", advice: nil)
    } catch {
      return Finding(name: "user", ok: false, found: error.message, advice: error.advice)
    }
  }

  private static func bubblewrap() async -> Finding {
    do throws(ProcessError) {
      let version = try await HostCommand("bwrap", ["--version"]).run().text
      return Finding(name: "bubblewrap", ok: true, found: version.filter { $0 != "\n" }, advice: nil)
    } catch {
      return Finding(name: "bubblewrap", ok: false, found: error.message, advice: error.advice)
    }
  }

  /// Namespaces, overlay, seccomp filter and mounts, all at once: a sandbox that starts has them.
  private static func attempt(_ engine: SandboxEngine?) async -> (Finding, Double?) {
    let name = "sandbox"
    guard let engine else { return (Finding(name: name, ok: false, found: "not tried", advice: nil), nil) }
    var times: [Double] = []
    do throws(SandboxError) {
      for _ in 0..<20 {
        let start = ContinuousClock.now
        let outcome = try await engine.run(SandboxRequest(root: .hostTools, command: ["true"]))
        guard outcome.succeeded else {
          return (Finding(name: name, ok: false, found: "`true` ended with \(outcome.termination)", advice: nil), nil)
        }
        let span = ContinuousClock.now - start
        times.append(Double(span.components.seconds) * 1000 + Double(span.components.attoseconds) / 1e15)
      }
    } catch {
      return (Finding(name: name, ok: false, found: error.message, advice: error.advice), nil)
    }
    let median = (times.sorted()[times.count / 2] * 10).rounded() / 10
    return (Finding(name: name, ok: true, found: "starts and ends in \(median) ms", advice: nil), median)
  }

  /// A clock that can be set, which only some recipes ask for.
  private static func clock() -> Finding {
    let name = "clock"
    do throws(SandboxError) {
      try UserModeLinux.require()
    } catch {
      return Finding(
        name: name, ok: true, found: "no user-mode Linux: recipes with build.clock cannot be checked",
        advice: error.advice)
    }
    return Finding(name: name, ok: true, found: "user-mode Linux is there for recipes with build.clock", advice: nil)
  }

  private static func controlGroups() -> Finding {
    let base = ControlGroup.base(
      hierarchy: "/sys/fs/cgroup", membership: TextFile.read("/proc/self/cgroup") ?? "")
    let advice = "For exact limits run under systemd with delegation: systemd-run --user --scope -p Delegate=yes …"
    return switch base?.kind {
    case .unified: Finding(name: "limits", ok: true, found: "cgroup v2 with memory and process limits", advice: nil)
    case .legacyProcesses:
      Finding(
        name: "limits", ok: true, found: "cgroup v1 for processes; memory by process limits and a watchdog",
        advice: nil)
    case nil:
      Finding(name: "limits", ok: true, found: "process limits and a watchdog; no control group", advice: advice)
    }
  }

  private static func memory() -> Finding {
    let line = (TextFile.read("/proc/meminfo") ?? "").split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let kibibytes = line.flatMap { Int64($0.filter(\.isNumber)) } ?? 0
    let enough = kibibytes > 4 << 20
    return Finding(
      name: "memory", ok: enough, found: "\(kibibytes >> 10) MiB available, which also hold what a build writes",
      advice: enough ? nil : "Larger builds need more; lower build.limits in recipes of small ones.")
  }

  private static func disk(_ folder: FilePath) -> Finding {
    var status = statvfs()
    guard unsafe statvfs(folder.string, &status) == 0 else {
      return Finding(name: "disk", ok: false, found: "\(folder): \(Errno(rawValue: errno))", advice: nil)
    }
    let free = Int64(status.f_bavail) * Int64(status.f_frsize)
    let enough = free > 5 << 30
    return Finding(
      name: "disk", ok: enough, found: "\(free >> 30) GiB free for the store in \(folder)",
      advice: enough ? nil : "An environment takes about 1 GiB: free some, or move the store with --store.")
  }
}
