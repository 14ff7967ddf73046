import Glibc
import Processes
public import SystemPackage

extension SandboxEngine {
  /// Unpacks a layer into a new folder, with the owners that it names.
  ///
  /// The archive is one of ours: made by `SandboxRequest.Collection.root` or checked member by member. As an ordinary
  /// user the owners are his subordinate users, so that only ``removeLayer(_:)`` can remove the folder again.
  /// - Parameters:
  ///   - archive: an uncompressed tar archive; what it removes from lower layers is a character device 0, 0.
  ///   - folder: must not exist; its parent must.
  /// - Throws: `SandboxError`; then there is no folder.
  public func unpackLayer(_ archive: FilePath, into folder: FilePath) async throws(SandboxError) {
    try Self.require(folder)
    guard unsafe mkdir(folder.string, 0o755) == 0 else {
      throw SandboxError(.failed, "making the folder \(folder) of a layer: \(Errno(rawValue: errno))")
    }
    let command = HostCommand(
      "unshare",
      privileged([
        "tar", "--extract", "--file", archive.string, "--directory", folder.string, "--numeric-owner", "--same-owner",
        "--preserve-permissions", "--xattrs", "--xattrs-include=*", "--delay-directory-restore", "--no-overwrite-dir",
      ]))
    do {
      try await command.run().requireSuccess(of: "tar", doing: "unpacking the layer \(archive) into \(folder)")
    } catch {
      try? await removeLayer(folder)
      throw SandboxError(error)
    }
  }

  /// Removes a folder that ``unpackLayer(_:into:)`` made, and all that is in it.
  public func removeLayer(_ folder: FilePath) async throws(SandboxError) {
    try Self.require(folder)
    let command = HostCommand("unshare", privileged(["rm", "-rf", "--one-file-system", "--", folder.string]))
    do {
      try await command.run().requireSuccess(of: "rm", doing: "removing the layer \(folder)")
    } catch {
      throw SandboxError(error)
    }
  }

  private static func require(_ folder: FilePath) throws(SandboxError) {
    guard folder.isAbsolute, folder.isLexicallyNormal, folder.components.count > 1 else {
      throw SandboxError(.wrongRequest, "making or removing a layer: \(folder) cannot be the folder of one")
    }
  }
}
