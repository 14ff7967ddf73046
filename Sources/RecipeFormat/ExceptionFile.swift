import FoundationEssentials
public import Model
public import SystemPackage

/// A file of exceptions alone, for a comparison that has no recipe: `verbatim: 1` and `exceptions`.
public enum ExceptionFile {
  private static let keys = ["verbatim", "exceptions"]

  /// Reads and parses a file.
  ///
  /// Throws a `RecipeError` when it is not there, cannot be read, or is wrong.
  public static func read(_ path: FilePath) throws(RecipeError) -> [DeclaredException] {
    guard let bytes = try BoundedFile.read(path, what: "the exceptions", limit: YAMLReader.sizeLimit) else {
      throw RecipeError("reading the exceptions \(path): there is no such file")
    }
    return try parse(bytes: bytes, file: path.string)
  }

  /// Parses the bytes of a file; `file` is the name that messages give it.
  ///
  /// Throws a `RecipeError` with up to ten problems in the file's order.
  public static func parse(bytes: [UInt8], file: String) throws(RecipeError) -> [DeclaredException] {
    var problems = ProblemList()
    guard let document = YAMLReader.read(bytes: bytes, problems: &problems),
      let top = MappingReader(document, name: "the file", allowed: keys, problems: &problems)
    else { throw problems.error(file: file) }
    RecipeParser.readFormat(top, problems: &problems)
    let exceptions = top.required("exceptions", "the list of what may differ", problems: &problems)
      .flatMap { ExceptionReading.exceptions($0, name: "exceptions", problems: &problems) }
    guard let exceptions, problems.isEmpty else { throw problems.error(file: file) }
    return exceptions
  }

  /// The bytes of a file that is read as these exceptions.
  public static func encode(_ exceptions: [DeclaredException]) throws(RecipeError) -> [UInt8] {
    // JSON is YAML as well.
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(Document(verbatim: 1, exceptions: exceptions)))
    } catch {
      throw RecipeError("writing exceptions: \(error)")
    }
  }

  private struct Document: Encodable {
    let verbatim: Int
    let exceptions: [DeclaredException]
  }
}
