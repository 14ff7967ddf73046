import Formats
import Model
import Signatures

/// The code signature of a Mach-O file: the blob at its end, and where that is.
///
/// Both sides must have one at the same place, as linkers for current Apple processors make it in any case.
struct MachOSignaturePlace {
  let pair: PartPair
  let index: Int
  let exception: DeclaredException

  func holes() throws -> [Hole] {
    guard let shipped = try MachOPlaces(pair.shipped), let rebuilt = try MachOPlaces(pair.rebuilt) else { return [] }
    let signers = try exception.trusted().map { trusted in
      try MachOCodeSignature(pair.shipped, from: shipped.signature.lowerBound).signers(trusted: trusted)
    }
    func hole(_ shipped: Range<Int64>, _ rebuilt: Range<Int64>, _ what: String, signer: String? = nil) -> Hole {
      Hole(shipped: shipped, rebuilt: rebuilt, filling: .inserted(exception: index, what: what, signer: signer))
    }
    return [
      hole(shipped.linkEditMemory, rebuilt.linkEditMemory, "header"),
      hole(shipped.linkEditSize, rebuilt.linkEditSize, "header"),
      hole(shipped.signatureSize, rebuilt.signatureSize, "header"),
      hole(shipped.signature, rebuilt.signature, "signature", signer: DeclaredException.words(signers)),
    ]
  }
}

/// The places of a Mach-O file for one 64-bit processor that belong to its signature.
struct MachOPlaces {
  let linkEditMemory: Range<Int64>
  let linkEditSize: Range<Int64>
  let signatureSize: Range<Int64>
  let signature: Range<Int64>

  /// Reads the load commands; nil for a file of another kind, or without a signature.
  init?(_ content: Content) throws {
    var source = content.source()
    guard try source.has([0xCF, 0xFA, 0xED, 0xFE], at: 0) else { return nil }
    let end = try 32 + source.u32(at: 20)
    var place: Int64 = 32
    var linkEdit: Int64?
    var found: Int64?
    for _ in 0..<(try source.u32(at: 16)) {
      let (command, size) = (try source.u32(at: place), try source.u32(at: place + 4))
      guard size >= 8, size % 4 == 0, size <= end - place else { throw SignatureError("a load command is too long") }
      if command == 0x19, try source.has(Array("__LINKEDIT\0".utf8), at: place + 8) { linkEdit = place }
      if command == 0x1D {
        guard found == nil, size == 16 else { throw SignatureError("there are two code signatures") }
        found = place
      }
      place += size
    }
    guard let linkEdit, let found else { return nil }
    let (start, size) = (try source.u32(at: found + 8), try source.u32(at: found + 12))
    let segment = (offset: try source.u64(at: linkEdit + 40), size: try source.u64(at: linkEdit + 48))
    guard size > 0, start + size == content.size, segment.offset <= start, segment.size <= content.size,
      segment.offset + segment.size == content.size
    else { throw SignatureError("the code signature does not end where the file ends") }
    try Self.requireBlob(&source, start, size)
    linkEditMemory = linkEdit + 32..<linkEdit + 40
    linkEditSize = linkEdit + 48..<linkEdit + 56
    signatureSize = found + 12..<found + 16
    signature = start..<content.size
  }

  /// Throws unless the bytes are the blob that a signature is, filled up with zeros.
  private static func requireBlob(_ source: inout ByteSource, _ start: Int64, _ size: Int64) throws {
    let length = try source.u32(at: start + 4, .big)
    guard try source.u32(at: start, .big) == 0xFADE_0CC0, length >= 12, length <= size,
      size <= Int64(SignedMessage.sizeLimit) * 16
    else { throw SignatureError("the code signature is not of its form") }
    var place = start + length
    while place < start + size {
      let bytes = try source.bytes(at: place, count: Int(min(32 << 10, start + size - place)))
      guard bytes.allSatisfy({ $0 == 0 }) else {
        throw SignatureError("the code signature is followed by bytes that are no part of it")
      }
      place += Int64(bytes.count)
    }
  }
}
