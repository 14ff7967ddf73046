import Glibc
public import SystemPackage

/// A folder of a test's own that is gone when the value is.
public final class TemporaryFolder: Sendable {
  /// The folder.
  public let path: FilePath

  /// Makes an empty folder under `$TMPDIR` or `/tmp`.
  public init() throws {
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/verbatim-test-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  deinit {
    // Read-only folders that a test made would otherwise stay.
    let pid = FixtureProcess.spawn(
      "/bin/sh", ["-c", "chmod -R u+rwX \"$1\" 2>/dev/null; rm -rf \"$1\"", "sh", path.string])
    FixtureProcess.wait(pid)
  }

  /// Makes a folder in it, with those above.
  public func makeFolder(_ name: String) throws {
    var made = path
    for part in FilePath(name).components {
      made.append(part)
      guard unsafe mkdir(made.string, 0o755) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
    }
  }

  /// Writes a file in the folder and returns its path.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
    let path = self.path.appending(name)
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(bytes) }
    return path
  }

  /// Writes a file of text in the folder and returns its path.
  @discardableResult
  public func write(_ name: String, _ text: String) throws -> FilePath { try write(name, Array(text.utf8)) }

  /// The bytes of a file in the folder.
  public func read(_ name: String) throws -> [UInt8] { try Self.read(path.appending(name)) }

  /// The bytes of any file.
  public static func read(_ path: FilePath) throws -> [UInt8] {
    let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    return try file.closeAfter {
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
        if count == 0 { return bytes }
        bytes += buffer[..<count]
      }
    }
  }
}
