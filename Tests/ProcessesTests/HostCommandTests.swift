import Model
import Processes
import Synchronization
import SystemPackage
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The lines that a closure was handed.
private final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
}

private func scratchName(_ name: String) -> FilePath {
  FilePath("/tmp/verbatim-processes-\(getpid())-\(name)-\(UInt32.random(in: .min ... .max))")
}

@Suite struct HostCommandTests {
  @Test func capturesOutputAndErrors() async throws {
    let result = try await HostCommand("sh", ["-c", "echo out; echo err >&2; exit 3"]).run()
    #expect(result.status == .exited(3))
    #expect(result.text == "out\n")
    #expect(result.errors == "err\n")
    #expect(throws: ProcessError.self) { try result.requireSuccess(of: "sh", doing: "trying") }
  }

  @Test func reportsTheSignal() async throws {
    let result = try await HostCommand("sh", ["-c", "kill -SEGV $$"]).run()
    #expect(result.status == .signalled(SIGSEGV))
  }

  @Test func environmentIsExact() async throws {
    let result = try await HostCommand("env", environment: ["ONE": "1", "TWO": "zwei"]).run()
    #expect(Set(result.text.split(separator: "\n")) == ["ONE=1", "TWO=zwei"])
  }

  @Test func nothingIsInherited() async throws {
    let held = try unsafe FileDescriptor.open("/etc/passwd", .readOnly)
    defer { try? held.close() }
    let result = try await HostCommand(
      "sh", ["-c", "for f in /proc/$$/fd/*; do [ -e $f ] && echo ${f##*/}; done; cat; pwd"]
    ).run()
    #expect(result.text.split(separator: "\n").map(String.init) == ["0", "1", "2", "/"])
    let session = try await HostCommand("sh", ["-c", "cut -d' ' -f6,7 /proc/$$/stat; echo $$"]).run()
    let words = session.text.split { $0 == " " || $0 == "\n" }
    #expect(
      words.count == 3 && words[0] == words[2] && words[1] == "0", "a session of its own without a terminal")
  }

  @Test func inputComesFromAFile() async throws {
    let result = try await HostCommand("wc", ["-c"], input: .file("/etc/passwd")).run()
    #expect((Int(result.text.split(separator: "\n").first ?? "") ?? 0) > 10)
  }

  @Test func missingProgramNamesThePackage() async throws {
    let error = await #expect(throws: ProcessError.self) { try await HostCommand("no-such-tool").run() }
    #expect(error?.code == .missingProgram)
    #expect(error?.inconclusive == .machineFailed)
    #expect(ProcessError.debianPackage(of: "/usr/bin/bwrap") == "bubblewrap")
  }

  @Test func tooMuchOutputIsAnError() async throws {
    let error = await #expect(throws: ProcessError.self) { try await HostCommand("yes").run(limit: 10_000) }
    #expect(error?.code == .tooMuchOutput)
  }

  @Test(arguments: ["a\0b"]) func zeroBytesAreRefused(argument: String) async throws {
    let error = await #expect(throws: ProcessError.self) { try await HostCommand("echo", [argument]).run() }
    #expect(error?.code == .notStarted)
  }

  @Test func linesArriveWholeAndInOrder() async throws {
    let lines = Lines()
    let result = try await HostCommand("sh", ["-c", "seq 1 20000; echo last >&2"]).run { lines.add($0) }
    #expect(result.succeeded)
    #expect(lines.all == (1...20000).map(String.init) + ["last"])
    #expect(result.errors.hasSuffix("20000\nlast\n"))
    #expect(result.errors.utf8.count <= 64 << 10)
  }

  @Test func outputGoesToAFile() async throws {
    let path = scratchName("output")
    defer { unsafe unlink(path.string) }
    let lines = Lines()
    let result = try await HostCommand("sh", ["-c", "seq 1 5; echo note >&2"]).run(to: path) { lines.add($0) }
    #expect(result.succeeded && lines.all == ["note"])
    let read = try await HostCommand("cat", [path.string]).run()
    #expect(read.text == "1\n2\n3\n4\n5\n")
  }

  @Test func cancellingEndsTheWholeGroup() async throws {
    let marker = "\(Int.random(in: 100_000...999_999)).5"
    let lines = Lines()
    let task = Task {
      // The child ignores SIGTERM; its parent does not.
      try await HostCommand("sh", ["-c", "(trap '' TERM; echo up; sleep \(marker)) & wait"]).run {
        lines.add($0)
      }
    }
    for _ in 0..<500 where lines.all.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    #expect(lines.all == ["up"])
    task.cancel()
    let error = await #expect(throws: ProcessError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    let left = try await HostCommand("sh", ["-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"]).run(
      limit: 1 << 24)
    let survives = left.text.contains("sleep \(marker) ")
    #expect(!survives)
  }

  @Test func manyRunsLoseNothing() async throws {
    for _ in 0..<40 {
      let result = try await HostCommand("seq", ["1", "3000"]).run()
      #expect(result.output.count == 13893)
    }
  }
}

@Suite struct LineSplitterTests {
  private func lines(_ text: String, limit: Int = 100) -> [String] {
    var splitter = LineSplitter(limit: limit)
    var found: [String] = []
    let bytes = Array(text.utf8)
    for byte in bytes { unsafe splitter.append([byte].span.bytes) { found.append($0) } }
    splitter.finish { found.append($0) }
    return found
  }

  @Test(arguments: [
    ("a\nb\n", ["a", "b"]), ("a\n\nb", ["a", "", "b"]), ("10%\r20%\r\n", ["10%", "20%", ""]), ("", []),
    ("ä\tö", ["ä\tö"]), ("\u{1B}[31mred", ["\u{FFFD}[31mred"]), ("\u{9B}x", ["\u{FFFD}x"]),
  ])
  func cuts(text: String, expected: [String]) {
    #expect(lines(text) == expected)
  }

  @Test func longLinesAreCut() {
    #expect(lines(String(repeating: "x", count: 250)).map(\.count) == [100, 100, 50])
  }
}
