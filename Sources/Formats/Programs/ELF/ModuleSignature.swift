import Model

/// The signature that is appended to a Linux kernel module: PKCS #7, its description, a marker.
///
/// Linux, include/linux/module_signature.h.
struct ModuleSignature {
  static let marker = Array("~Module signature appended~\n".utf8)

  /// Where the signature begins.
  let start: Int64
  private let informationPlace: Int64

  /// Finds it at a file's end; nil where there is none.
  init?(_ source: inout ByteSource, _ range: Range<Int64>) throws(FormatError) {
    let information = range.upperBound - Int64(Self.marker.count) - 12
    guard information >= range.lowerBound, try source.has(Self.marker, at: information + 12) else { return nil }
    let length = try source.u32(at: information + 8, .big)
    guard length <= information - range.lowerBound else { return nil }
    start = information - length
    informationPlace = information
  }

  func add(to layout: inout LayoutBuilder) throws(FormatError) {
    try layout.add("module signature", at: start, count: informationPlace - start, .opaque, role: .signature)
    try layout.add(
      "module signature information", at: informationPlace, count: 12, .structure(ModuleSignatureInformation()),
      role: .signature)
    try layout.add(
      "module signature marker", at: informationPlace + 12, count: Int64(Self.marker.count), .field(.text),
      role: .signature)
  }
}

/// The fields that describe an appended signature.
struct ModuleSignatureInformation: Structure {
  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
    var fields = ELFFieldWriter(prefix: "module signature ", place: range.lowerBound)
    try fields.add("algorithm", 1, .unsigned(.little), .signature, to: &layout)
    try fields.add("hash", 1, .unsigned(.little), .signature, to: &layout)
    try fields.add("kind", 1, .names(.little, [0: "PGP", 1: "X.509", 2: "PKCS #7"]), .signature, to: &layout)
    try fields.add("signer length", 1, .unsigned(.little), .signature, to: &layout)
    try fields.add("key id length", 1, .unsigned(.little), .signature, to: &layout)
    try fields.add("padding", 3, .bytes, .padding, to: &layout)
    try fields.add("length", 4, .unsigned(.big), .size, to: &layout)
  }
}
