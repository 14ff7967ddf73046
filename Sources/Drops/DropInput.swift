public import Model
public import RecipeFormat

/// One file that a lock pins, as a drop lists it.
public struct DropInput: Codable, Hashable, Sendable {
  /// What a check uses it for.
  public enum Kind: String, Codable, Sendable {
    /// An archive of the source.
    case source
    /// Something that the environment is assembled from.
    case environment
    /// A shipped artifact.
    case artifact
  }

  /// What a check uses it for.
  public let kind: Kind
  /// The file's name, without folders.
  public let name: String
  /// Whether its bytes are in the drop.
  public let packed: Bool
  /// Where the recipe says that it comes from; a package's name and version where the lock alone names it.
  public let reference: String
  /// Of its bytes.
  public let sha256: SHA256Digest
  /// In bytes.
  public let size: Int64

  /// All inputs of a lock in a drop's order, those of the given digests without their bytes.
  public static func list(_ lock: Lock, without withheld: Set<SHA256Digest> = []) -> [DropInput] {
    var inputs: [DropInput] = []
    func add(_ kind: Kind, _ reference: String, _ file: LockedFile) {
      inputs.append(
        DropInput(
          kind: kind, name: file.name, packed: !withheld.contains(file.sha256), reference: reference,
          sha256: file.sha256, size: file.size))
    }
    func add(_ kind: Kind, _ locked: [LockedInput]) {
      for input in locked { for file in input.files { add(kind, input.input.description, file) } }
    }
    add(.source, lock.sources)
    for package in lock.environment.base + lock.environment.packages {
      add(.environment, "debian: \(package.name)=\(package.version)", package.file)
    }
    for wheel in lock.environment.wheels { add(.environment, "pypi: \(wheel.name)==\(wheel.version)", wheel.file) }
    add(.environment, lock.environment.image.map { [$0] } ?? [])
    add(.artifact, lock.artifacts)
    return ordered(inputs)
  }

  /// The digests of the inputs that patterns mean by name or by reference.
  ///
  /// Throws when a pattern means none: bytes that were to stay behind would travel.
  public static func digests(
    matching patterns: [String], in inputs: [DropInput]
  ) throws(DropError) -> Set<SHA256Digest> {
    var digests: Set<SHA256Digest> = []
    for text in patterns {
      let pattern = PathPattern(text)
      let meant = inputs.filter { pattern.matches($0.name) || pattern.matches($0.reference) }
      guard !meant.isEmpty else {
        throw DropError(
          .missing, "leaving out \"\(text)\": no input has such a name or reference",
          advice: "recipe.lock lists the names; * stands for anything within a name.")
      }
      digests.formUnion(meant.map(\.sha256))
    }
    return digests
  }

  /// By the bytes of what is listed, each once: strings that only look the same stay apart, on every machine.
  private static func ordered(_ inputs: [DropInput]) -> [DropInput] {
    let keyed = inputs.map { ($0.key, $0) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
    return zip(keyed.indices, keyed).filter { index, item in index == 0 || keyed[index - 1].0 != item.0 }.map(\.1.1)
  }

  private var key: [UInt8] {
    sha256.bytes + [kind.rawValue, reference, name, String(size)].flatMap { Array($0.utf8) + [0] }
  }
}
