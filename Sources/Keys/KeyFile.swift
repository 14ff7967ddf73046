import Glibc
import Model
public import SystemPackage

/// Keys as files.
public enum KeyFile {
  /// In bytes; a key has some four hundred.
  static let sizeLimit = 64 << 10

  /// Reads an encrypted private key.
  ///
  /// - Parameters:
  ///   - path: a regular file that only its owner may read: mode 0600 or 0400.
  ///   - passphrase: asked once the file is found to be an encrypted key.
  /// - Throws: `KeyError`, and what the passphrase's source throws.
  public static func readPrivate(
    _ path: FilePath, passphrase: () throws -> Passphrase
  ) throws -> PrivateKey {
    let text = try read(path, private: true)
    return try PrivateKey.read(pem: text, named: path.string, passphrase: passphrase)
  }

  /// Reads a private key that somebody else's program wrote, encrypted or not.
  /// - Throws: as `readPrivate(_:passphrase:)`.
  public static func importPrivate(
    _ path: FilePath, passphrase: () throws -> Passphrase
  ) throws -> PrivateKey {
    let text = try read(path, private: true)
    return try PrivateKey.read(pem: text, named: path.string, mustBeEncrypted: false, passphrase: passphrase)
  }

  /// Reads a public key.
  public static func readPublic(_ path: FilePath) throws(KeyError) -> PublicKey {
    try PublicKey(pem: try read(path, private: false), named: path.string)
  }

  /// Reads the text of a key file, whichever it is; that of a private key only when nobody else can.
  public static func readEither(_ path: FilePath) throws(KeyError) -> (text: String, isPrivate: Bool) {
    let text = try read(path, private: false)
    guard text.contains("PRIVATE KEY-----") else { return (text, false) }
    return (try read(path, private: true), true)
  }

  /// Writes a new pair: the encrypted private key with mode 0600, and beside it the public one as `.pub`.
  ///
  /// Neither file may be there; both are on the disk when this returns, or none is.
  public static func write(_ key: PrivateKey, to path: FilePath, passphrase: Passphrase) throws(KeyError) {
    let sealed = try key.encryptedPEM(passphrase)
    let open = FilePath(path.string + ".pub")
    var made: [FilePath] = []
    do throws(KeyError) {
      try create(path, sealed, mode: .ownerReadWrite)
      made.append(path)
      try create(open, key.publicKey.pem, mode: [.ownerReadWrite, .groupRead, .otherRead])
      made.append(open)
      try synchroniseFolder(of: path)
    } catch {
      for path in made { _ = unsafe path.withPlatformString { unsafe unlink($0) } }
      throw error
    }
  }

  private static func create(_ path: FilePath, _ text: String, mode: FilePermissions) throws(KeyError) {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec], permissions: mode)
      do {
        try file.closeAfter {
          _ = try file.writeAll(Array(text.utf8))
          guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
      } catch {
        _ = unsafe path.withPlatformString { unsafe unlink($0) }
        throw error
      }
    } catch {
      throw .failed("writing", path, error as? Errno ?? .ioError)
    }
  }

  private static func synchroniseFolder(of path: FilePath) throws(KeyError) {
    let parent = path.removingLastComponent()
    do {
      let folder = try FileDescriptor.open(
        parent.isEmpty ? "." : parent, .readOnly, options: [.directory, .closeOnExec])
      try folder.closeAfter { guard fsync(folder.rawValue) == 0 else { throw Errno(rawValue: errno) } }
    } catch {
      throw .failed("writing into", parent, error as? Errno ?? .ioError)
    }
  }

  /// The text of a regular file; of a private key's nobody but its owner may have any right to it.
  private static func read(_ path: FilePath, private isPrivate: Bool) throws(KeyError) -> String {
    let bytes: [UInt8]
    do {
      // A pipe of that name must not hold the program up.
      let file = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
      bytes = try file.closeAfter {
        try requireFile(file, path, isPrivate)
        return try content(of: file)
      }
    } catch let error as KeyError {
      throw error
    } catch {
      throw .failed("reading", path, error as? Errno ?? .ioError)
    }
    guard bytes.count <= sizeLimit, let text = String(validating: bytes, as: UTF8.self) else {
      throw KeyError(.malformed, "reading \(path): it is no key in PEM", advice: "Keys are texts of PEM.")
    }
    return text
  }

  private static func requireFile(_ file: FileDescriptor, _ path: FilePath, _ isPrivate: Bool) throws {
    var status = stat()
    guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw KeyError(.unusable, "reading \(path): it is no regular file")
    }
    guard !isPrivate || status.st_mode & 0o7177 == 0 else {
      let digits = String(status.st_mode & 0o7777, radix: 8)
      throw KeyError(
        .exposed, "reading \(path): its mode is 0\(digits), and a private key is for its owner alone",
        advice: "Run `chmod 600 \(path)`. If others could read it, make a new key and revoke this one.")
    }
  }

  private static func content(of file: FileDescriptor) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count <= sizeLimit {
      let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}
