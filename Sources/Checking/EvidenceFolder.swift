import Glibc
import Model
import Store
import SystemPackage

/// The folder that a check leaves: written aside, and put in its place when it is whole.
///
/// What an earlier check left there is kept under a name of its own, because nothing that was found is thrown away.
struct EvidenceFolder {
  /// The name that makes a folder recognisable as evidence.
  static let reportName = "report.json"

  /// Where it is written until it is whole.
  let aside: FilePath
  /// Where it is in the end.
  let final: FilePath

  /// Prepares a folder; refuses a place that holds something else than evidence.
  init(at final: FilePath) throws {
    self.final = final
    var parent = final.removingLastComponent()
    if parent.isEmpty { parent = "." }
    guard let name = final.lastComponent, name.kind == .regular else {
      throw CheckError("writing evidence to \(final): that is no name of a folder", advice: "Name one with --evidence.")
    }
    if Disk.exists(final), !Disk.exists(final.appending(Self.reportName)) {
      throw CheckError(
        "writing evidence to \(final): there is something that is not the evidence of a check",
        advice: "Move it away, or name another folder with --evidence.")
    }
    aside = parent.appending(".\(name.string).\(getpid())-\(String(UInt32.random(in: .min ... .max), radix: 36))")
    try Self.explaining("making the folder", aside) { [aside] in try Disk.makeFolders(aside, mode: 0o755) }
  }

  /// Writes a file of it.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    try put(name) { try Disk.write(bytes, to: $0) }
  }

  /// Copies a file into it.
  func copy(_ source: FilePath, as name: String) throws {
    try put(name) { try Disk.copy(source, to: $0) }
  }

  /// Puts the whole folder in its place.
  func publish() throws {
    try Self.explaining("putting the evidence at", final) {
      if Disk.exists(final) { try Disk.rename(final, to: Self.nameForEarlier(final)) }
      try Disk.rename(aside, to: final)
    }
  }

  /// Forgets a folder that will not become whole.
  func discard() { try? Disk.removeTree(aside) }

  private func put(_ name: String, _ body: (FilePath) throws -> Void) throws {
    let path = aside.appending(name)
    try Self.explaining("writing", path) {
      try Disk.makeFolders(path.removingLastComponent(), mode: 0o755)
      try body(path)
    }
  }

  /// A free name for what an earlier check left: its own with the time of its report, in UTC.
  private static func nameForEarlier(_ path: FilePath) throws -> FilePath {
    var seconds = try Disk.status(path.appending(reportName)).st_mtim.tv_sec
    var parts = unsafe tm()
    _ = unsafe gmtime_r(&seconds, &parts)
    let digits = unsafe [
      parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
    ]
    .map { $0 < 10 ? "0\($0)" : "\($0)" }
    let stamp = digits[..<3].joined() + "T" + digits[3...].joined() + "Z"
    let candidates = (1...1000).map { FilePath(path.string + "." + stamp + ($0 == 1 ? "" : "-\($0)")) }
    guard let free = candidates.first(where: { !Disk.exists($0) }) else { throw Errno.fileExists }
    return free
  }

  private static func explaining(_ doing: String, _ path: FilePath, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as Errno {
      throw CheckError("\(doing) \(path): \(error.description)", inconclusive: .machineFailed)
    }
  }
}
