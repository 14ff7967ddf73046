import Glibc
import SystemPackage

/// Small files that the kernel or the administrator wrote.
enum TextFile {
  /// At most 1 MiB of a file as text; nil when it cannot be read.
  static func read(_ path: String) -> String? {
    guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec]) else {
      return nil
    }
    defer { try? descriptor.close() }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count < 1 << 20 {
      guard let count = try? unsafe buffer.withUnsafeMutableBytes({ unsafe try descriptor.read(into: $0) }) else {
        return nil
      }
      if count == 0 { break }
      bytes += buffer.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a short value into a file of the kernel; false when it is refused.
  static func write(_ value: String, to path: String) -> Bool {
    guard let descriptor = try? FileDescriptor.open(FilePath(path), .writeOnly, options: [.closeOnExec]) else {
      return false
    }
    defer { try? descriptor.close() }
    return (try? descriptor.writeAll(value.utf8)) == value.utf8.count
  }
}
