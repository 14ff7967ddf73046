import Model

/// A value in ASN.1's distinguished encoding: a tag, a length, and what is in it.
struct DERNode {
  let tag: UInt8
  let start: Int
  let content: Int
  let end: Int

  /// The node that begins at an index; nil where none does that ends within the limit.
  init?(_ bytes: [UInt8], at start: Int, to limit: Int) {
    guard start >= 0, start + 2 <= limit, limit <= bytes.count, bytes[start] & 0x1F != 0x1F else { return nil }
    var length = Int(bytes[start + 1])
    var content = start + 2
    if length >= 0x80 {
      let count = length & 0x7F
      guard (1...4).contains(count), content + count <= limit else { return nil }
      length = bytes[content..<content + count].reduce(0) { $0 << 8 | Int($1) }
      content += count
    }
    guard length <= limit - content else { return nil }
    (tag, self.start, self.content, end) = (bytes[start], start, content, content + length)
  }

  var isConstructed: Bool { tag & 0x20 != 0 }

  /// What is directly in it, as far as it keeps the rules.
  func children(_ bytes: [UInt8]) -> [DERNode] {
    var children: [DERNode] = []
    var place = content
    while let child = DERNode(bytes, at: place, to: end) {
      children.append(child)
      place = child.end
    }
    return children
  }

  /// The object identifier in dots, or its name where it is known.
  func objectName(_ bytes: [UInt8]) -> String? {
    guard tag == 6, end > content, end - content <= 64 else { return nil }
    var numbers: [UInt64] = []
    var number: UInt64 = 0
    for byte in bytes[content..<end] {
      guard number < 1 << 56 else { return nil }
      number = number << 7 | UInt64(byte & 0x7F)
      if byte & 0x80 == 0 {
        if numbers.isEmpty {
          numbers = number < 80 ? [number / 40, number % 40] : [2, number - 80]
        } else {
          numbers.append(number)
        }
        number = 0
      }
    }
    let dotted = numbers.map { String($0) }.joined(separator: ".")
    return DERObjects.names[dotted] ?? dotted
  }

  /// The value as people read it: texts and times as such, names in one line, the rest as bytes.
  static let text = Encoding.custom { bytes in
    DERNode(bytes, at: 0, to: bytes.count).map { $0.description(bytes, depth: 0) }
  }

  private func description(_ bytes: [UInt8], depth: Int) -> String {
    let value = bytes[content..<end]
    switch tag {
    case 1: return value.allSatisfy { $0 == 0 } ? "false" : "true"
    case 5: return "null"
    case 6: return objectName(bytes) ?? Hexadecimal.string(Array(value))
    case 12, 18, 19, 20, 22, 26: return ExactText.text(Array(value.prefix(4096)))
    case 23, 24: return Self.time(Array(value), isShort: tag == 23)
    case 30: return String(decoding: utf16(value.prefix(4096)), as: UTF16.self)
    default: break
    }
    guard isConstructed, depth < 16, end - content <= 64 << 10 else {
      return Hexadecimal.string(Array(value.prefix(1024))) + (value.count > 1024 ? "…" : "")
    }
    let parts = children(bytes)
    if tag == 0x30, parts.count == 2, parts[0].tag == 6, let name = parts[0].objectName(bytes) {
      return parts[1].tag == 5 ? name : "\(name)=\(parts[1].description(bytes, depth: depth + 1))"
    }
    return parts.map { $0.description(bytes, depth: depth + 1) }.joined(separator: ", ")
  }

  private func utf16(_ bytes: ArraySlice<UInt8>) -> [UInt16] {
    stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
  }

  /// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
  private static func time(_ bytes: [UInt8], isShort: Bool) -> String {
    var digits = String(decoding: bytes, as: UTF8.self)
    guard bytes.count == (isShort ? 13 : 15), bytes.allSatisfy({ $0 < 0x80 }), digits.hasSuffix("Z") else {
      return ExactText.text(bytes)
    }
    if isShort { digits = (digits < "5" ? "20" : "19") + digits }
    let text = Array(digits)
    func part(_ range: Range<Int>) -> String { String(text[range]) }
    return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) \(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z"
  }
}

/// The names of ASN.1 objects that certificates and signatures have.
enum DERObjects {
  static let names: [String: String] = [
    "2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
    "2.5.4.9": "street", "2.5.4.10": "O", "2.5.4.11": "OU", "1.2.840.113549.1.9.1": "emailAddress",
    "0.9.2342.19200300.100.1.25": "DC", "2.5.29.14": "subjectKeyIdentifier", "2.5.29.15": "keyUsage",
    "2.5.29.17": "subjectAltName", "2.5.29.19": "basicConstraints", "2.5.29.31": "cRLDistributionPoints",
    "2.5.29.32": "certificatePolicies", "2.5.29.35": "authorityKeyIdentifier", "2.5.29.37": "extKeyUsage",
    "1.3.6.1.5.5.7.1.1": "authorityInfoAccess", "1.3.6.1.4.1.11129.2.4.2": "signedCertificateTimestamps",
    "1.2.840.113549.1.1.1": "RSA", "1.2.840.113549.1.1.5": "SHA-1 with RSA",
    "1.2.840.113549.1.1.10": "RSASSA-PSS", "1.2.840.113549.1.1.11": "SHA-256 with RSA",
    "1.2.840.113549.1.1.12": "SHA-384 with RSA", "1.2.840.113549.1.1.13": "SHA-512 with RSA",
    "1.2.840.10045.2.1": "EC", "1.2.840.10045.4.3.2": "SHA-256 with ECDSA", "1.2.840.10045.4.3.3": "SHA-384 with ECDSA",
    "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.101.112": "Ed25519", "1.3.101.110": "X25519",
    "1.3.14.3.2.26": "SHA-1", "2.16.840.1.101.3.4.2.1": "SHA-256", "2.16.840.1.101.3.4.2.2": "SHA-384",
    "2.16.840.1.101.3.4.2.3": "SHA-512", "1.2.840.113549.2.5": "MD5", "1.2.840.113549.1.7.1": "data",
    "1.2.840.113549.1.7.2": "signedData", "1.2.840.113549.1.9.3": "contentType",
    "1.2.840.113549.1.9.4": "messageDigest", "1.2.840.113549.1.9.5": "signingTime",
    "1.2.840.113549.1.9.6": "countersignature", "1.2.840.113549.1.9.15": "smimeCapabilities",
    "1.2.840.113549.1.9.16.2.14": "timeStampToken", "1.2.840.113549.1.9.16.1.4": "timeStampInfo",
    "1.2.840.113549.1.9.16.2.12": "signingCertificate", "1.2.840.113549.1.9.16.2.47": "signingCertificateV2",
    "1.3.6.1.4.1.311.2.1.4": "Authenticode digest", "1.3.6.1.4.1.311.2.1.11": "statementType",
    "1.3.6.1.4.1.311.2.1.12": "programName", "1.3.6.1.4.1.311.2.1.15": "PE image data",
    "1.3.6.1.4.1.311.3.3.1": "Microsoft timeStampToken", "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth", "1.3.6.1.5.5.7.3.8": "timeStamping",
  ]
}
