import Sandbox
import SystemPackage
import Testing

/// Requests that contradict themselves are refused before anything is made.
@Suite struct RequestRulesTests {
  private static let tree = SandboxRequest.Tree(mountPoint: "/build")
  private static func request(_ change: (inout SandboxRequest) -> Void) -> SandboxRequest {
    var request = SandboxRequest(root: .hostTools, tree: tree, command: ["true"])
    change(&request)
    return request
  }

  @Test(arguments: [
    request { $0.command = [] },
    request { $0.command = ["a\0"] },
    request { $0.variables = ["A=B": "c"] },
    request { $0.hostName = "a b" },
    request { $0.hostName = "" },
    request { $0.workingDirectory = "relative" },
    request { $0.workingDirectory = "/a/../b" },
    request { $0.tree?.mountPoint = "/" },
    request { $0.tree?.mountPoint = "/proc/x" },
    request { $0.tree?.mountPoint = "/a//b" },
    request { $0.tree?.mountPoint = "/a\nb" },
    request { $0.readOnlyMounts = [.init(host: "/usr", inside: "/build")] },
    request { $0.readOnlyMounts = [.init(host: "usr", inside: "/x")] },
    request { $0.tree?.contents = [.init(host: "/usr/bin/true", at: "../x")] },
    request { $0.tree?.contents = [.init(host: "/usr/bin/true", at: "a"), .init(host: "/usr/bin/true", at: "a/b")] },
    request { $0.tree?.contents = [.init(host: "/usr/bin/true", at: "a"), .init(host: "/usr/bin", at: ".")] },
    request { $0.collect = .artifacts(["x"]) },
    request {
      $0.collect = .artifacts([]); $0.collectTo = "/tmp/x"
    },
    request {
      $0.collect = .artifacts(["/etc/passwd"]); $0.collectTo = "/tmp/x"
    },
    request {
      $0.collect = .artifacts(["a/../../x"]); $0.collectTo = "/tmp/x"
    },
    request {
      $0.collect = .artifacts(["-x"]); $0.collectTo = "/tmp/x"
    },
    request {
      $0.collect = .root; $0.collectTo = "/tmp/x"
    },
    request { $0.root = .layers([]) },
    request { $0.root = .layers(["/no/such/folder"]) },
    request { $0.umask = 0o1000 },
    request { $0.limits.time = 0 },
    request { $0.limits.output = 5 },
    request { $0.processors = 0 },
  ])
  func refused(request: SandboxRequest) async throws {
    let engine = try await SandboxEngine()
    let error = await #expect(throws: SandboxError.self) { try await engine.run(request) }
    #expect(error?.code == .wrongRequest, "\(String(describing: error))")
  }
}
