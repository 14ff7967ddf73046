import Glibc
import Model
import RecipeFormat
import Store
import SystemPackage

/// Inputs that fetching has put into the store.
enum StoredInput {
  /// The path of an input whose bytes were just checked.
  static func path(of file: LockedFile, in store: Store, for what: String) throws(EnvironmentError) -> FilePath {
    let path = try explaining("reading \(what) from the store") { try store.verified(file.sha256) }
    guard let path else {
      throw EnvironmentError(
        .input, "assembling the environment: \(what) is not in the store",
        details: ["file \(file.name)", "SHA-256 \(file.sha256)"], advice: "Run `verbatim fetch` on the recipe again.")
    }
    return path
  }

  /// Gives a file a second name in a folder that a sandbox may see read-only; copies where the disk has no links.
  static func place(_ path: FilePath, at target: FilePath) throws(EnvironmentError) {
    let linked = unsafe path.withPlatformString { old in unsafe target.withPlatformString { unsafe link(old, $0) } }
    if linked == 0 { return }
    try explaining("copying \(path) to \(target)") {
      let source = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      defer { try? source.close() }
      let copy = try FileDescriptor.open(
        target, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      defer { try? copy.close() }
      var buffer = [UInt8](repeating: 0, count: 1 << 18)
      while true {
        let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe source.read(into: $0) }
        if count == 0 { break }
        try copy.writeAll(buffer[..<count])
      }
    }
  }
}
