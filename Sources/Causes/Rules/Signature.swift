import Model

/// A signature, which nobody can make again without its key.
struct Signature: CauseRule {
  let name = "signature"
  let summary = "signatures and certificates"

  func finding(_ subject: Subject) -> Finding? {
    if subject.difference.role == .signature { return Finding(0.97, "a signature or what belongs to one") }
    // Fields that a container has for a signature are no part of it.
    switch subject.difference.role {
    case nil, .data, .text, .code: break
    default: return nil
    }
    if subject.name.mentions("meta-inf/"),
      [".rsa", ".dsa", ".ec", ".sf"].contains(where: { Self.ends(subject.name, $0) })
    {
      return Finding(0.96, "a signature of a jar")
    }
    if [".asc", ".sig", ".p7s", ".p7b", ".minisig", "_gpgorigin"].contains(where: { Self.ends(subject.name, $0) }) {
      return Finding(0.96, "a detached signature")
    }
    guard subject.difference.kind == .text || subject.difference.kind == .missing || subject.difference.kind == .extra
    else { return nil }
    let mark = ["-----begin pgp signature", "-----begin ssh signature", "-----begin pkcs7"]
    return subject.shipped.bytes.prefix(4096).mentions(any: mark)
      || subject.rebuilt.bytes.prefix(4096).mentions(any: mark)
      ? Finding(0.95, "a signature within a text") : nil
  }

  private static func ends(_ name: ArraySlice<UInt8>, _ ending: String) -> Bool {
    name.suffix(ending.utf8.count).elementsEqual(ending.utf8)
  }

  func fix(_ subject: Subject) -> String {
    "declare an exception for the signature, with what it must verify against"
  }
}
