import Digests
import Model
import RecipeFormat
import Store
import SystemPackage
import TestFixtures

@testable import Drops

/// A recipe, its lock, and a store with its inputs.
struct DropFixture {
  let folder: TemporaryFolder
  let store: Store
  let recipe: [UInt8]
  let lock: Lock

  static let source = [UInt8](repeating: 0x41, count: 300_000)
  static let root = Array("a root file system".utf8)
  static let shipped = Array("made\n".utf8)
  static let other = [UInt8]()

  /// The four inputs of the lock; the empty one is shipped as two artifacts.
  init() throws {
    folder = try TemporaryFolder()
    store = try Store(root: folder.path.appending("store"))
    recipe = Array(
      """
      verbatim: 1
      name: product
      version: "1.0"
      source:
        - path: source.tar
      environment:
        rootfs: {path: root/root.tar, sha256: \(SHA256Digest.of(Self.root))}
      build:
        path: /build/product
        run: [make]
        epoch: 1700000000
      artifacts:
        - {built: out, shipped: {path: shipped}}
        - {built: empty, shipped: {path: empty}}
        - {built: void, shipped: {path: void}}

      """.utf8)
    let parsed = try RecipeParser.parse(bytes: recipe, file: "recipe.yaml")
    func pin(_ input: InputReference, _ name: String, _ bytes: [UInt8]) -> LockedInput {
      LockedInput(input: input, files: [LockedFile(name: name, sha256: .of(bytes), size: Int64(bytes.count))])
    }
    lock = Lock(
      recipe: parsed, sources: [pin(parsed.source[0].input, "source.tar", Self.source)],
      environment: LockedEnvironment(image: pin(.path("root/root.tar", sha256: .of(Self.root)), "root.tar", Self.root)),
      build: BuildDefaults.lockedBuild(parsed, sourceEpoch: nil),
      artifacts: [
        pin(parsed.artifacts[0].shipped, "shipped", Self.shipped),
        pin(parsed.artifacts[1].shipped, "empty", Self.other), pin(parsed.artifacts[2].shipped, "void", Self.other),
      ])
    for bytes in [Self.source, Self.root, Self.shipped, Self.other] { try store.insert(bytes: bytes) }
  }

  /// Writes a drop and returns its path.
  @discardableResult
  func pack(_ name: String = "drop.verbatim", without patterns: [String] = []) throws -> FilePath {
    let path = folder.path.appending(name)
    _ = try DropWriter(
      recipe: recipe, lock: lock, withheld: try DropInput.digests(matching: patterns, in: DropInput.list(lock)),
      store: store, progress: SilentProgress()
    ).write(to: path)
    return path
  }

  /// An empty store.
  func freshStore() throws -> Store {
    try Store(root: folder.path.appending("store-\(UInt32.random(in: .min ... .max))"))
  }

  /// The error that the body throws, of whatever room; nil when it throws none.
  func explained(_ body: () throws -> Void) -> (any ExplainedError)? {
    do {
      try body()
      return nil
    } catch {
      return error as? any ExplainedError
    }
  }

  /// Opens the bytes as a drop with a store of its own, and returns the error that it must throw.
  func refusal(of bytes: [UInt8]) throws -> DropError? {
    let path = try folder.write("hostile-\(UInt32.random(in: .min ... .max))", bytes)
    do {
      _ = try OpenedDrop.open(path, store: try freshStore())
      return nil
    } catch let error as DropError {
      return error
    }
  }
}

/// The files of a drop's tar archive, to be taken apart and put together otherwise.
struct DropParts {
  struct Part {
    var name: String
    var header: [UInt8]
    var data: [UInt8]

    init(_ name: String, _ data: [UInt8]) {
      self.name = name
      self.data = data
      header = DropMember(name, size: Int64(data.count)).header
    }
  }

  var parts: [Part] = []
  var end = DropMember.end

  init(_ bytes: [UInt8]) {
    var place = 0
    while place < bytes.count, bytes[place] != 0 {
      let name = String(decoding: bytes[place..<place + 100].prefix { $0 != 0 }, as: UTF8.self)
      let size = Int(String(decoding: bytes[place + 124..<place + 135], as: UTF8.self), radix: 8) ?? 0
      parts.append(Part(name, Array(bytes[place + 512..<place + 512 + size])))
      place += 512 + (size + 511) / 512 * 512
    }
  }

  var bytes: [UInt8] {
    parts.flatMap { $0.header + $0.data + [UInt8](repeating: 0, count: (512 - $0.data.count % 512) % 512) } + end
  }

  /// The blob that a document of the drop is, replaced, and all that lead to it as well: a drop that hangs together.
  mutating func replace(index: (String) -> String = { $0 }, manifest: (String) -> String = { $0 }) {
    let changed = Array(manifest(String(decoding: parts[2].data, as: UTF8.self)).utf8)
    let old = (SHA256Digest.of(parts[2].data).hex, "\"size\":\(parts[2].data.count)")
    parts[2] = Part(DropMember(blob: .of(changed), size: 0).name, changed)
    let text = String(decoding: parts[1].data, as: UTF8.self)
      .replacing(old.0, with: SHA256Digest.of(changed).hex).replacing(old.1, with: "\"size\":\(changed.count)")
    parts[1] = Part("index.json", Array(index(text).utf8))
  }

  /// The same for the config.
  mutating func replace(config: (String) -> String) {
    let changed = Array(config(String(decoding: parts[3].data, as: UTF8.self)).utf8)
    let old = (SHA256Digest.of(parts[3].data).hex, "\"size\":\(parts[3].data.count)")
    parts[3] = Part(DropMember(blob: .of(changed), size: 0).name, changed)
    replace(manifest: {
      $0.replacing(old.0, with: SHA256Digest.of(changed).hex).replacing(old.1, with: "\"size\":\(changed.count)")
    })
  }
}
