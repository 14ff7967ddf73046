import Model

/// Bytes between the lines that RFC 7468 puts around them.
struct PEMText {
  /// What the bytes are: `PUBLIC KEY`, say.
  let label: String
  let bytes: [UInt8]

  /// The text, in lines of 64 digits.
  var text: String {
    var lines = ["-----BEGIN \(label)-----"]
    var digits = Base64.string(bytes)[...]
    while !digits.isEmpty {
      lines.append(String(digits.prefix(64)))
      digits = digits.dropFirst(64)
    }
    return (lines + ["-----END \(label)-----", ""]).joined(separator: "\n")
  }

  init(label: String, bytes: [UInt8]) {
    self.label = label
    self.bytes = bytes
  }

  /// All blocks of a text; what stands around them is left out, as elsewhere.
  ///
  /// Throws when a block does not end, is not base64, or has headers, which only keys encrypted in the way of old have.
  static func blocks(of text: String, named name: String) throws(KeyError) -> [PEMText] {
    var blocks: [PEMText] = []
    var open: (label: String, digits: String)?
    for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
      let line = line.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
      let words = String(line)
      guard let block = open else {
        if words.hasPrefix("-----BEGIN "), words.hasSuffix("-----") {
          open = (String(words.dropFirst(11).dropLast(5)), "")
        }
        continue
      }
      if words == "-----END \(block.label)-----" {
        guard let bytes = Base64.bytes(block.digits) else {
          throw KeyError(.malformed, "reading \(name): its \(block.label) is not base64")
        }
        blocks.append(PEMText(label: block.label, bytes: bytes))
        open = nil
      } else if words.contains(":") {
        throw KeyError(
          .malformed, "reading \(name): its \(block.label) is encrypted in the way of old, which protects little",
          advice: "Convert it with `openssl pkcs8 -topk8 -scrypt -in KEY -out NEW`, then import that.")
      } else {
        open = (block.label, block.digits + words)
      }
    }
    guard open == nil else { throw KeyError(.malformed, "reading \(name): it ends within \(open?.label ?? "a block")") }
    return blocks
  }
}
