import Digests
import FoundationEssentials
public import Model
import RecipeFormat
public import Store
public import SystemPackage

/// A drop whose inputs are in the store, and whose recipe and lock lie in a folder that is gone when this value is.
public final class OpenedDrop: Sendable {
  /// The recipe file; its lock is beside it.
  public let recipe: FilePath
  /// The digest of the manifest, which stands for the whole drop.
  public let manifest: SHA256Digest
  /// What the lock pins.
  public let inputs: [DropInput]
  private let scratch: ScratchFolder

  /// Reads a drop to its end; nil when the file is none.
  ///
  /// Throws a `DropError` unless each byte is the one that `verbatim pack` would have written.
  public static func open(
    _ path: FilePath, store: Store, progress: any ProgressSink = SilentProgress()
  ) throws -> OpenedDrop? {
    guard let tape = try explaining("reading", path, { try DropTape(path) }) else { return nil }
    progress.report(.stageStarted("drop"))
    let started = ContinuousClock.now
    let drop = try explaining("reading", path) {
      let documents = try DropReader(tape: tape, store: store, progress: progress).read()
      return try OpenedDrop(documents, store: store)
    }
    let missing = drop.inputs.count { !$0.packed }
    progress.report(
      .stageEnded(
        "drop", seconds: started.duration(to: .now) / .seconds(1),
        note: "sha256 \(drop.manifest.short), "
          + (missing == 0 ? "every input is in it" : "\(missing) of \(drop.inputs.count) inputs come without bytes")))
    return drop
  }

  private init(_ documents: DropDocuments, store: Store) throws {
    scratch = try store.makeScratch()
    recipe = scratch.path.appending("recipe.yaml")
    manifest = .of(documents.manifest)
    inputs = documents.inputs
    try Disk.write(documents.recipe, to: recipe)
    try Disk.write(documents.lock, to: RecipeFile.lock(of: recipe))
  }
}

/// Reads a drop in one pass: first all that says what belongs into it, then only that.
struct DropReader {
  let tape: DropTape
  let store: Store
  let progress: any ProgressSink

  /// In bytes; a lock of the largest size has less to list.
  private static let documentLimit: Int64 = 32 << 20
  private static let indexLimit: Int64 = 1 << 16

  /// Reads everything and puts the inputs into the store.
  func read() throws -> DropDocuments {
    let documents = try readDocuments()
    let total = documents.blobs.reduce(0) { $0 + $1.size }
    var done: Int64 = 0
    for blob in documents.blobs {
      try take(blob)
      done += blob.size
      progress.report(.advanced(done: done, total: total, unit: .bytes, detail: blob.name))
    }
    try tape.end()
    return documents
  }

  /// Reads what comes before the inputs, and sees that it says the same everywhere.
  private func readDocuments() throws -> DropDocuments {
    guard try tape.read(DropMember.layoutName, limit: Self.indexLimit) == DropDocuments.layout else {
      throw tape.malformed("its oci-layout is not of version 1.0.0")
    }
    let indexBytes = try tape.read(DropMember.indexName, limit: Self.indexLimit)
    let index = try decode(Index.self, indexBytes, "its index.json")
    guard index.manifests.count == 1 else {
      throw tape.malformed("its index.json lists \(index.manifests.count) manifests where one belongs")
    }
    let manifestBytes = try document(index.manifests[0], "the manifest", limit: Self.documentLimit)
    let manifest = try decode(Manifest.self, manifestBytes, "its manifest")
    guard manifest.layers.count >= 2 else { throw tape.malformed("its manifest lists no recipe and lock") }
    tape.listed = Set(
      ([manifest.config] + manifest.layers).compactMap { $0.sha256.map { DropMember(blob: $0, size: 0).name } })

    let configBytes = try document(manifest.config, "the config", limit: Self.documentLimit)
    let config = try decode(Config.self, configBytes, "its config")
    guard config.format == 1 else {
      throw DropError(
        .malformed, "reading the drop \(tape.path): it has format \(config.format), and this program reads format 1",
        advice: "Use the version of verbatim that wrote it, or a newer one.")
    }
    let recipe = try document(manifest.layers[0], "the recipe", limit: 1 << 20)
    let lockBytes = try document(manifest.layers[1], "the lock", limit: Int64(LockFile.sizeLimit))
    let lock = try LockFile.decode(bytes: lockBytes, file: "in \(tape.path)")
    _ = try RecipeParser.parse(bytes: recipe, file: "in \(tape.path)")

    let expected = try DropDocuments(
      recipe: recipe, lock: lock, withheld: Set(config.inputs.filter { !$0.packed }.map(\.sha256)))
    for (what, found, right) in [
      ("config", configBytes, expected.config), ("manifest", manifestBytes, expected.manifest),
      ("index.json", indexBytes, expected.index),
    ] where found != right {
      throw tape.malformed("its \(what) does not say what follows from its recipe and lock")
    }
    try keepSmallInputs(expected)
    return expected
  }

