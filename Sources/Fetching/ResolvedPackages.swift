import Digests
import FoundationEssentials
import Glibc
import Model
import RecipeFormat
import SystemPackage

/// What packages an environment comes to, kept as long as the lists are those that it was resolved from.
///
/// apt takes seconds for it, and most recipes ask for the same.
struct ResolvedPackages: Codable {
  var base: [LockedPackage]
  var packages: [LockedPackage]
  /// The lists' time of arrival, in nanoseconds since 1970, and the archives that they are of.
  private var lists: Int64
  private var sources: String

  private static let sizeLimit = 16 << 20

  private static func file(_ wanted: [String], _ archive: AptArchive) -> FilePath {
    let key = SHA256Digest.of((["resolved 2", archive.architecture] + wanted).joined(separator: "\n"))
    return archive.folder.appending("resolved-\(key.hex)")
  }

  private static func state(_ archive: AptArchive) -> (lists: Int64, sources: String)? {
    guard let status = LocalFiles.status(archive.stamp),
      let sources = LocalFiles.text(archive.folder.appending("sources/verbatim.sources"), limit: sizeLimit)
    else { return nil }
    return (
      Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec), SHA256Digest.of(sources).hex
    )
  }

  /// What the recipe's packages need beside the base, and the base itself.
  static func of(_ wanted: [String], in archive: AptArchive) async throws(FetchError) -> ResolvedPackages {
    let file = file(wanted, archive)
    let before = state(archive)
    if let before, let bytes = LocalFiles.bytes(file, limit: sizeLimit),
      let kept = try? JSONDecoder().decode(ResolvedPackages.self, from: Data(bytes)), kept.lists == before.lists,
      kept.sources == before.sources
    {
      return kept
    }
    let base = try await archive.resolveBase(with: wanted)
    let packages = try await archive.resolve(wanted, over: base)
    let found = ResolvedPackages(
      base: base, packages: packages, lists: before?.lists ?? 0, sources: before?.sources ?? "")
    // One that cannot be kept is only slower the next time; lists that came meanwhile make it worthless.
    if let before, state(archive)?.lists == before.lists, let data = try? JSONEncoder().encode(found) {
      try? LocalFiles.write(String(decoding: data, as: UTF8.self), to: file)
    }
    return found
  }
}
