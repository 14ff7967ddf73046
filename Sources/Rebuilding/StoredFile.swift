import Model
import Store
import SystemPackage

/// A locked file under its own name.
enum StoredFile {
  /// The path of a verified file of the store; throws when it is not there, since it was fetched before.
  static func path(of file: FileIdentity, in store: Store, scratch: FilePath) throws -> FilePath {
    let name = file.name ?? "file"
    guard let path = try store.verified(file.sha256, named: name, in: scratch) else {
      throw RebuildError(
        "taking \(name) from the store: it is not there", details: ["SHA-256 \(file.sha256)"],
        advice: "Run the check again: it fetches what is missing.", inconclusive: .missingInput)
    }
    return path
  }
}