  /// The recipe itself may be an input.
  private func keepSmallInputs(_ documents: DropDocuments) throws {
    let inputs = Set(documents.inputs.map(\.sha256))
    for bytes in [documents.recipe, documents.lock] where inputs.contains(.of(bytes)) { try store.insert(bytes: bytes) }
  }

  /// The bytes of a small blob, checked against its descriptor.
  private func document(_ descriptor: Descriptor, _ what: String, limit: Int64) throws -> [UInt8] {
    guard let digest = descriptor.sha256 else {
      throw tape.malformed("\(what) is named by \(descriptor.digest.prefix(100).debugDescription), no SHA-256")
    }
    guard (0...limit).contains(descriptor.size) else {
      throw tape.malformed("\(what) is to have \(descriptor.size) bytes, where at most \(limit) belong")
    }
    let bytes = try tape.read(DropMember(blob: digest, size: descriptor.size))
    let found = SHA256Digest.of(bytes)
    guard found == digest else { throw otherBytes(what, digest, found: "found SHA-256    \(found)") }
    return bytes
  }

  /// Brings an input into the store, where it is not there; its digest is checked in any case.
  private func take(_ blob: DropDocuments.Blob) throws {
    let member = DropMember(blob: blob.sha256, size: blob.size)
    if try store.verified(blob.sha256) != nil {
      var digest = StreamingDigest()
      try tape.read(member) { digest.update($0) }
      let found = digest.finishSHA256()
      guard found == blob.sha256 else {
        throw otherBytes(blob.name, blob.sha256, found: "found SHA-256    \(found)")
      }
      return
    }
    do {
      try store.insert(expecting: blob.sha256, from: tape.path) { into in try tape.read(member) { try into($0) } }
    } catch let error as StoreError where error.code == .mismatch {
      throw otherBytes(blob.name, blob.sha256, found: error.details.last ?? "")
    }
  }

  private func otherBytes(_ what: String, _ digest: SHA256Digest, found: String) -> DropError {
    DropError(
      .otherBytes, "reading the drop \(tape.path): the bytes of \(what) are not those that its digest says",
      details: ["expected SHA-256 \(digest)", found], advice: "Copy it again.")
  }

  private func decode<Document: Decodable>(_ type: Document.Type, _ bytes: [UInt8], _ what: String) throws -> Document {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw tape.malformed("\(what) \(Self.words(for: error))")
    } catch {
      throw tape.malformed("\(what) is not JSON")
    }
  }

  private static func words(for error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
      return path.isEmpty ? "" : " at \(path)"
    }
    switch error {
    case .keyNotFound(let key, let context): return "lacks \"\(key.stringValue)\"\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "holds a value of the wrong type\(place(context))"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "holds a value of the wrong form\(place(context))"
    default: return "is not JSON"
    }
  }
}
