import Glibc
public import Model
import RecipeFormat
import Store

/// A project of the Python index with all files that are listed of it.
public struct PythonProject: Sendable {
  /// What a file of a project is.
  public enum Kind: Sendable, Hashable {
    /// A source archive.
    case sdist
    /// A built archive, with its compatibility tag, for example `py3-none-any`.
    case wheel(tag: String)
  }

  /// One listed file.
  public struct File: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// The release that it belongs to, in a form of PEP 440.
    public var version: String
    /// What it is.
    public var kind: Kind
    /// Of its bytes; nil where the index does not say.
    public var sha256: SHA256Digest?
    /// In bytes; nil where the index does not say.
    public var size: Int64?
    /// The Python versions that it is for, as a specifier.
    public var requiresPython: String?
    /// Whether it was withdrawn.
    public var isYanked: Bool
    /// When it was uploaded, in seconds since 1970; nil where the index does not say.
    public var uploaded: Int64?
    /// Whether the index serves its METADATA alone, and with which digest.
    var metadata: SHA256Digest?
    var address: String
  }

  /// The project's name as it was asked for.
  public var name: String
  /// All files in the order of the index.
  public var files: [File]

  init(name: String, page: SimpleIndexPage) {
    self.name = name
    files = page.files.compactMap { file -> File? in
      guard let parsed = PythonFileName(file.name, project: name) else { return nil }
      let kind: Kind = if case .wheel(_, let tag) = parsed { .wheel(tag: tag) } else { .sdist }
      // A wheel's name has the version as its maker writes it, with the zeros at its end.
      let written = file.name.split(separator: "-").dropFirst().first.map { String($0).replacing("_", with: "-") }
      return File(
        name: file.name, version: kind == .sdist ? parsed.version.text : written ?? parsed.version.text, kind: kind,
        sha256: file.sha256, size: file.size,
        requiresPython: file.requiresPython, isYanked: file.yanked != nil,
        uploaded: file.uploadTime.flatMap { TimeText.seconds($0.replacing("T", with: " ")) },
        metadata: file.metadata, address: file.address)
    }
  }
}

extension Fetcher {
  /// What the Python index lists of a project; nil when there is no such project.
  ///
  /// What was uploaded after `asOf`, in seconds since 1970, need not be listed, so that a page that was fetched later
  /// serves without the network.
  public func pythonProject(_ name: String, asOf: Int64 = .max) async throws(FetchError) -> PythonProject? {
    guard PythonNames.isProject(name) else {
      throw FetchError(.wrongReference, "looking for \"\(name.prefix(80))\": that is no name of a Python project")
    }
    let index = pythonIndex
    // A day is left for clocks that disagree and for mirrors that lag.
    let settled = asOf > .max - 86_400 ? Int64.max : asOf + 86_400
    let since = offline ? 0 : min(PythonIndex.recent, settled)
    for address in try await index.configuration.addresses(index.curl.machine) {
      guard let page = try await index.page(of: name, index: address, since: since, offline: offline) else { continue }
      return PythonProject(name: name, page: page)
    }
    return nil
  }

  /// Brings a listed file into the store and returns what it is.
  public func bring(_ file: PythonProject.File) async throws(FetchError) -> FileIdentity {
    guard let digest = file.sha256 else {
      throw FetchError(.indexUnusable, "fetching \(file.name): the index gives no SHA-256 for it")
    }
    if let path = try await fetching({ try store.verified(digest) }), let size = LocalFiles.size(path) {
      return FileIdentity(name: file.name, sha256: digest, size: size)
    }
    let wanted = LockedFile(name: file.name, sha256: digest, size: file.size ?? -1)
    for candidate in inputs.candidates(for: wanted).prefix(64) where try LocalFiles.digest(candidate) == digest {
      var identity = try await fetching { try store.insert(file: candidate, expecting: digest) }
      identity.name = file.name
      return identity
    }
    guard !offline else {
      throw FetchError(
        .offline, "fetching \(file.name): it is not in the store, and the use of the network is forbidden",
        details: ["expected SHA-256 \(digest)"], advice: "Hand the file over with --inputs.")
    }
    var identity = try await download.fetch(
      file.address, name: file.name, expecting: digest, size: file.size, connection: pythonIndex.connection)
    identity.name = file.name
    return identity
  }

  /// The METADATA of a wheel as the index serves it by itself (PEP 658); nil where it does not.
  public func metadata(of file: PythonProject.File) async throws(FetchError) -> [UInt8]? {
    guard let digest = file.metadata else { return nil }
    if try await fetching({ try store.verified(digest) }) == nil {
      guard !offline else { return nil }
      do {
        _ = try await download.fetch(
          file.address + ".metadata", name: file.name + ".metadata", expecting: digest, size: nil,
          connection: pythonIndex.connection)
      } catch { return nil }
    }
    guard let path = try await fetching({ try store.verified(digest) }) else { return nil }
    return LocalFiles.bytes(path, limit: 16 << 20)
  }
}
