import Digests
import Glibc
public import Model
public import SystemPackage

/// Reads the artifact that evidence is to be about.
public enum ArtifactFile {
  /// The digest of a file of any size.
  /// - Throws: `PolicyError` when it is no regular file, or cannot be read.
  public static func digest(_ path: FilePath) throws(PolicyError) -> SHA256Digest {
    do {
      // A pipe of that name must not hold the program up.
      let file = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
      return try file.closeAfter {
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
          throw PolicyError("reading the artifact \(path): it is no regular file")
        }
        var digest = StreamingDigest()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = try unsafe buffer.withUnsafeMutableBytes({ try unsafe file.read(into: $0) }), count > 0 {
          digest.update(count == buffer.count ? buffer : Array(buffer[..<count]))
        }
        return digest.finishSHA256()
      }
    } catch let error as PolicyError {
      throw error
    } catch {
      throw PolicyError("reading the artifact \(path): \((error as? Errno)?.description ?? "\(error)")")
    }
  }
}
