import ArgumentParser
import Model
import Processes
import Reports
import Sandbox
import Store
import SystemPackage

/// `verbatim doctor`.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what this machine can do, and how to mend what is missing.",
    discussion: "Exit code 0 when a check can be made here, else 2.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  /// The host tools that stages run, and what for.
  private static let tools = [
    ("apt-get", "Debian packages"), ("mmdebstrap", "Debian environments"), ("curl", "PyPI and url inputs"),
    ("tar", "environments and artifacts"),
  ]

  func run() async throws {
    let store = try store.open()
    let probe = await SandboxProbe.look(store: store.root)
    let missing = Self.tools.filter { HostCommand.locate($0.0) == nil }
    if output.json {
      try JSONOutput.print(
        Answer(
          findings: probe.findings, sandboxMilliseconds: probe.sandboxMilliseconds,
          missingTools: missing.map(\.0)))
    } else {
      for finding in probe.findings { line(finding.ok, finding.name, finding.found, finding.advice) }
      for (tool, purpose) in Self.tools {
        let present = !missing.contains { $0.0 == tool }
        let package = ProcessError.debianPackage(of: tool) ?? tool
        line(present, tool, "for \(purpose)", present ? nil : "Install the Debian package \(package).")
      }
    }
    guard probe.findings.allSatisfy(\.ok), missing.isEmpty else { throw ExitCode(2) }
  }

  private struct Answer: Encodable {
    let findings: [SandboxProbe.Finding]
    let sandboxMilliseconds: Double?
    let missingTools: [String]
  }

  private func line(_ ok: Bool, _ name: String, _ found: String, _ advice: String?) {
    let mark = ok ? "ok     " : "MISSING"
    Console.output(
      "\(mark)  \(name)" + String(repeating: " ", count: max(1, 12 - name.count)) + VisibleText.escaped(found))
    if let advice { Console.output(String(repeating: " ", count: 21) + VisibleText.escaped(advice)) }
  }
}
