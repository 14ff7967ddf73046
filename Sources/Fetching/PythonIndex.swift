import Glibc
import Model
import RecipeFormat
import Store
import SystemPackage

/// The Python indexes that the machine's pip is configured with, asked through the Simple API; pip is never run.
struct PythonIndex: Sendable {
  let store: Store
  let curl: Curl
  let configuration: PipConfiguration
  let progress: any ProgressSink

  /// A file that an index lists and how to get it.
  struct Listed: Hashable, Sendable {
    var file: IndexedFile
    var connection: Connection
  }

  /// Which kind of file of a release is wanted.
  enum Kind: Sendable {
    case sdist
    case wheel
  }

  private static let accepted =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"

  var connection: Connection {
    Connection(
      certificates: configuration.certificates, clientCertificate: configuration.clientCertificate,
      proxy: configuration.proxy)
  }

  /// The one file of a release that a recipe names.
  func choose(
    _ name: String, _ version: String, file: String?, kind: Kind, platform: PythonPlatform? = nil
  ) async throws(FetchError) -> Listed {
    guard PythonNames.isProject(name), (1...200).contains(version.utf8.count) else {
      throw FetchError(
        .wrongReference,
        "looking for \"\(name.prefix(80))==\(version.prefix(80))\": that is no name and version of a Python project")
    }
    let reference = "\(name)==\(version)"
    var versions: [String] = []
    for address in try await configuration.addresses(curl.machine) {
      guard let release = try await release(version, of: name, index: address, versions: &versions) else { continue }
      let chosen = try Self.choose(
        from: release, reference: reference, project: name, file: file, kind: kind, platform: platform)
      if let reason = chosen.yanked {
        progress.report(.notice("\(chosen.name) was withdrawn from its index" + (reason.isEmpty ? "." : ": \(reason)")))
      }
      return Listed(file: withCredentials(chosen, of: address), connection: connection)
    }
    throw Self.notListed(reference, project: name, files: versions)
  }

  /// The files of a release on one index; nil when it has none, and then the names of all files are added.
  private func release(
    _ version: String, of name: String, index: String, versions: inout [String]
  ) async throws(FetchError) -> [IndexedFile]? {
    // A page that lists the release says all of it; one that does not may be older than the release.
    for since in [Self.recent, Int64.max] {
      guard let page = try await page(of: name, index: index, since: since) else { return nil }
      let release = page.files.filter { PythonFileName($0.name, project: name)?.version == PythonVersion(version) }
      if !release.isEmpty { return release }
      if since == .max { versions += page.files.map(\.name) }
    }
    return nil
  }

  /// Picks the file of a release; of several wheels the one for all platforms, or the one that fits a platform best.
  ///
  /// Without a platform they must be told apart by name.
  static func choose(
    from release: [IndexedFile], reference: String, project: String, file: String?, kind: Kind,
    platform: PythonPlatform? = nil
  ) throws(FetchError) -> IndexedFile {
    let fitting = release.filter { candidate in
      switch PythonFileName(candidate.name, project: project) {
      case .sdist: kind == .sdist
      case .wheel: kind == .wheel
      case nil: false
      }
    }
    let what = kind == .sdist ? "a source archive" : "a wheel"
    let chosen: IndexedFile?
    if let file {
      chosen = fitting.first { $0.name == file }
    } else if kind == .sdist {
      chosen =
        PythonFileName.sdistSuffixes.lazy.compactMap { suffix in fitting.first { $0.name.hasSuffix(suffix) } }.first
    } else {
      let universal = fitting.filter { $0.name.hasSuffix("-none-any.whl") }
      let python3 = universal.filter { $0.name.contains("py3-") || $0.name.contains("py3.") }
      let single = fitting.count == 1 ? fitting : python3.count == 1 ? python3 : []
      chosen = single.first ?? platform?.best(of: fitting, project: project)
    }
    guard let chosen else {
      throw FetchError(
        .notListed,
        fitting.isEmpty
          ? "choosing \(what) of \(reference): the index lists none"
          : "choosing \(what) of \(reference): "
            + (file.map { "the index lists no \($0)" } ?? "the index lists several"),
        details: (fitting.isEmpty ? release : fitting).prefix(40).map { "listed: \($0.name)" },
        advice: fitting.isEmpty ? nil : "Name one of them as `file` beside the reference.")
    }
    guard chosen.sha256 != nil else {
      throw FetchError(
        .indexUnusable, "choosing \(what) of \(reference): the index gives no SHA-256 for \(chosen.name)",
        advice: "Use an index that gives SHA-256 digests, or name the file as `url` or `path` with its sha256.")
    }
    return chosen
  }

