import Digests
public import Keys
import Model
import RecipeFormat
public import SystemPackage

/// Reads policies and the keys that they name.
public enum PolicyFile {
  /// Reads a policy; its keys are files in its folder, or stand in it.
  /// - Throws: `PolicyError` when it is not there, cannot be read, or is wrong.
  public static func read(_ path: FilePath) throws(PolicyError) -> Policy {
    let folder = path.removingLastComponent()
    return try parse(bytes: try bytes(path), file: path.string) { (name) throws(KeyError) in
      try KeyFile.readPublic(folder.appending(FilePath(name).components))
    }
  }

  /// Parses the bytes of a policy.
  ///
  /// - Parameters:
  ///   - file: the name that messages give it.
  ///   - key: reads the key of a path, which is relative to the policy's folder and stays in it.
  /// - Throws: `PolicyError` with up to ten problems in the file's order.
  public static func parse(
    bytes: [UInt8], file: String, key: @escaping (String) throws(KeyError) -> PublicKey
  ) throws(PolicyError) -> Policy {
    var problems = ProblemList(.policy)
    if let document = YAMLReader.read(bytes: bytes, problems: &problems) {
      var reading = PolicyReading(digest: .of(bytes), readKey: key)
      if let policy = reading.policy(document, problems: &problems), problems.isEmpty { return policy }
    }
    let error = problems.error(file: file)
    throw PolicyError(error.message, details: error.details, advice: error.advice)
  }

  private static func bytes(_ path: FilePath) throws(PolicyError) -> [UInt8] {
    let found: [UInt8]?
    do throws(RecipeError) {
      found = try BoundedFile.read(path, what: "the policy", limit: YAMLReader.sizeLimit)
    } catch {
      throw PolicyError(error.message, details: error.details, advice: error.advice)
    }
    guard let found else { throw PolicyError("reading the policy \(path): there is no such file") }
    return found
  }
}
