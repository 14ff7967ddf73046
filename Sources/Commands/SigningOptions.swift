import ArgumentParser
import Checking
import Glibc
import Keys
import SystemPackage

/// How evidence is signed.
struct SigningOptions: ParsableArguments {
  @OptionGroup var signer: SignerOptions

  @Option(
    help: ArgumentHelp(
      "Who signs, as statements name it.", discussion: "Default: a name made of the key's.", valueName: "URI"))
  var party: String?

  @Flag(help: "Write each statement as a bundle of Sigstore's as well.")
  var bundle = false

  func validate() throws {
    guard let party else { return }
    let scheme = party.prefix { $0 != ":" }
    guard party.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }), party.utf8.count <= 2048,
      scheme.first?.isLetter == true, party.contains(":")
    else { throw ValidationError("--party takes a URI, such as https://example.org/evaluator.") }
  }

  /// What signs; nil when no key was named.
  ///
  /// Asks for the passphrase, so that nobody who has gone away for the check is needed afterwards.
  func open() throws -> EvidenceSigning? {
    try signer.open().map(signing)
  }

  /// What signs, which has to be named.
  func required() throws -> EvidenceSigning { try signing(signer.required()) }

  private func signing(_ signer: any Signing) throws -> EvidenceSigning {
    EvidenceSigning(signer: signer, party: party, time: try Self.time(), bundles: bundle)
  }

  /// Signs, and tells what came of it.
  static func tell(_ outcome: EvidenceSigning.Outcome, by signing: EvidenceSigning) {
    Console.output("signed       \(outcome.statements) statements by \(signing.signer.publicKey.keyID)")
    if !signing.isNamedAfterKey { Console.output("             as \(signing.party)") }
  }

  /// SOURCE_DATE_EPOCH where it is set, otherwise now.
  static func time() throws -> Int64 {
    guard let text = Console.environment("SOURCE_DATE_EPOCH") else { return Int64(Glibc.time(nil)) }
    guard let seconds = Int64(text), (0..<253_402_300_800).contains(seconds) else {
      throw ValidationError("SOURCE_DATE_EPOCH is \"\(text.prefix(40))\", which is no number of seconds since 1970.")
    }
    return seconds
  }
}
