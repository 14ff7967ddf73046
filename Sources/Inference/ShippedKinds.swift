import Glibc
import SystemPackage

/// All kinds of shipped artifacts that recipes can be inferred for; a new one is one entry here.
public enum ShippedKinds {
  /// In the order in which they are asked.
  public static let all: [any ShippedKind] = [
    WheelKind(), DebianKind(), SdistKind(), FileKind(),
  ]

  /// Reads what was shipped and makes the first guess at what made it.
  public static func guess(_ shipped: ShippedReference, _ context: InferenceContext) async throws -> any Guess {
    let head = try head(of: shipped)
    guard let kind = all.first(where: { $0.recognises(shipped, head: head) }) else {
      throw InferenceError(
        "looking at \(shipped): it is of no kind that a recipe can be inferred for",
        details: ["known are: " + all.map(\.name).joined(separator: ", ")])
    }
    return try await kind.guess(shipped, context)
  }

  private static func head(of shipped: ShippedReference) throws(InferenceError) -> [UInt8] {
    guard case .file(let path) = shipped else { return [] }
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? file.close() }
      var status = stat()
      guard unsafe fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw InferenceError("reading \(path): it is not a regular file")
      }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
      return Array(bytes[..<count])
    } catch let error as InferenceError {
      throw error
    } catch {
      throw InferenceError("reading \(path): \((error as? Errno)?.description ?? "\(error)")")
    }
  }
}
