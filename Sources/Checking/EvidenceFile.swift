import Digests
import Model
import SystemPackage

/// Reads the files of a folder of evidence.
enum EvidenceFile {
  /// The file whole.
  static func bytes(_ path: FilePath) throws(CheckError) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path) { bytes += $0 }
    return bytes
  }

  /// The file's digest.
  static func digest(_ path: FilePath) throws(CheckError) -> SHA256Digest {
    var digest = StreamingDigest()
    try read(path) { digest.update($0) }
    return digest.finishSHA256()
  }

  private static func read(_ path: FilePath, _ body: ([UInt8]) -> Void) throws(CheckError) {
    do {
      // Without waiting: whoever put a FIFO there waits for nothing.
      let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
      try file.closeAfter {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
          let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
          if count == 0 { return }
          body(Array(buffer[..<count]))
        }
      }
    } catch {
      throw CheckError("reading \(path): \((error as? Errno)?.description ?? "it cannot be read")")
    }
  }
}
