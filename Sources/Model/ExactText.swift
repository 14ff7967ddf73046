/// Bytes that mean text, such as names, as text that keeps what is odd about them.
public enum ExactText {
  /// The text itself where it is UTF-8; otherwise with the odd bytes written as `\xNN`, so that two names that
  /// differ are never shown alike.
  public static func text(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    var rest = bytes[...]
    while !rest.isEmpty {
      // The longest of the possible lengths of one character that is valid.
      let length = (1...4).last {
        $0 <= rest.count && String(validating: rest.prefix($0), as: UTF8.self)?.unicodeScalars.count == 1
      }
      if let length {
        text += String(decoding: rest.prefix(length), as: UTF8.self)
        rest = rest.dropFirst(length)
      } else if let byte = rest.popFirst() {
        text += "\\x\(Hexadecimal.string([byte]))"
      }
    }
    return text
  }
}
