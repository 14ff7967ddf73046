import Model

/// Certificates, PKCS#7 and CMS signatures, and keys in ASN.1's distinguished encoding.
struct DERFile: Format {
  let name = "DER"

  func recognises(_ head: FileHead) -> Bool {
    guard head.bytes.count >= 8, head.size <= TextLines.sizeLimit, head.bytes[0] == 0x30 else { return false }
    let count = Int(head.bytes[1]) - 0x80
    let length: Int64
    var inner = 2
    if count < 0 {
      length = Int64(head.bytes[1])
    } else {
      guard (1...4).contains(count) else { return false }
      length = head.bytes[2..<2 + count].reduce(0) { $0 << 8 | Int64($1) }
      inner += count
    }
    guard Int64(inner) + length == head.size, inner < head.bytes.count else { return false }
    return [0x30, 0x02, 0x06].contains(head.bytes[inner])
  }

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    let bytes = try source.bytes(at: range.lowerBound, count: Int(range.count))
    guard let root = DERNode(bytes, at: 0, to: bytes.count) else {
      throw .malformed(at: range.lowerBound, "it is no value of ASN.1 that ends within the file")
    }
    var tree = DERTree(bytes: bytes, base: range.lowerBound, layout: layout)
    defer { layout = tree.layout }
    let parts = root.children(bytes)
    if parts.first?.objectName(bytes) == "signedData" {
      try tree.addContentInfo(root, parts)
    } else if DERTree.isCertificate(parts, bytes) {
      try tree.addCertificate(root, in: LayoutBuilder.file)
    } else {
      try tree.addAny(root, "", in: LayoutBuilder.file, depth: 0)
    }
    if root.end < bytes.count {
      try tree.add("padding", root.end..<bytes.count, .opaque, .padding, in: LayoutBuilder.file)
    }
  }

  /// What a certificate is known by: its subject; nil where the bytes are no certificate.
  static func subject(_ bytes: [UInt8]) -> String? {
    guard let root = DERNode(bytes, at: 0, to: bytes.count) else { return nil }
    return DERTree.subject(of: root, bytes).map { DERNode.text.text(Array(bytes[$0.start..<$0.end])) }
  }
}

/// Adds nodes and what is in them.
struct DERTree {
  let bytes: [UInt8]
  let base: Int64
  var layout: LayoutBuilder

  private static let depthLimit = 24

  static func isCertificate(_ parts: [DERNode], _ bytes: [UInt8]) -> Bool {
    guard parts.count == 3, parts[0].tag == 0x30, parts[1].tag == 0x30, parts[2].tag == 3 else { return false }
    let fields = parts[0].children(bytes).drop { $0.tag == 0xA0 }
    return fields.count >= 6 && Array(fields.prefix(6)).map(\.tag) == [2, 0x30, 0x30, 0x30, 0x30, 0x30]
  }

  static func subject(of certificate: DERNode, _ bytes: [UInt8]) -> DERNode? {
    let parts = certificate.children(bytes)
    guard isCertificate(parts, bytes) else { return nil }
    return Array(parts[0].children(bytes).drop { $0.tag == 0xA0 })[4]
  }

  mutating func add(
    _ name: String, _ range: Range<Int>, _ shape: Shape, _ role: Difference.Role?, in group: Int
  ) throws(FormatError) {
    try layout.add(
      name, at: base + Int64(range.lowerBound), count: Int64(range.count), shape, role: role, in: group)
  }

  /// A node with all that is in it as one value.
  private mutating func addValue(
    _ name: String, _ node: DERNode, _ role: Difference.Role?, in group: Int
  ) throws(FormatError) {
    try add(name, node.start..<node.end, .field(DERNode.text), role, in: group)
  }

  /// Only a node's tag and length.
  private mutating func addLength(_ name: String, _ node: DERNode, in group: Int) throws(FormatError) {
    try add(name.isEmpty ? "length" : "\(name) length", node.start..<node.content, .field(.bytes), .size, in: group)
  }

  mutating func addCertificate(_ node: DERNode, in group: Int) throws(FormatError) {
    let parts = node.children(bytes)
    try addLength("certificate", node, in: group)
    try addLength("certificate content", parts[0], in: group)
    var fields = parts[0].children(bytes)[...]
    if let version = fields.first, version.tag == 0xA0 {
      try addValue("certificate version", version, .data, in: group)
      fields = fields.dropFirst()
    }
    let names: [(String, Difference.Role)] = [
      ("serial number", .identity), ("signature algorithm", .signature), ("issuer", .signature), ("validity", .time),
      ("subject", .name), ("public key", .data),
    ]
    for ((name, role), field) in zip(names, fields) {
      guard name == "validity" else {
        try addValue(name, field, role, in: group)
        continue
      }
      try addLength(name, field, in: group)
      for (name, time) in zip(["not before", "not after"], field.children(bytes)) {
        try addValue(name, time, role, in: group)
      }
    }
    for field in fields.dropFirst(6) {
      if field.tag == 0xA3 {
        try addExtensions(field, in: group)
      } else {
        try addValue("unique identifier", field, .identity, in: group)
      }
    }
    try addValue("signature algorithm", parts[1], .signature, in: group)
    try addValue("signature", parts[2], .signature, in: group)
  }

