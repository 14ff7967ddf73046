import ArgumentParser
import Glibc
import Model
import Store
import SystemPackage

/// A file that the user names for a result.
struct OutputFile {
  private let name: String

  init(_ name: String) { self.name = name }

  /// Refuses what cannot be written.
  func validate() throws {
    let path = try Console.absolute(FilePath(name))
    guard Disk.exists(path.removingLastComponent()) else {
      throw ValidationError("Writing \(name): there is no folder \(path.removingLastComponent()).")
    }
    if let mode = try? Disk.status(path).st_mode, mode & S_IFMT != S_IFREG {
      throw ValidationError("Writing \(name): there is something that is no regular file.")
    }
  }

  /// Writes it aside and then puts it in place.
  func write(_ bytes: [UInt8]) throws {
    do { try Disk.replace(try Console.absolute(FilePath(name)), with: bytes) } catch let error as Errno {
      throw OutputFileError(message: "writing \(name): \(error.description)")
    }
  }
}

/// Why a file that the user named could not be written.
struct OutputFileError: ExplainedError {
  let message: String
  var inconclusive: InconclusiveReason.Kind? { nil }
}
