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
  /// The same as a page.
  static let pageName = "report.html"

  /// Where it is written until it is whole.
  let aside: FilePath
  /// Where it is in the end.
  let final: FilePath
  /// The folders above it that were made for it, the innermost first.
  private let madeFolders: [FilePath]
  /// The folder itself, locked for as long as this process writes to it.
  private let lock: FileDescriptor

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
    madeFolders = Self.missingFolders(parent)
    Self.sweep(parent, of: name.string)
    (aside, lock) = try Self.make(in: parent, for: name.string)
  }

  /// Makes a folder aside and locks it, so that nobody takes it for one that a killed check left.
  private static func make(in parent: FilePath, for name: String) throws -> (FilePath, FileDescriptor) {
    let path = parent.appending(".\(name).\(getpid())-\(String(UInt32.random(in: .min ... .max), radix: 36))")
    return try explaining("making the folder", path) {
      for _ in 0..<16 {
        try Disk.makeFolders(path, mode: 0o755)
        if let lock = try? FileDescriptor.open(path, .readOnly, options: [.directory, .noFollow, .closeOnExec]) {
          if flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0, Disk.exists(path) { return (path, lock) }
          try? lock.close()
        }
      }
      throw Errno.resourceTemporarilyUnavailable
    }
  }

  /// Removes what killed checks left aside.
  private static func sweep(_ parent: FilePath, of name: String) {
    for found in (try? Disk.names(in: parent)) ?? [] where isAside(found, of: name) {
      let path = parent.appending(found)
      let options: FileDescriptor.OpenOptions = [.directory, .noFollow, .closeOnExec]
      guard let lock = try? FileDescriptor.open(path, .readOnly, options: options) else { continue }
      if flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 { try? Disk.removeTree(path) }
      try? lock.close()
    }
  }

  /// Whether a name is one that `make` gives.
  private static func isAside(_ found: String, of name: String) -> Bool {
    guard found.hasPrefix(".\(name).") else { return false }
    let parts = found.dropFirst(name.count + 2).split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 2 && Int32(parts[0]) != nil && UInt32(parts[1], radix: 36) != nil
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
      // Another check of the same recipe may put its own there in between.
      for _ in 0..<100 {
        do {
          if Disk.exists(final) { try Disk.rename(final, to: Self.nameForEarlier(final)) }
          try Disk.rename(aside, to: final)
          return try lock.close()
        } catch let error as Errno
          where [.directoryNotEmpty, .fileExists, .noSuchFileOrDirectory].contains(error) && Disk.exists(aside)
        {
          continue
        }
      }
      try Disk.rename(aside, to: final)
      try lock.close()
    }
  }

  /// Forgets a folder that will not become whole, and those above it that were made for it.
  func discard() {
    try? Disk.removeTree(aside)
    try? lock.close()
    for folder in madeFolders {
      // Not one that somebody else uses by now.
      guard unsafe folder.withPlatformString({ unsafe rmdir($0) }) == 0 else { return }
    }
  }

  /// The folder and those above it that are not there, the innermost first.
  private static func missingFolders(_ folder: FilePath) -> [FilePath] {
    var missing: [FilePath] = []
    var path = folder
    while !path.isEmpty, !Disk.exists(path) {
      missing.append(path)
      guard path.removeLastComponent() else { break }
    }
    return missing
  }

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

  private static func explaining<Value>(
    _ doing: String, _ path: FilePath, _ body: () throws -> Value
  ) throws -> Value {
    do {
      return try body()
    } catch let error as Errno {
      throw CheckError("\(doing) \(path): \(error.description)", inconclusive: .machineFailed)
    }
  }
}
