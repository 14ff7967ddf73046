import Glibc
import Model
import Store
import SystemPackage

/// Puts the evidence of a search's best try where the person wants it.
enum EvidenceMove {
  /// What is there already stays beside it under its time, as a check leaves it.
  static func publish(_ folder: FilePath, as place: FilePath) throws {
    do {
      if Disk.exists(place) {
        let seconds = Int64(try Disk.status(place).st_mtim.tv_sec)
        let stamp = TimeText.rfc3339(seconds).filter { $0 != "-" && $0 != ":" }
        try Disk.rename(place, to: FilePath("\(place.string).\(stamp)"))
      }
      let above = place.removingLastComponent()
      if !above.isEmpty { try Disk.makeFolders(above, mode: 0o755) }
    } catch {
      throw OutputFileError(message: "writing the evidence to \(place): \(error.description)")
    }
    do {
      try Disk.rename(folder, to: place)
    } catch {
      // The store may be on another disk.
      try copy(folder, to: place)
    }
  }

  private static func copy(_ folder: FilePath, to place: FilePath) throws {
    do {
      try Disk.makeFolders(place, mode: 0o755)
      for name in try Disk.names(in: folder) where name != "." && name != ".." {
        let from = folder.appending(name)
        if Disk.isFolder(from) {
          try copy(from, to: place.appending(name))
        } else {
          try Disk.copy(from, to: place.appending(name))
        }
      }
    } catch let error as Errno {
      throw OutputFileError(message: "writing the evidence to \(place): \(error.description)")
    }
  }
}