  private mutating func addExtensions(_ node: DERNode, in group: Int) throws(FormatError) {
    try addLength("extensions", node, in: group)
    for list in node.children(bytes) {
      try addLength("extensions", list, in: group)
      for item in list.children(bytes) {
        let name = item.children(bytes).first?.objectName(bytes) ?? "unknown"
        try addValue("extension \(name)", item, name.hasSuffix("KeyIdentifier") ? .identity : .data, in: group)
      }
    }
  }

  /// PKCS#7's and CMS's SignedData, RFC 5652.
  mutating func addContentInfo(_ root: DERNode, _ parts: [DERNode]) throws(FormatError) {
    let file = LayoutBuilder.file
    try addLength("", root, in: file)
    try addValue("content type", parts[0], .data, in: file)
    guard parts.count == 2, let signed = parts[1].children(bytes).first, signed.tag == 0x30 else {
      throw .malformed(at: base + Int64(root.start), "a signature has no signed data")
    }
    try addLength("", parts[1], in: file)
    try addLength("", signed, in: file)
    for (index, part) in signed.children(bytes).enumerated() {
      switch part.tag {
      case 2: try addValue("version", part, .data, in: file)
      case 0x31 where index == 1: try addValue("digest algorithms", part, .signature, in: file)
      case 0x30: try addAny(part, "signed content ", in: file, depth: 0)
      case 0xA0: try addCertificates(part)
      case 0x31: try addSigners(part)
      default: try addValue("revocations", part, .signature, in: file)
      }
    }
  }

  private mutating func addCertificates(_ node: DERNode) throws(FormatError) {
    try addLength("certificates", node, in: LayoutBuilder.file)
    for child in node.children(bytes) {
      guard let subject = Self.subject(of: child, bytes) else {
        try addValue("certificate", child, .signature, in: LayoutBuilder.file)
        continue
      }
      let group = layout.group("certificate of \(DERNode.text.text(Array(bytes[subject.start..<subject.end])))")
      try addCertificate(child, in: group)
    }
  }

  private mutating func addSigners(_ node: DERNode) throws(FormatError) {
    try addLength("signers", node, in: LayoutBuilder.file)
    for signer in node.children(bytes) {
      let group = layout.group("signer")
      try addLength("", signer, in: group)
      var names = ["version", "issuer and serial number", "digest algorithm", "signature algorithm", "signature"][...]
      for part in signer.children(bytes) {
        if part.tag == 0xA0 || part.tag == 0xA1, names.count < 4 {
          try addAttributes(part.tag == 0xA0 ? "signed attribute" : "unsigned attribute", part, in: group)
        } else {
          try addValue(names.popFirst() ?? "other", part, .signature, in: group)
        }
      }
    }
  }

  private mutating func addAttributes(_ kind: String, _ node: DERNode, in group: Int) throws(FormatError) {
    try addLength("\(kind)s", node, in: group)
    for attribute in node.children(bytes) {
      let name = attribute.children(bytes).first?.objectName(bytes) ?? "unknown"
      let role: Difference.Role = name == "signingTime" ? .time : name == "messageDigest" ? .checksum : .signature
      try addValue("\(kind) \(name)", attribute, role, in: group)
    }
  }

  /// A node of which nothing is known but ASN.1, down to its values.
  mutating func addAny(_ node: DERNode, _ prefix: String, in group: Int, depth: Int) throws(FormatError) {
    guard node.isConstructed, depth < Self.depthLimit, node.end > node.content else {
      if node.end - node.content > 1024 {
        return try add(prefix + Self.kind(of: node.tag), node.start..<node.end, .opaque, .data, in: group)
      }
      return try addValue(prefix + Self.kind(of: node.tag), node, .data, in: group)
    }
    // Small lists such as names and algorithms are read as one.
    if node.end - node.start <= 64 { return try addValue(prefix + Self.kind(of: node.tag), node, .data, in: group) }
    try add("\(prefix)length", node.start..<node.content, .field(.bytes), .size, in: group)
    for child in node.children(bytes) { try addAny(child, prefix, in: group, depth: depth + 1) }
  }

  private static func kind(of tag: UInt8) -> String {
    switch tag {
    case 1: "boolean"
    case 2: "integer"
    case 3: "bit string"
    case 4: "octet string"
    case 6: "object"
    case 23, 24: "time"
    case 0x30: "sequence"
    case 0x31: "set"
    case 12, 19, 22, 30: "string"
    default: tag & 0xC0 == 0x80 ? "element \(tag & 0x1F)" : "value"
    }
  }
}
