import Archives
import Glibc
import Model
import RecipeFormat
import Reports
import Sandbox
import Store
import Synchronization
import SystemPackage

/// Explains why two artifacts differ, in a sandbox: artifacts are hostile, and what reads them may have bugs.
///
/// Nothing of what it says decides whether bytes are equal; that is found out before, without looking into them. Whether
/// unequal bytes are equivalent it does decide, because nothing else can find the declared places.
struct ConfinedComparison: Sendable {
  /// What explaining may take; at a limit the artifacts stay different and the report says why it says no more.
  static let limits = SandboxLimits(
    time: 60 * 60, memory: 4 << 30, processes: 256, output: 64 << 30, openFiles: 1024)
  /// The longest report that is read back, in bytes.
  private static let reportLimit = 2 << 30

  let engine: SandboxEngine
  /// This program's own executable.
  let program: FilePath
  /// A folder for what passes between the sandbox and this process.
  let scratch: FilePath

  /// What the comparison found, or why there is none.
  func run(
    shipped: FilePath, rebuilt: FilePath, exceptions: [DeclaredException], epoch: Int64?
  ) async throws -> Result<ArtifactResult, Failure> {
    let archive = scratch.appending("comparison.tar")
    let declared = scratch.appending("exceptions.yaml")
    defer {
      _ = unsafe unlink(archive.string)
      _ = unsafe unlink(declared.string)
    }
    try Disk.write(try ExceptionFile.encode(exceptions), to: declared)
    let last = Mutex("")
    let outcome = try await engine.run(request(shipped, rebuilt, declared, epoch, archive)) { line in
      last.withLock { $0 = line }
    }
    let said = last.withLock { $0.isEmpty ? "" : ": \($0)" }
    switch outcome.termination {
    case .exited(0): return try read(archive)
    case .exited(let code): return .failure(Failure("it ended with code \(code)\(said)"))
    case .signalled(let signal): return .failure(Failure("signal \(signal) ended it\(said)"))
    case .limit(let limit, let detail):
      return .failure(Failure("it ran into the limit of \(limit.rawValue): \(detail)"))
    }
  }

  /// Why explaining ended without a result.
  struct Failure: Error {
    let text: String

    init(_ text: String) { self.text = text }
  }

  private func request(
    _ shipped: FilePath, _ rebuilt: FilePath, _ exceptions: FilePath, _ epoch: Int64?, _ archive: FilePath
  ) -> SandboxRequest {
    // The collector takes the report only when the command returned 0; a difference is no failure here.
    let script =
      "code=0; \"$1\" compare --quiet --disassemble --json --exceptions /exceptions /shipped /rebuilt >report.json || code=$?; "
      + "case $code in 0|1|3) ;; *) exit \"$code\" ;; esac"
    var request = SandboxRequest(
      root: .hostTools, tree: .init(mountPoint: "/comparison"),
      readOnlyMounts: [
        .init(host: shipped, inside: "/shipped"), .init(host: rebuilt, inside: "/rebuilt"),
        .init(host: exceptions, inside: "/exceptions"), .init(host: program, inside: "/verbatim"),
      ] + libraryFolders().map { .init(host: $0, inside: $0.string) },
      command: ["/bin/sh", "-euc", script, "sh", "/verbatim"], workingDirectory: "/comparison")
    request.variables = ["PATH": "/usr/bin:/bin", "TMPDIR": "/tmp", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
    if let epoch { request.variables["SOURCE_DATE_EPOCH"] = "\(epoch)" }
    request.limits = Self.limits
    request.collect = .artifacts(["report.json"])
    request.collectTo = archive
    return request
  }

  /// The folders of the libraries that this process runs with, but those that the sandbox has anyway.
  private func libraryFolders() -> [FilePath] {
    guard let maps = try? FileDescriptor.open(FilePath("/proc/self/maps"), .readOnly) else { return [] }
    var text: [UInt8] = []
    _ = try? maps.closeAfter {
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      while case let count = unsafe try buffer.withUnsafeMutableBytes({ unsafe try maps.read(into: $0) }), count > 0 {
        text += buffer[..<count]
      }
    }
    let folders = text.split(separator: 0x0A).compactMap { line -> String? in
      guard let start = line.firstIndex(of: UInt8(ascii: "/")) else { return nil }
      let path = String(decoding: line[start...], as: UTF8.self)
      guard path.contains(".so"), !["/usr/", "/lib"].contains(where: path.hasPrefix) else { return nil }
      return FilePath(path).removingLastComponent().string
    }
    return Set(folders).sorted().map { FilePath($0) }
  }

  private func read(_ archive: FilePath) throws -> Result<ArtifactResult, Failure> {
    do {
      var reader = try ArchiveReader(path: archive)
      while let entry = try reader.nextEntry() {
        guard entry.kind == .file, entry.path == "report.json" else { continue }
        let report = try JSONReport().decode(try reader.readBytes(limit: Self.reportLimit))
        guard case .comparison(let result) = report, let artifact = result.artifacts.first else { break }
        return .success(artifact)
      }
      return .failure(Failure("it left no report"))
    } catch let error as ArchiveError {
      return .failure(Failure(error.message))
    } catch let error as ReportError {
      return .failure(Failure(error.message))
    }
  }
}