  /// Pages fetched since then serve for what is pinned now, as package lists of that age do.
  static var recent: Int64 { Int64(time(nil)) - 3600 }

  /// The project's page as it was at `since` or later; nil when the index has no such project.
  func page(
    of name: String, index: String, since: Int64, offline: Bool = false
  ) async throws(FetchError) -> SimpleIndexPage? {
    let base = index.hasSuffix("/") ? index : index + "/"
    let address = base + PythonNames.normalised(name) + "/"
    let cache = try await PythonPageCache(store)
    if let kept = cache.page(address, since: since) {
      return try SimpleIndexPage(kept.bytes, contentType: kept.contentType, address: kept.address)
    }
    guard !offline else {
      throw FetchError(
        .offline, "asking the Python index for \(name): the use of the network is forbidden",
        advice: "Run it once with the network; what the index said then is kept.")
    }
    let scratch = try await fetching { try store.makeScratch() }
    let file = scratch.path.appending("page")
    var last: Curl.Outcome?
    for attempt in 0..<max(curl.patience.attempts, 1) {
      if attempt > 0 {
        try await fetching { try await Task.sleep(for: .milliseconds(curl.patience.pause * attempt)) }
        LocalFiles.remove(file)
      }
      let outcome = try await curl.transfer(
        address, to: file, limit: Int64(SimpleIndexPage.sizeLimit), accept: Self.accepted, connection: connection,
        settings: scratch.path.appending("curl"))
      last = outcome
      if outcome.succeeded {
        let bytes = LocalFiles.bytes(file, limit: SimpleIndexPage.sizeLimit) ?? []
        let page = try SimpleIndexPage(bytes, contentType: outcome.contentType, address: outcome.address)
        cache.keep(.init(contentType: outcome.contentType, address: outcome.address, bytes: bytes), as: address)
        return page
      }
      if outcome.code == 22, outcome.status == 404 { return nil }
      if !outcome.isTemporary { break }
    }
    throw FetchError(
      .indexUnusable, "asking the Python index for \(name): it did not answer as it should",
      details: ["at \(WebAddress.withoutSecrets(address))", last?.complaint ?? "no answer"],
      advice: "Check the network and pip's configuration, or hand the files over with --inputs.")
  }

  /// A file beside the index wants the index's own name and password, as pip gives them.
  private func withCredentials(_ file: IndexedFile, of index: String) -> IndexedFile {
    guard let (range, host) = WebAddress.userinfo(index), WebAddress.userinfo(file.address) == nil,
      let scheme = WebAddress.scheme(index), file.address.hasPrefix("\(scheme)://\(host)/")
    else { return file }
    var file = file
    file.address = "\(scheme)://\(index[range])" + file.address.dropFirst(scheme.count + 3)
    return file
  }

  private static func notListed(_ reference: String, project: String, files: [String]) -> FetchError {
    var seen: Set<PythonVersion> = []
    var versions: [String] = []
    for name in files.reversed() {
      guard let version = PythonFileName(name, project: project)?.version, seen.insert(version).inserted else {
        continue
      }
      versions.append(version.text)
    }
    return FetchError(
      .notListed,
      "looking for \(reference): "
        + (files.isEmpty ? "no index has a project of that name" : "the index does not list this version"),
      details: versions.isEmpty ? [] : ["there now: " + versions.prefix(30).joined(separator: ", ")])
  }
}
