import Model
import RecipeFormat
import Store

extension Fetcher {
  var download: WebDownload { WebDownload(store: store, curl: curl, progress: progress) }

  var pythonIndex: PythonIndex {
    PythonIndex(store: store, curl: curl, configuration: PipConfiguration.read(machine), progress: progress)
  }

  /// Brings files from addresses and Python indexes, a few at a time.
  func bringFromWeb(_ missing: [Missing]) async throws(FetchError) {
    guard !missing.isEmpty else { return }
    let index = pythonIndex
    try await fetching {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (count, file) in missing.enumerated() {
          if count >= 4 { try await group.next() }
          group.addTask { try await bring(file, index) }
        }
        try await group.waitForAll()
      }
    }
  }

  private func bring(_ missing: Missing, _ index: PythonIndex) async throws(FetchError) {
    let wanted = missing.wanted
    switch wanted.origin {
    case .url(let address):
      try await bring(missing, address, Connection())
    case .pypi(let name, let version, let kind):
      let listed: PythonIndex.Listed
      do {
        listed = try await index.choose(
          name, version, file: wanted.file.name, kind: kind == .sdist ? .sdist : .wheel)
      } catch {
        throw added(missing, error, "the Python index")
      }
      if let found = listed.file.sha256, found != wanted.file.sha256 {
        var trail = missing.trail
        trail.addOther("\(listed.file.name) in the Python index", found)
        throw trail.error(for: wanted, code: .mismatch)
      }
      try await bring(missing, listed.file.address, listed.connection)
    case .debianSource, .debianPackage, .path:
      throw missing.trail.error(for: wanted)
    }
  }

  private func bring(_ missing: Missing, _ address: String, _ connection: Connection) async throws(FetchError) {
    let wanted = missing.wanted
    do {
      _ = try await download.fetch(
        address, name: wanted.file.name, expecting: wanted.file.sha256, size: wanted.file.size, connection: connection)
    } catch {
      throw added(missing, error, WebAddress.withoutSecrets(address))
    }
  }

  /// The error with the expected digest and the places that were looked in before.
  func added(_ missing: Missing, _ error: FetchError, _ place: String) -> FetchError {
    let expected = "expected SHA-256 \(missing.wanted.file.sha256)"
    var details = error.details
    if !details.contains(where: { $0.hasPrefix(expected) }) { details.insert(expected, at: 0) }
    return FetchError(
      error.code, error.message + " (for \(missing.wanted.label))",
      details: details + missing.trail.lines + ["looked in \(place)"], advice: error.advice)
  }
}
