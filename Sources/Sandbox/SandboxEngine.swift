import Glibc
import Model
import Processes
import SystemPackage

/// Runs untrusted commands, confined.
///
/// This room owns the security model, which `Documentation/Sandbox.md` states.
public struct SandboxEngine: Sendable {
  let machine: Machine
  private let controlGroups: ControlGroup.Base?

  /// Finds out what this machine can do.
  ///
  /// - Throws: `SandboxError` with code `unavailable` when a confinement that every sandbox has cannot be had.
  public init() async throws(SandboxError) {
    machine = try await Machine()
    controlGroups = ControlGroup.base(
      hierarchy: "/sys/fs/cgroup", membership: TextFile.read("/proc/self/cgroup") ?? "")
  }

  /// Runs one command in a sandbox of its own, which is gone when this returns.
  ///
  /// Cancelling the task kills everything at once.
  /// - Parameters:
  ///   - request: what to run, what it sees and what to take from it.
  ///   - onLine: gets each line that the command writes, made safe to show.
  /// - Throws: `SandboxError` when the sandbox cannot be made as asked; never because of what the command does.
  public func run(
    _ request: SandboxRequest, onLine: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws(SandboxError) -> SandboxOutcome {
    if request.clock != nil { try UserModeLinux.require() }
    let limits = LaunchPlan.hostLimits(request)
    let group = controlGroups.flatMap { ControlGroup(in: $0, limits) }
    defer { group?.remove() }
    let plan = try LaunchPlan(request, machine, controlGroup: group)
    let log = try BuildLog(request.log, limit: min(request.limits.output, 1 << 30), onLine: onLine)
    let watchdog = Watchdog(limits, scratch: plan.scratch, log: log, controlGroup: group)
    let queue = WatchQueue()
    let watch = queue.every(milliseconds: 40) { watchdog.sample() }
    let result: Result<HostResult, ProcessError>
    do {
      let launcher = launcher(plan)
      result = .success(
        try await withTaskExecutorPreference(queue) { () async throws(ProcessError) in
          try await launcher.runHeld(
            onStart: { watchdog.started($0) }, onOutput: { log.append($0) }, onErrorLine: { watchdog.hear($0) })
        })
    } catch {
      result = .failure(error)
    }
    watch.stop()
    await watchdog.settle()
    log.finish()
    let verdict = SandboxVerdict(request, watchdog.seen, log, group, confinement: confinement(request, group))
    return try verdict.outcome(of: result)
  }

  /// A trusted tool in a mount namespace of its own, with the rights over users that the machine gives.
  func privileged(_ arguments: [String]) -> [String] {
    machine.privilege == .ordinary
      ? ["--user", "--map-root-user", "--map-auto", "--mount"] + arguments : ["--mount"] + arguments
  }

  private func launcher(_ plan: LaunchPlan) -> HostCommand {
    HostCommand(
      "unshare", privileged(["/bin/sh", "-c", LauncherScript.main, "verbatim-sandbox"] + plan.arguments),
      environment: plan.environment)
  }

  private static func enforcement(_ group: ControlGroup?) -> String {
    switch group?.kind {
    case .unified: "limits by: control group (cgroup v2), process limits and a watchdog"
    case .legacyProcesses:
      "limits by: control group of processes (cgroup v1), process limits and a watchdog (no cgroup v2 with limits)"
    case nil: "limits by: process limits and a watchdog (no control group to be had)"
    }
  }

  /// What confines a request, a line each.
  private func confinement(_ request: SandboxRequest, _ group: ControlGroup?) -> [String] {
    let users =
      switch machine.privilege {
      case .ordinary: "user namespace: users are subordinate ones of user \(geteuid())"
      case .root where request.user == .builder: "no user namespace: nothing for it to confine"
      case .root(userNamespaces: true): "user namespace: users are mapped to themselves, capabilities end at it"
      case .root(userNamespaces: false): "no user namespace: the kernel refuses one to root here"
      }
    let limits = request.limits
    return [
      "namespaces: mount, process, network (none but lo), IPC, host name, control group", users,
      request.user == .builder
        ? "user 1000 without capabilities, no new privileges" : "user 0 with capabilities over files and users only",
      "seccomp filter: \(SeccompFilter.forbidden.count + SeccompFilter.absent.count) system calls denied",
      "writes go to a file system in memory of \(Watchdog.size(limits.output))",
      Self.enforcement(group),
      "limits: \(limits.time) s, \(Watchdog.size(limits.memory)) memory, \(limits.processes) processes, "
        + "\(limits.openFiles) open files",
      processors(request),
    ] + (request.clock.map { ["user-mode Linux in all of that, and the same again in it; clock: \($0.text)"] } ?? [])
  }

  private func processors(_ request: SandboxRequest) -> String {
    let count = request.clock == nil ? machine.processorCount(request.processors) : 1
    let wanted = request.processors.map { $0 > count ? " (\($0) were asked for)" : "" }
    return "processors: \(count)" + (wanted ?? "")
  }
}
