import Digests
import Model
import RecipeFormat
import Store
import SystemPackage
import TestFixtures
import Testing

@testable import Drops

/// A change to a drop, and what the error must say.
struct HostileDrop: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var code = DropError.Code.malformed
  let says: [String]
  let change: @Sendable (inout DropParts) -> Void

  init(
    _ testDescription: String, _ code: DropError.Code = .malformed, says: String...,
    change: @escaping @Sendable (inout DropParts) -> Void
  ) {
    self.testDescription = testDescription
    self.code = code
    self.says = says
    self.change = change
  }
}

/// Drops that somebody changed: none is read, and each is told what is wrong with it.
@Suite struct HostileDropTests {
  static let framing = [
    HostileDrop("a blob is missing", says: "it lacks blobs/sha256/") { $0.parts.remove(at: 7) },
    HostileDrop("the last blob is missing", says: "it ends where blobs/sha256/") { $0.parts.removeLast() },
    HostileDrop("an extra file at the end", says: "\"extra\" where it should end") {
      $0.parts.append(.init("extra", [1]))
    },
    HostileDrop("an extra file at the beginning", says: "\"extra\" where index.json belongs") {
      $0.parts.insert(.init("extra", [1]), at: 1)
    },
    HostileDrop("an extra blob", says: "which its manifest does not list") {
      let bytes: [UInt8] = [1, 2, 3]
      $0.parts.insert(.init(DropMember(blob: .of(bytes), size: 3).name, bytes), at: 7)
    },
    HostileDrop("a blob twice", says: "a second time") { $0.parts.insert($0.parts[7], at: 8) },
    HostileDrop("the last blob twice", says: "a second time", "where it should end") {
      $0.parts.append($0.parts[$0.parts.count - 1])
    },
    HostileDrop("the index twice", says: "\"index.json\" a second time") { $0.parts.append($0.parts[1]) },
    HostileDrop("two blobs in the other order", says: "it lacks blobs/sha256/") { $0.parts.swapAt(7, 8) },
    HostileDrop("a path that leads out", says: "\"blobs/sha256/../../out\"", "64 digits") {
      $0.parts[7] = .init("blobs/sha256/../../out", $0.parts[7].data)
    },
    HostileDrop("an absolute path", says: "\"/etc/passwd\"") { $0.parts[7] = .init("/etc/passwd", $0.parts[7].data) },
    HostileDrop("a digest in capitals", says: "64 digits") {
      $0.parts[7] = .init("blobs/sha256/" + $0.parts[7].name.dropFirst(13).uppercased(), $0.parts[7].data)
    },
    HostileDrop("control characters in a name", says: #""\u{1B}[31m""#) {
      $0.parts[7] = .init("\u{1b}[31m", $0.parts[7].data)
    },
    HostileDrop("a name that is no text", says: "no name of a file") { $0.parts[7].header[0] = 0xFF },
    HostileDrop("a symbolic link", says: "header of blobs/sha256/") { $0.parts[7].header[156] = 0x32 },
    HostileDrop("another mode", says: "header of blobs/sha256/") { $0.parts[7].header[106] = 0x35 },
    HostileDrop("another owner's name", says: "header of blobs/sha256/") { $0.parts[7].header[265] = 0x61 },
    HostileDrop("another checksum", says: "header of index.json") { $0.parts[1].header[148] ^= 1 },
    HostileDrop("an index of a size that is no number", says: "header of index.json") {
      $0.parts[1].header[130] = 0x39
    },
    HostileDrop("a folder for the blobs", says: "\"blobs/\"") {
      $0.parts.insert(.init("blobs/", []), at: 2)
      $0.parts[2].header[156] = 0x35
    },
    HostileDrop("bytes after the end", says: "7 bytes follow its end") { $0.end += [UInt8](repeating: 0, count: 7) },
    HostileDrop("a third block of zeros", says: "512 bytes follow its end") {
      $0.end += [UInt8](repeating: 0, count: 512)
    },
    HostileDrop("one block of zeros", .cut, says: "cut off", "at its end") { $0.end.removeLast(512) },
    HostileDrop("no end", .cut, says: "cut off") { $0.end = [] },
    HostileDrop("an end that is none", says: "two blocks of zeros") { $0.end[600] = 1 },
    HostileDrop("padding that is not zero", says: "are not zeros") {
      // The next header moves into it.
      $0.parts[7].data.append(1)
    },
    HostileDrop("another layout", says: "oci-layout is not of version 1.0.0") {
      $0.parts[0].data = Array(#"{"imageLayoutVersion":"2.0.0"}"#.utf8)
    },
  ]

  static let documents = [
    HostileDrop("an index that is no JSON", says: "index.json is not JSON") {
      $0.parts[1] = .init("index.json", Array("{".utf8))
    },
    HostileDrop("an empty index", says: "index.json is not JSON") { $0.parts[1] = .init("index.json", []) },
    HostileDrop("an index of a wrong type", says: "index.json holds a value of the wrong type at manifests") {
      $0.parts[1] = .init("index.json", Array(#"{"manifests":7,"mediaType":"","schemaVersion":2}"#.utf8))
    },
    HostileDrop("a list in place of an index", says: "index.json holds a value of the wrong type") {
      $0.parts[1] = .init("index.json", Array("[]".utf8))
    },
    HostileDrop("an index without a key", says: "index.json lacks \"mediaType\"") {
      $0.parts[1] = .init("index.json", Array(#"{"manifests":[],"schemaVersion":2}"#.utf8))
    },
    HostileDrop("a deeply nested index", says: "index.json is not JSON") {
      $0.parts[1] = .init("index.json", [UInt8](repeating: 0x5B, count: 60_000))
    },
    HostileDrop("a huge index", says: "header of index.json") {
      $0.parts[1] = .init("index.json", [UInt8](repeating: 0x20, count: 65_537))
    },
    HostileDrop("an index of no manifest", says: "lists 0 manifests") {
      $0.parts[1] = .init("index.json", Array(#"{"manifests":[],"mediaType":"","schemaVersion":2}"#.utf8))
    },
    HostileDrop("a manifest by another algorithm", says: "\"sha512:") {
      $0.replace(index: { $0.replacing("sha256:", with: "sha512:") })
    },
    HostileDrop("a huge manifest", says: "the manifest is to have 99999999999 bytes") {
      $0.replace(index: { $0.replacing(/"size":[0-9]+/, with: "\"size\":99999999999") })
    },
    HostileDrop("a negative size", says: "the manifest is to have -1 bytes") {
      $0.replace(index: { $0.replacing(/"size":[0-9]+/, with: "\"size\":-1") })
    },
    HostileDrop("an index with white space", says: "its index.json does not say what follows") {
      $0.replace(index: { $0 + "\n" })
    },
    HostileDrop("an index with a key twice", says: "its index.json does not say what follows") {
      $0.replace(index: { $0.replacing("\"schemaVersion\":2", with: "\"schemaVersion\":2,\"schemaVersion\":2") })
    },
    HostileDrop("an index with a key more", says: "its index.json does not say what follows") {
      $0.replace(index: { $0.replacing("\"schemaVersion\":2", with: "\"schemaVersion\":2,\"x\":1") })
    },
    HostileDrop("a manifest without layers", says: "no recipe and lock") {
      $0.replace(manifest: { $0.replacing(/"layers":\[.*\]/, with: "\"layers\":[]") })
    },
    HostileDrop("a deeply nested manifest", says: "its manifest is not JSON") {
      $0.replace(manifest: { _ in String(repeating: "{\"layers\":", count: 100_000) })
    },
    HostileDrop("a manifest with another name for an input", says: "its manifest does not say what follows") {
      $0.replace(manifest: { $0.replacing("root.tar", with: "toor.tar") })
    },
    HostileDrop("a config that calls for another product", says: "its config does not say what follows") {
      $0.replace(config: { $0.replacing("\"product\"", with: "\"another\"") })
    },
    HostileDrop("a config of a later format", says: "format 2") {
      $0.replace(config: { $0.replacing("\"format\":1", with: "\"format\":2") })
    },
    HostileDrop("a config that leaves out what is there", says: "its manifest does not say what follows") {
      // One that says that the bytes of all inputs are elsewhere.
      $0.replace(config: { $0.replacing("\"packed\":true", with: "\"packed\":false") })
    },
    HostileDrop("a config of a wrong type", says: "its config holds a value of the wrong", "inputs.[0]") {
      $0.replace(config: { $0.replacing("\"packed\":true", with: "\"packed\":\"yes\"") })
    },
  ]

  @Test(arguments: framing + documents) func isRefused(_ hostile: HostileDrop) throws {
    let fixture = try DropFixture()
    let bytes = try TemporaryFolder.read(fixture.pack())
    var parts = DropParts(bytes)
    try #require(parts.bytes == bytes)
    hostile.change(&parts)
    let error = try #require(try fixture.refusal(of: parts.bytes))
    #expect(error.code == hostile.code, "\(error)")
    for text in hostile.says { #expect(error.description.contains(text), "\(error)") }
    #expect(error.message.hasPrefix("reading the drop "))
    #expect(error.inconclusive == nil)
  }

  @Test func aLockThatIsNotOursIsRefused() throws {
    let fixture = try DropFixture()
    let parts = DropParts(try TemporaryFolder.read(fixture.pack()))
    for (place, other) in [(4, Array("verbatim: 2\n".utf8)), (5, Array("{}".utf8))] {
      var parts = parts
      let (old, new) = (SHA256Digest.of(parts.parts[place].data), SHA256Digest.of(other))
      let count = parts.parts[place].data.count
      parts.replace(manifest: {
        $0.replacing(old.hex, with: new.hex)
          .replacing("\"size\":\(count)}", with: "\"size\":\(other.count)}")
      })
      parts.parts[place] = .init(DropMember(blob: new, size: 0).name, other)
      let path = try fixture.folder.write("hostile", parts.bytes)
      let error = fixture.explained { _ = try OpenedDrop.open(path, store: try fixture.freshStore()) }
      #expect(error?.message.contains("in \(path)") == true, "\(String(describing: error))")
    }
  }

  /// Each byte of the smaller parts, and some of the large one; nothing that was changed is ever taken.
  @Test func aFlippedByteIsRefused() throws {
    let fixture = try DropFixture()
    let bytes = try TemporaryFolder.read(fixture.pack())
    var places = Array(stride(from: 0, to: bytes.count, by: 8191))
    places += (0..<200).map { _ in Int.random(in: 11..<6000) }
    places += (0..<40).map { bytes.count - 1 - $0 * 40 }
    for place in places where place > 10 {
      var changed = bytes
      changed[place] ^= UInt8(1 << Int.random(in: 0..<8))
      let path = try fixture.folder.write("flipped", changed)
      #expect(fixture.explained { _ = try OpenedDrop.open(path, store: fixture.store) } != nil, "byte \(place)")
    }
  }

  @Test(arguments: [false, true]) func aFlippedByteOfABlobIsNamed(storeHasIt: Bool) throws {
    let fixture = try DropFixture()
    let bytes = try TemporaryFolder.read(fixture.pack())
    let parts = DropParts(bytes)
    let place = try #require(parts.parts.firstIndex { $0.data == DropFixture.source })
    var changed = parts
    changed.parts[place].data[280_000] ^= 4
    let store = try storeHasIt ? fixture.store : fixture.freshStore()
    let path = try fixture.folder.write("flipped", changed.bytes)
    let error = #expect(throws: DropError.self) { try OpenedDrop.open(path, store: store) }
    #expect(error?.code == .otherBytes)
    #expect(error?.message.contains("source.tar") == true)
    for digest in [SHA256Digest.of(DropFixture.source), .of(changed.parts[place].data)] {
      #expect(error?.details.contains { $0.contains(digest.hex) } == true)
    }
    #expect(store.contains(.of(changed.parts[place].data)) == false)
  }

  @Test func aTruncatedDropIsRefusedWhereverItEnds() throws {
    let fixture = try DropFixture()
    let bytes = try TemporaryFolder.read(fixture.pack())
    for count in [11, 12, 511, 512, 600, 1024, 1500, 3000, 6000, 100_000, bytes.count - 1024, bytes.count - 1] {
      let error = try #require(try fixture.refusal(of: Array(bytes.prefix(count))), "\(count)")
      #expect(error.code == .cut, "\(count): \(error)")
      #expect(error.message.contains("cut off after \(count) bytes"))
    }
  }

  /// A header that claims more than the file has is found before anything is read or written.
  @Test func aBlobThatClaimsMoreThanThereIsIsRefused() throws {
    let fixture = try DropFixture()
    var lock = fixture.lock
    lock.sources[0].files[0].size = 1 << 60
    let documents = try DropDocuments(recipe: fixture.recipe, lock: lock, withheld: [])
    var bytes: [UInt8] = []
    func add(_ member: DropMember, _ data: [UInt8]) { bytes += member.header + data + member.padding }
    add(DropMember("oci-layout", size: Int64(DropDocuments.layout.count)), DropDocuments.layout)
    add(DropMember("index.json", size: Int64(documents.index.count)), documents.index)
    for data in [documents.manifest, documents.config, documents.recipe, documents.lock] {
      add(DropMember(blob: .of(data), size: Int64(data.count)), data)
    }
    for blob in documents.blobs {
      let data = [DropFixture.source, DropFixture.root, DropFixture.shipped, []].first {
        SHA256Digest.of($0) == blob.sha256
      }
      add(DropMember(blob: blob.sha256, size: blob.size), data ?? [])
    }
    let error = try #require(try fixture.refusal(of: bytes))
    #expect(error.code == .cut)
  }
}
