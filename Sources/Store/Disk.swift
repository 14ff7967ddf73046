public import Glibc
public import SystemPackage

/// The file operations that `FileDescriptor` lacks; the only ones that floors above this one use.
public enum Disk {
  /// Makes a folder and its parents, readable by their owner alone unless said otherwise; one that is there
  /// already is fine.
  public static func makeFolders(_ path: FilePath, mode: UInt32 = 0o700) throws(Errno) {
    if unsafe path.withPlatformString({ unsafe mkdir($0, mode) }) == 0 { return }
    let failure = Errno(rawValue: errno)
    if failure == .fileExists, isFolder(path) { return }
    guard failure == .noSuchFileOrDirectory, !path.removingLastComponent().isEmpty else { throw failure }
    try makeFolders(path.removingLastComponent(), mode: mode)
    if unsafe path.withPlatformString({ unsafe mkdir($0, mode) }) == 0 || errno == EEXIST { return }
    throw Errno(rawValue: errno)
  }

  /// Whether there is something of this name, a link without a target included.
  public static func exists(_ path: FilePath) -> Bool { (try? status(path)) != nil }

  /// Writes a new file, synchronised; one that is there already is an error.
  public static func write(_ bytes: [UInt8], to path: FilePath) throws {
    let file = try create(path)
    try file.closeAfter {
      try FileBytes.write(unsafe bytes.span.bytes, to: file)
      try sync(file)
    }
  }

  /// Writes a file so that it is there whole or not at all, whatever was there before.
  public static func replace(_ path: FilePath, with bytes: [UInt8]) throws {
    let name = ".\(path.lastComponent?.string ?? "file").\(getpid())-\(UInt32.random(in: .min ... .max))"
    let aside = path.removingLastComponent().appending(name)
    do {
      try write(bytes, to: aside)
      try rename(aside, to: path)
    } catch {
      try? removeFile(aside)
      throw error
    }
  }

  /// Copies a regular file to a new one, synchronised.
  public static func copy(_ source: FilePath, to path: FilePath) throws {
    let from = try FileDescriptor.open(source, .readOnly, options: [.noFollow, .closeOnExec])
    try from.closeAfter {
      let into = try create(path)
      try into.closeAfter {
        try FileBytes.forEach(of: from) { try FileBytes.write($0, to: into) }
        try sync(into)
      }
    }
  }

  private static func create(_ path: FilePath) throws -> FileDescriptor {
    try FileDescriptor.open(
      path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
  }

  /// Whether a path names a folder itself, not a link to one.
  public static func isFolder(_ path: FilePath) -> Bool {
    (try? status(path)).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// What the file system says of a path, without following a link.
  public static func status(_ path: FilePath) throws(Errno) -> stat {
    var result = stat()
    guard unsafe path.withPlatformString({ unsafe lstat($0, &result) }) == 0 else { throw Errno(rawValue: errno) }
    return result
  }

  /// Moves a file or folder over what may be at the new place.
  public static func rename(_ from: FilePath, to: FilePath) throws(Errno) {
    let result = unsafe from.withPlatformString { old in unsafe to.withPlatformString { unsafe Glibc.rename(old, $0) } }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  /// Gives a file a second name on the same disk.
  static func link(_ file: FilePath, to path: FilePath) throws(Errno) {
    let result = unsafe file.withPlatformString { old in unsafe path.withPlatformString { unsafe Glibc.link(old, $0) } }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  /// Forgets a file; one that is not there is fine.
  public static func removeFile(_ path: FilePath) throws(Errno) {
    guard unsafe path.withPlatformString({ unsafe unlink($0) }) == 0 || errno == ENOENT else {
      throw Errno(rawValue: errno)
    }
  }

  /// Makes what was written to a file or folder survive a power cut.
  public static func sync(_ descriptor: FileDescriptor) throws(Errno) {
    guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Makes the names in a folder survive a power cut.
  public static func syncFolder(_ path: FilePath) throws {
    let folder = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
    try folder.closeAfter { try sync(folder) }
  }

  /// Sets the time of last use, which is that of access, to now; that of modification stays, since a reader may
  /// be watching it.
  static func touch(_ path: FilePath) {
    // The kernel's own values, which do not come through as constants: UTIME_NOW and UTIME_OMIT of utimensat(2).
    let times = [timespec(tv_sec: 0, tv_nsec: 0x3FFF_FFFF), timespec(tv_sec: 0, tv_nsec: 0x3FFF_FFFE)]
    _ = unsafe path.withPlatformString { unsafe utimensat(AT_FDCWD, $0, times, AT_SYMLINK_NOFOLLOW) }
  }

  /// Takes a lock that ends with the process; false when another process has it.
  static func tryLock(_ descriptor: FileDescriptor) -> Bool { flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 }

  /// The names in a folder, sorted, without `.` and `..`.
  public static func names(in path: FilePath) throws(Errno) -> [String] {
    guard let folder = unsafe path.withPlatformString({ unsafe opendir($0) }) else { throw Errno(rawValue: errno) }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes a folder and all below it, following no link.
  public static func removeTree(_ path: FilePath) throws(Errno) {
    let kind: mode_t
    do { kind = try status(path).st_mode & S_IFMT } catch .noSuchFileOrDirectory { return }
    guard kind == S_IFDIR else { return try removeFile(path) }
    _ = unsafe path.withPlatformString { unsafe chmod($0, 0o700) }
    for name in try names(in: path) { try removeTree(path.appending(name)) }
    guard unsafe path.withPlatformString({ unsafe rmdir($0) }) == 0 else { throw Errno(rawValue: errno) }
  }
}
