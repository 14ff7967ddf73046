import FoundationEssentials
public import SystemPackage

/// Reads and writes locks as JSON that is the same for the same lock: sorted keys, two spaces, one line feed at the end.
public enum LockFile {
  /// In bytes.
  public static let sizeLimit = 16 << 20
  /// The version of the format that this program writes and reads.
  public static let format = 1

  /// The bytes of a lock.
  ///
  /// Throws a `RecipeError` when the lock has flaws, so that none is ever written that would not be read.
  public static func encode(_ lock: Lock) throws(RecipeError) -> [UInt8] {
    let flaws = LockFlaws.find(in: lock)
    if let first = flaws.first {
      throw RecipeError("writing the lock of \(lock.recipe.name): \(first)", details: Array(flaws.dropFirst()))
    }
    return try canonical(lock)
  }

  /// The lock that some bytes are; `file` is the name that messages give them.
  ///
  /// Throws a `RecipeError` for anything that this program did not write so itself.
  public static func decode(bytes: [UInt8], file: String) throws(RecipeError) -> Lock {
    let advice = "\"verbatim lock --update\" makes a new one and shows what changed."
    guard bytes.count <= sizeLimit else {
      throw RecipeError("reading the lock \(file): it is larger than 16 MiB", advice: advice)
    }
    let lock: Lock
    do {
      let data = Data(bytes)
      let found = try JSONDecoder().decode(FormatOnly.self, from: data).format
      guard found == format else {
        throw RecipeError(
          "reading the lock \(file): it has format \(found), and this version of verbatim reads format \(format)",
          advice: found > format ? "Use the version of verbatim that wrote it, or a newer one." : advice)
      }
      lock = try JSONDecoder().decode(Lock.self, from: data)
    } catch let error as RecipeError {
      throw error
    } catch {
      throw RecipeError("reading the lock \(file): \(words(for: error))", advice: advice)
    }
    let flaws = LockFlaws.find(in: lock)
    if let first = flaws.first {
      throw RecipeError(
        "reading the lock \(file): \(first)", details: Array(flaws.dropFirst().prefix(9)), advice: advice)
    }
    guard try canonical(lock) == bytes else {
      throw RecipeError(
        "reading the lock \(file): it is not as verbatim writes it; something was added or changed by hand",
        advice: advice)
    }
    return lock
  }

  /// Reads a lock; nil when there is no such file.
  public static func read(_ path: FilePath) throws(RecipeError) -> Lock? {
    guard let bytes = try BoundedFile.read(path, what: "the lock", limit: sizeLimit) else { return nil }
    return try decode(bytes: bytes, file: path.string)
  }

  /// Writes a lock so that it is there whole or not at all.
  public static func write(_ lock: Lock, to path: FilePath) throws(RecipeError) {
    try BoundedFile.write(try encode(lock), to: path, what: "the lock")
  }

  private struct FormatOnly: Decodable { var format: Int }

  private static func canonical(_ lock: Lock) throws(RecipeError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(lock)) + [UInt8(ascii: "\n")]
    } catch {
      throw RecipeError("writing the lock of \(lock.recipe.name): \(words(for: error))")
    }
  }

  private static func words(for error: any Error) -> String {
    guard let error = error as? DecodingError else { return "it is not JSON" }
    switch error {
    case .keyNotFound(let key, let context): return "\(place(context)) lacks \"\(key.stringValue)\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context)) holds a value of the wrong type"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is not JSON" : "\(place(context)): \(context.debugDescription)"
    @unknown default: return "it is not a lock"
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    var path = ""
    for key in context.codingPath {
      if let index = key.intValue { path += "[\(index)]" } else { path += (path.isEmpty ? "" : ".") + key.stringValue }
    }
    return path.isEmpty ? "the top" : String(path.prefix(200))
  }
}
