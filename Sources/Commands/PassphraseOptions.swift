import ArgumentParser
import Keys
import SystemPackage

/// Where the passphrase of a private key comes from.
struct PassphraseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read the passphrase from this open file descriptor, up to the end of a line.", valueName: "number"))
  var passphraseFd: Int32?

  @Option(help: ArgumentHelp("Take the passphrase from this environment variable.", valueName: "name"))
  var passphraseEnv: String?

  func validate() throws {
    if passphraseFd != nil, passphraseEnv != nil {
      throw ValidationError("Give the passphrase with --passphrase-fd or with --passphrase-env, not with both.")
    }
    if let passphraseFd, passphraseFd < 0 { throw ValidationError("--passphrase-fd takes a number from 0.") }
  }

  /// The passphrase of a key that is there; asked at the terminal when no other source is named.
  func passphrase(of path: FilePath) throws -> Passphrase { try given() ?? Passphrase(prompt: "Passphrase of \(path)") }

  /// The passphrase of a key that is made; asked twice at the terminal when no other source is named.
  func newPassphrase(for path: FilePath) throws -> Passphrase {
    if let given = try given() { return given }
    let first = try Passphrase(prompt: "New passphrase of \(path)")
    guard first.equals(try Passphrase(prompt: "The same again")) else {
      throw ValidationError("The two passphrases are not the same; nothing was written.")
    }
    return first
  }

  private func given() throws -> Passphrase? {
    if let passphraseFd { return try Passphrase(descriptor: FileDescriptor(rawValue: passphraseFd)) }
    if let passphraseEnv { return try Passphrase(variable: passphraseEnv) }
    return nil
  }
}
