import ArgumentParser
import Glibc
import Keys
import Processes
import SystemPackage

/// What signs: a key in a file, or a program that has one.
struct SignerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Sign with this private key.", valueName: "file"))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "Sign with this command: it gets the bytes on standard input and writes the signature to standard output.",
      discussion: "The shell runs it. --public-key says which key it has.", valueName: "command"))
  var signer: String?

  @Option(help: ArgumentHelp("The public key of --signer.", valueName: "file"))
  var publicKey: String?

  @OptionGroup var passphrase: PassphraseOptions

  func validate() throws {
    guard key == nil || signer == nil else { throw ValidationError("Give --key or --signer, not both.") }
    guard (signer == nil) == (publicKey == nil) else {
      throw ValidationError("--signer and --public-key belong together.")
    }
  }

  /// Opens what signs; nil when nothing was named.
  func open() throws -> (any Signing)? {
    if let key {
      let path = FilePath(key)
      return try KeyFile.readPrivate(path) { try passphrase.passphrase(of: path) }
    }
    guard let signer, let publicKey else { return nil }
    let known = try KeyFile.readPublic(FilePath(publicKey))
    return ExternalSigner(publicKey: known, name: signer) { try await Self.run(signer, $0) }
  }

  /// Opens what signs, which has to be named.
  func required() throws -> any Signing {
    guard let signing = try open() else { throw ValidationError("Name what signs, with --key or --signer.") }
    return signing
  }

  private static func run(_ command: String, _ content: [UInt8]) async throws -> [UInt8] {
    let file = try namelessFile(content)
    defer { try? file.close() }
    let result = try await HostCommand(
      "/bin/sh", ["-c", command], environment: Console.environment,
      workingDirectory: Console.absolute("."), input: .file(FilePath("/proc/self/fd/\(file.rawValue)"))
    ).run(limit: 64 << 10)
    guard result.succeeded else {
      throw KeyError(
        .notSigned, "signing with \(command): it failed",
        details: result.errors.split(separator: "\n").suffix(5).map(String.init))
    }
    return result.output
  }

  /// A file without a name, and so nowhere that anybody else could change it.
  private static func namelessFile(_ content: [UInt8]) throws -> FileDescriptor {
    var name = Array("\(Console.environment("TMPDIR") ?? "/tmp")/verbatim-sign-XXXXXX".utf8CString)
    let file = FileDescriptor(rawValue: unsafe mkstemp(&name))
    guard file.rawValue >= 0 else { throw Errno(rawValue: errno) }
    _ = fcntl(file.rawValue, F_SETFD, FD_CLOEXEC)
    unsafe unlink(name)
    do { _ = try file.writeAll(content) } catch {
      try? file.close()
      throw error
    }
    return file
  }
}
