import Glibc
import SystemPackage

/// The processes of one sandbox, read from the `/proc` that is mounted inside it and lists no others.
///
/// A build cannot unmount or replace that mount, and bubblewrap's own first process, through whose root it is reached,
/// runs no code of the build.
@safe final class ProcessTable {
  struct Sample {
    var tasks = 0
    /// Resident memory that is not of files, pages that processes share counted for each of them.
    var residentBytes: Int64 = 0
  }

  private let directory: OpaquePointer
  private let descriptor: Int32
  private static let pageSize = Int64(sysconf(Int32(_SC_PAGESIZE)))

  /// Opens the table of the sandbox whose first process this is; nil while bubblewrap has not finished mounting.
  init?(firstProcess: Int32) {
    let file = unsafe open("/proc/\(firstProcess)/root/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    var inside = stat()
    var host = stat()
    // Until the root is changed, that path leads to this machine's own table.
    guard unsafe fstat(file, &inside) == 0, unsafe stat("/proc", &host) == 0, inside.st_dev != host.st_dev,
      unsafe faccessat(file, "1/stat", F_OK, 0) == 0, let opened = unsafe fdopendir(file)
    else {
      close(file)
      return nil
    }
    unsafe directory = opened
    descriptor = file
  }

  deinit { unsafe closedir(directory) }

  func sample() -> Sample {
    var sample = Sample()
    for process in processes() {
      guard let status = read("\(process)/stat"), let memory = read("\(process)/statm") else { continue }
      // The name may hold anything; the fields start after its last parenthesis.
      let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
      sample.tasks += fields.count > 17 ? Int(fields[17]) ?? 1 : 1
      let pages = memory.split { $0 == " " || $0 == "\n" }
      if pages.count > 2, let resident = Int64(pages[1]), let shared = Int64(pages[2]) {
        sample.residentBytes += max(resident - shared, 0) * Self.pageSize
      }
    }
    return sample
  }

  /// Memory with each shared page counted once; slow, so only asked when the quick sum is over the limit.
  func exactBytes() -> Int64 {
    var bytes: Int64 = 0
    for process in processes() {
      guard let rollup = read("\(process)/smaps_rollup") else { continue }
      for line in rollup.split(separator: "\n") where line.hasPrefix("Pss_Anon:") || line.hasPrefix("Pss_Shmem:") {
        bytes += (line.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0) << 10
      }
    }
    return bytes
  }

  private func processes() -> [Int32] {
    var found: [Int32] = []
    unsafe rewinddir(directory)
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let process = Int32(name) { found.append(process) }
    }
    return found
  }

  private func read(_ path: String) -> String? {
    let file = unsafe openat(descriptor, path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe Glibc.read(file, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }
}
