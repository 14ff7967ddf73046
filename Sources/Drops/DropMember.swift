import Archives
import Model

/// A file of a drop's tar archive: its name, size, and the one header that it has.
struct DropMember: Equatable {
  let name: String
  let size: Int64

  static let layoutName = "oci-layout"
  static let indexName = "index.json"
  private static let blobs = "blobs/sha256/"

  /// The file of any name.
  init(_ name: String, size: Int64) {
    self.name = name
    self.size = size
  }

  /// The file of a blob.
  init(blob digest: SHA256Digest, size: Int64) { self.init(Self.blobs + digest.hex, size: size) }

  /// The digest that a name says; nil when it is not exactly that of a blob.
  static func blob(_ name: String) -> SHA256Digest? {
    guard name.hasPrefix(blobs), let digest = SHA256Digest(hex: name.dropFirst(blobs.count)) else { return nil }
    return blobs + digest.hex == name ? digest : nil
  }

  /// The header: a ustar block, after a pax header where the size has no room in it.
  var header: [UInt8] {
    var header = TarHeader()
    var records = PaxRecords()
    header.set(Array(name.utf8), .name)
    header.set(0o644, .mode)
    header.set(0, .userID)
    header.set(0, .groupID)
    header.set(0, .modified)
    header.type = UInt8(ascii: "0")
    if !header.set(UInt64(max(0, size)), .size) { records.add("size", Array(String(size).utf8)) }
    return (records.isEmpty ? [] : records.header) + header.bytes
  }

  /// What follows the data.
  var padding: [UInt8] { [UInt8](repeating: 0, count: TarHeader.padding(Int(size))) }

  /// What follows the last file.
  static let end = [UInt8](repeating: 0, count: 2 * TarHeader.blockSize)
}
