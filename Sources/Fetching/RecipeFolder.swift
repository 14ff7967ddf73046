import Digests
import Glibc
import Model
import RecipeFormat
import SystemPackage

/// The folder of a recipe, out of which no `path:` leads.
struct RecipeFolder: Sendable {
  let path: FilePath

  /// Opens a regular file of the folder; no part of its name may be a link, so none can lead out.
  func open(_ name: String) throws(FetchError) -> FileDescriptor {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !name.isEmpty, name.utf8.count <= 4096, !name.utf8.contains(0),
      parts.allSatisfy({ !$0.isEmpty && $0 != ".." && $0 != "." })
    else {
      throw FetchError(
        .wrongReference, "reading \"\(name.prefix(200))\" beside the recipe: it is no path inside the recipe's folder",
        advice: "Write it relative to the recipe's folder, without `.` and `..`.")
    }
    do {
      var folder = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
      defer { try? folder.close() }
      for part in parts.dropLast() {
        let next = try Self.open(String(part), in: folder, O_RDONLY | O_DIRECTORY)
        try? folder.close()
        folder = next
      }
      // Without O_NONBLOCK a pipe would wait for its other end.
      let file = try Self.open(String(parts[parts.count - 1]), in: folder, O_RDONLY | O_NONBLOCK)
      do {
        try requireRegular(file, name)
      } catch {
        try? file.close()
        throw error
      }
      return file
    } catch let error as FetchError {
      throw error
    } catch {
      throw explain(error as? Errno, name)
    }
  }

  /// The identity of a file of the folder.
  func identify(_ name: String) throws(FetchError) -> LockedFile {
    let file = try open(name)
    defer { try? file.close() }
    do {
      var status = stat()
      guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
      let digest = try LocalFiles.digest(of: file)
      let last = name.split(separator: "/").last.map(String.init) ?? name
      return LockedFile(name: last, sha256: digest, size: Int64(status.st_size))
    } catch {
      throw explain(error as? Errno, name)
    }
  }

  private func requireRegular(_ file: FileDescriptor, _ name: String) throws {
    var status = stat()
    guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      let found = kind == S_IFDIR ? "a folder" : "no regular file"
      throw FetchError(
        .missing, "reading \(path.appending(name)): it is \(found), where a file is needed",
        advice: kind == S_IFDIR ? "Pack the folder into an archive and name that." : nil)
    }
  }

  private func explain(_ errno: Errno?, _ name: String) -> FetchError {
    let place = path.appending(name)
    return switch errno {
    case .noSuchFileOrDirectory: FetchError(.missing, "reading \(place): there is no such file")
    case .tooManySymbolicLinkLevels, .notDirectory:
      FetchError(
        .wrongReference, "reading \(place): a part of its path is a symbolic link or no folder, which is not followed")
    case .permissionDenied: FetchError(.missing, "reading \(place): permission denied")
    default: FetchError(.machine, "reading \(place): \(errno?.description ?? "it failed")")
    }
  }

  private static func open(_ name: String, in folder: FileDescriptor, _ flags: Int32) throws(Errno) -> FileDescriptor {
    let opened = unsafe name.withCString { unsafe openat(folder.rawValue, $0, flags | O_NOFOLLOW | O_CLOEXEC) }
    guard opened >= 0 else { throw Errno(rawValue: errno) }
    return FileDescriptor(rawValue: opened)
  }
}
