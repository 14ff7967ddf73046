import Glibc
import Model
import RecipeFormat
public import SystemPackage

/// Folders with inputs that a user hands over; they are looked at before anything else.
public struct InputFolders: Sendable {
  /// The folders, in the order in which they were given.
  public let folders: [FilePath]
  private let bySize: [Int64: [FilePath]]
  private let byName: [String: [FilePath]]

  private static let depthLimit = 32
  private static let fileLimit = 500_000

  /// Lists the regular files in and below the folders; links to folders are not followed.
  ///
  /// Throws when one of them is no folder that can be read, or holds too many files.
  public init(_ folders: [FilePath] = []) throws(FetchError) {
    self.folders = folders
    var files: [(FilePath, Int64)] = []
    for folder in folders {
      guard LocalFiles.names(in: folder) != nil else {
        throw FetchError(
          .wrongReference, "reading the inputs folder \(folder): \(Errno(rawValue: errno).description)")
      }
      try Self.list(folder, depth: 0, into: &files)
    }
    bySize = Dictionary(grouping: files, by: \.1).mapValues { $0.map(\.0) }
    byName = Dictionary(grouping: files) { $0.0.lastComponent?.string ?? "" }.mapValues { $0.map(\.0) }
  }

  private static func list(
    _ folder: FilePath, depth: Int, into files: inout [(FilePath, Int64)]
  ) throws(FetchError) {
    guard depth < depthLimit else { return }
    for name in LocalFiles.names(in: folder) ?? [] {
      let path = folder.appending(name)
      var own = stat()
      guard unsafe path.withPlatformString({ unsafe lstat($0, &own) }) == 0 else { continue }
      if own.st_mode & S_IFMT == S_IFDIR {
        try list(path, depth: depth + 1, into: &files)
      } else if let size = LocalFiles.size(path) {
        guard files.count < fileLimit else {
          throw FetchError(.wrongReference, "reading the inputs folder \(folder): it holds over \(fileLimit) files")
        }
        files.append((path, size))
      }
    }
  }

  /// The files that may be the wanted one: those of its name first, then those of its size.
  func candidates(for file: LockedFile) -> [FilePath] {
    let named = byName[file.name, default: []]
    return named + bySize[file.size, default: []].filter { !named.contains($0) }
  }
}
