import Glibc
import SystemPackage

/// A folder beside the target in which everything is made, and which then becomes the target.
struct AsideFolder {
  let target: FilePath
  let path: FilePath

  /// Makes the folder; the target must not be there, or be an empty folder.
  init(for target: FilePath) throws(ArchiveError) {
    self.target = target
    guard let name = target.lastComponent else {
      throw ArchiveError(.unwritable, "unpacking into \(target): it names no folder")
    }
    var status = stat()
    if unsafe target.withPlatformString({ unsafe lstat($0, &status) }) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR, unsafe target.withPlatformString({ unsafe rmdir($0) }) == 0 else {
        throw ArchiveError(
          .unwritable, "unpacking into \(target): it is there already",
          advice: "Name a folder that does not exist yet, or an empty one.")
      }
    }
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    path = target.removingLastComponent().appending(".\(name.string.prefix(200)).unpacking-\(random)")
    guard unsafe path.withPlatformString({ unsafe mkdir($0, 0o700) }) == 0 else {
      throw ArchiveError(.unwritable, "making a folder beside \(target): \(systemMessage())")
    }
  }

  /// Opens the folder itself.
  func open() throws(ArchiveError) -> Int32 {
    let descriptor = unsafe path.withPlatformString {
      unsafe Glibc.open($0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }
    guard descriptor >= 0 else {
      throw ArchiveError(.unwritable, "opening the folder \(path): \(systemMessage())")
    }
    return descriptor
  }

  /// Makes the folder, or the only one in it, the target.
  func publish(only name: [UInt8]?) throws(ArchiveError) {
    let source = name.map { "\(path.string)/" + String(decoding: $0, as: UTF8.self) } ?? path.string
    // A name that is not UTF-8 is reached by descriptor, as its String would name another file.
    let folder = try open()
    defer { close(folder) }
    let result = unsafe target.withPlatformString { target in
      guard let name else { return unsafe rename(source, target) }
      return unsafe withName(name) { unsafe renameat(folder, $0, AT_FDCWD, target) }
    }
    guard result == 0 else {
      throw ArchiveError(.unwritable, "renaming \(source) to \(target): \(systemMessage())")
    }
    if name != nil { unsafe path.withPlatformString { _ = unsafe rmdir($0) } }
  }

  /// Removes the folder with all that is in it.
  func remove() {
    if let descriptor = try? open() {
      Self.empty(descriptor)
      close(descriptor)
    }
    unsafe path.withPlatformString { _ = unsafe rmdir($0) }
  }

  /// Removes what is in an open folder, never following a link.
  private static func empty(_ folder: Int32) {
    fchmod(folder, 0o700)
    let copy = dup(folder)
    guard copy >= 0, let stream = unsafe fdopendir(copy) else { return }
    defer { unsafe closedir(stream) }
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      if name == [0x2E] || name == [0x2E, 0x2E] { continue }
      unsafe withName(name) { text in
        guard unsafe unlinkat(folder, text, 0) != 0 else { return }
        let inner = unsafe openat(folder, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if inner >= 0 {
          empty(inner)
          close(inner)
        } else if errno == EACCES {
          // A folder of ours whose permissions were set already.
          unsafe fchmodat(folder, text, 0o700, 0)
          let again = unsafe openat(folder, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
          if again >= 0 {
            empty(again)
            close(again)
          }
        }
        unsafe unlinkat(folder, text, AT_REMOVEDIR)
      }
    }
  }
}

/// Gives the bytes of a name to a call of the system.
package func withName<Result>(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  var text = name.map { CChar(bitPattern: $0) }
  text.append(0)
  return unsafe text.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else {
      preconditionFailure("an array that is not empty has an address")
    }
    return unsafe body(start)
  }
}
