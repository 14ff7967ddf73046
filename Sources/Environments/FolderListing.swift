import Digests
import Glibc
import Model
import SystemPackage

/// A digest over what the disk says of every entry below a folder, without reading any content.
///
/// Name, type, mode, owner, size, both times: the time of the last change of metadata cannot be set back by a
/// program, so it stands for the content until somebody writes.
enum FolderListing {
  /// Walks a folder without following links; about 5 µs an entry.
  static func digest(of folder: FilePath) throws -> SHA256Digest {
    let handle = try FileDescriptor.open(folder, .readOnly, options: [.directory, .noFollow, .closeOnExec])
    var lines = Lines()
    try walk(handle.rawValue, &lines)
    return lines.finish()
  }

  /// The names in a folder, sorted; a name that is not UTF-8 has its bytes replaced.
  static func names(in folder: FilePath) throws -> [String] {
    guard let handle = unsafe opendir(folder.string) else { throw Errno(rawValue: errno) }
    defer { unsafe closedir(handle) }
    let names = unsafe Names(handle)
    return names.sorted.map { String(decoding: names.bytes[$0], as: UTF8.self) }
  }

  /// Takes the descriptor of a folder and closes it.
  private static func walk(_ folder: Int32, _ lines: inout Lines) throws {
    guard let handle = unsafe fdopendir(folder) else {
      let failure = Errno(rawValue: errno)
      close(folder)
      throw failure
    }
    defer { unsafe closedir(handle) }
    let names = unsafe Names(handle)
    for name in names.sorted {
      var status = stat()
      unsafe try names.withCString(name) { text in
        guard unsafe fstatat(folder, text, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw Errno(rawValue: errno) }
      }
      lines.add(names.bytes[name], status)
      guard status.st_mode & S_IFMT == S_IFDIR else { continue }
      let inner = unsafe names.withCString(name) { text in
        unsafe openat(folder, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
      if inner >= 0 {
        try walk(inner, &lines)
      } else if errno != EACCES {
        // What an ordinary user may not list belongs to one of his subordinate users: what stat says has to do.
        throw Errno(rawValue: errno)
      }
      lines.endFolder()
    }
  }

  /// The names in a folder, one after another, each with the zero byte that C wants at its end.
  private struct Names {
    private(set) var bytes: [UInt8] = []
    private var ranges: [Range<Int>] = []

    init(_ handle: OpaquePointer) {
      while let entry = unsafe readdir(handle) {
        let start = unsafe UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
        let length = unsafe strlen(start.assumingMemoryBound(to: CChar.self))
        let name = unsafe UnsafeRawBufferPointer(start: start, count: length + 1)
        if unsafe name[0] == 0x2E, unsafe length == 1 || length == 2 && name[1] == 0x2E { continue }
        ranges.append(bytes.count..<bytes.count + length)
        unsafe bytes.append(contentsOf: name)
      }
    }

    /// In byte order, since a folder has them in any.
    var sorted: [Range<Int>] { ranges.sorted { bytes[$0].lexicographicallyPrecedes(bytes[$1]) } }

    func withCString<Result>(_ name: Range<Int>, _ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
      try unsafe bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress else { preconditionFailure("a name is never empty") }
        return try unsafe body((start + name.lowerBound).assumingMemoryBound(to: CChar.self))
      }
    }
  }

  /// The text that the digest is of, kept back until there is enough of it to be worth a call.
  private struct Lines: ~Copyable {
    private var digest = StreamingDigest()
    private var pending: [UInt8] = []

    mutating func add(_ name: ArraySlice<UInt8>, _ status: stat) {
      pending += name
      pending.append(0)
      add(UInt64(status.st_mode) << 32 | UInt64(status.st_uid))
      add(UInt64(status.st_gid) << 32 | UInt64(status.st_rdev & 0xFFFF_FFFF))
      add(UInt64(bitPattern: Int64(status.st_size)))
      for time in [status.st_mtim, status.st_ctim] {
        add(UInt64(bitPattern: Int64(time.tv_sec)))
        add(UInt64(time.tv_nsec))
      }
      if pending.count > 1 << 16 { flush() }
    }

    mutating func endFolder() { pending.append(0) }

    consuming func finish() -> SHA256Digest {
      flush()
      return digest.finishSHA256()
    }

    private mutating func add(_ number: UInt64) {
      unsafe withUnsafeBytes(of: number.littleEndian) { unsafe pending.append(contentsOf: $0) }
    }

    private mutating func flush() {
      digest.update(pending)
      pending.removeAll(keepingCapacity: true)
    }
  }
}
