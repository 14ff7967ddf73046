import Digests
import Glibc
import Model
import Store
import SystemPackage

/// Pages of Python indexes that were fetched before, each in a file with the time of its fetching.
///
/// What a page says of a file never changes but for its withdrawal, so a page serves as long as nothing newer is asked
/// for than it can know.
struct PythonPageCache: Sendable {
  let folder: FilePath

  init(_ store: Store) async throws(FetchError) {
    folder = try await fetching { try store.folder(named: "python-index") }
  }

  /// A page as it came.
  struct Kept {
    var contentType: String
    /// The address after all redirects.
    var address: String
    var bytes: [UInt8]
  }

  /// The page of an address, if it was fetched at this time or later; in seconds since 1970.
  func page(_ address: String, since: Int64) -> Kept? {
    let path = file(address)
    guard let status = LocalFiles.status(path), Int64(status.st_mtim.tv_sec) >= since,
      let bytes = LocalFiles.bytes(path, limit: SimpleIndexPage.sizeLimit + 8192)
    else { return nil }
    let lines = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3 else { return nil }
    return Kept(
      contentType: String(decoding: lines[0], as: UTF8.self), address: String(decoding: lines[1], as: UTF8.self),
      bytes: Array(lines[2]))
  }

  /// Keeps a page; one that cannot be kept is only slower the next time.
  func keep(_ page: Kept, as address: String) {
    // An address with a name and password in it stays out of files.
    guard WebAddress.userinfo(page.address) == nil, !page.contentType.contains("\n"), !page.address.contains("\n")
    else { return }
    let text = "\(page.contentType)\n\(page.address)\n" + String(decoding: page.bytes, as: UTF8.self)
    try? LocalFiles.write(text, to: file(address))
  }

  private func file(_ address: String) -> FilePath {
    folder.appending(SHA256Digest.of(address).hex)
  }
}
