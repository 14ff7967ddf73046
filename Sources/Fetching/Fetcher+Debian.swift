import Model
import RecipeFormat
import Store
import SystemPackage

extension Fetcher {
  /// Lists that are younger than this are not downloaded again because something is missing in them.
  private static let freshAge: Int64 = 600

  /// The archive of a suite with its lists, of whatever age; where there are none to be had, the error names the files.
  func listedArchive(_ suite: DebianSuite, for missing: [Missing]) async throws(FetchError) -> AptArchive {
    do {
      let archive = try await archives.archive(suite)
      try await archive.update(olderThan: .max)
      return archive
    } catch {
      guard let first = missing.first, error.inconclusive == .missingInput else { throw error }
      throw allMissing(missing, added(first, error, "the archive of \(suite.name ?? "this machine's suite")"))
    }
  }

  /// Brings binary packages in one go.
  func bring(packages missing: [Missing], from archive: AptArchive) async throws(FetchError) {
    guard !missing.isEmpty else { return }
    var listed: [LockedPackage: Missing] = [:]
    do {
      listed = try await match(missing, in: archive)
    } catch  where error.code == .notListed && (archive.age ?? 0) > Self.freshAge {
      try await archive.update(olderThan: Self.freshAge)
      listed = try await match(missing, in: archive)
    }
    var complaints: [String] = []
    for round in 0..<2 {
      let scratch = try await fetching { try store.makeScratch() }
      let packages = listed.keys.sorted { $0.name < $1.name }
      let arrived = try await archive.download(packages: packages, into: scratch.path)
      complaints = arrived.complaints
      for package in packages {
        guard let path = arrived.files[package.file], let wanted = listed[package] else { continue }
        try await keep(path, wanted, from: archive)
        listed[package] = nil
      }
      if listed.isEmpty { return }
      // A list may name what its archive has since replaced.
      guard round == 0, (archive.age ?? 0) > Self.freshAge else { break }
      try await archive.update(olderThan: Self.freshAge)
      listed = try await match(Array(listed.values), in: archive)
    }
    throw notDelivered(Array(listed.values), complaints, archive)
  }

  /// Brings the files of source packages, each package in one go.
  func bring(sources missing: [Missing], from archive: AptArchive) async throws(FetchError) {
    guard !missing.isEmpty else { return }
    for (origin, group) in Dictionary(grouping: missing, by: \.wanted.origin).sorted(by: { "\($0.key)" < "\($1.key)" })
    {
      guard case .debianSource(let name, let version) = origin else { continue }
      let source = try await listed(source: name, version, for: group[0], archive)
      for file in group { try requireListed(file, among: source.files, archive) }
      let scratch = try await fetching { try store.makeScratch() }
      let arrived = try await archive.download(source: source, into: scratch.path)
      var left: [Missing] = []
      for file in group {
        if let path = arrived.files[file.wanted.file] {
          try await keep(path, file, from: archive)
        } else {
          left.append(file)
        }
      }
      if !left.isEmpty { throw notDelivered(left, arrived.complaints, archive) }
    }
  }

  /// The index's entry for a source package, from newer lists where the ones at hand do not have it.
  private func listed(
    source name: String, _ version: String, for missing: Missing, _ archive: AptArchive
  ) async throws(FetchError) -> IndexedSource {
    do {
      return try await archive.source(name, version)
    } catch  where error.code == .notListed && (archive.age ?? 0) > Self.freshAge {
      try await archive.update(olderThan: Self.freshAge)
    } catch {
      throw added(missing, error, "the index of \(archive.suite)")
    }
    do {
      return try await archive.source(name, version)
    } catch {
      throw added(missing, error, "the index of \(archive.suite)")
    }
  }

  /// The index's entry for each missing package.
  private func match(_ missing: [Missing], in archive: AptArchive) async throws(FetchError) -> [LockedPackage: Missing]
  {
    var names: [String] = []
    for case .debianPackage(let name, let version, _) in missing.map(\.wanted.origin) {
      guard DebianNames.isPackage(name), DebianNames.isVersion(version) else {
        throw FetchError(
          .wrongReference,
          "fetching \"\(name.prefix(80))=\(version.prefix(80))\": that is no name and version of a package")
      }
      names.append(name)
    }
    let index = try await archive.packages(named: names)
    var matched: [LockedPackage: Missing] = [:]
    var gone: [(Missing, there: String)] = []
    for file in missing {
      guard case .debianPackage(let name, let version, _) = file.wanted.origin else { continue }
      let there = index[name, default: []]
      let fitting = there.filter { DebianNames.matches($0.version, asked: version) }
      guard !fitting.isEmpty else {
        let versions = there.map(\.version).joined(separator: ", ")
        gone.append(
          (file, there: "\(name) \(version) has left the index; there now: " + (versions.isEmpty ? "none" : versions)))
        continue
      }
      guard let package = fitting.first(where: { $0.file.sha256 == file.wanted.file.sha256 }) else {
        throw otherBytes(file, found: fitting[0].file, archive)
      }
      matched[package] = file
    }
    if let first = gone.first {
      var trail = first.0.trail
      trail.add("looked in the index of \(archive.suite): " + first.there)
      for other in gone.dropFirst().prefix(20) { trail.add("also: " + other.there) }
      throw trail.error(for: first.0.wanted, code: .notListed, advice: FetchError.lockAgain)
    }
    return matched
  }

  private func requireListed(_ file: Missing, among files: [LockedFile], _ archive: AptArchive) throws(FetchError) {
    if files.contains(where: { $0.sha256 == file.wanted.file.sha256 }) { return }
    if let other = files.first(where: { $0.name == file.wanted.file.name }) {
      throw otherBytes(file, found: other, archive)
    }
    var trail = file.trail
    trail.add(
      "looked in the index of \(archive.suite): the source package lists \(files.map(\.name).joined(separator: ", "))")
    throw trail.error(for: file.wanted, code: .notListed, advice: FetchError.lockAgain)
  }

  private func otherBytes(_ file: Missing, found: LockedFile, _ archive: AptArchive) -> FetchError {
    var trail = file.trail
    trail.addOther("\(found.name) in the index of \(archive.suite)", found.sha256)
    return trail.error(
      for: file.wanted, code: .mismatch,
      advice: "An archive that changes a file under one version is odd; find out why before the lock is changed.")
  }

  private func keep(_ path: FilePath, _ file: Missing, from archive: AptArchive) async throws(FetchError) {
    let found = try LocalFiles.digest(path)
    guard found == file.wanted.file.sha256 else {
      var trail = file.trail
      trail.addOther("\(file.wanted.file.name) at the archive of \(archive.suite)", found)
      throw trail.error(for: file.wanted, code: .mismatch)
    }
    try await fetching { _ = try store.insert(file: path, expecting: found) }
  }

  /// The error for files that the index lists and the archive does not hand out.
  private func notDelivered(_ missing: [Missing], _ complaints: [String], _ archive: AptArchive) -> FetchError {
    let sorted = missing.sorted { $0.wanted.file.name < $1.wanted.file.name }
    guard let first = sorted.first else {
      return FetchError(.missing, "fetching from \(archive.suite): nothing arrived")
    }
    var trail = first.trail
    trail.add("asked the archive of \(archive.suite): it lists the file but did not deliver it")
    for complaint in complaints { trail.add(complaint) }
    return allMissing(
      sorted,
      trail.error(
        for: first.wanted,
        advice: "The mirror may hold only part of the archive: use another, or hand the file over with --inputs."))
  }
}
