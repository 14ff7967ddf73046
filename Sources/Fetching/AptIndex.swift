import Model
import Processes
import RecipeFormat

extension AptArchive {
  /// What the index has of the named binary packages, in all versions for this architecture.
  func packages(named names: [String]) async throws(FetchError) -> [String: [LockedPackage]] {
    var found: [String: [LockedPackage]] = [:]
    let asked = Set(names)
    for start in stride(from: 0, to: names.count, by: 500) {
      let part = names[start..<min(start + 500, names.count)]
      // An unknown name only makes the status bad; the others are listed all the same.
      let result = try await query("apt-cache", ["show"] + part)
      for stanza in ControlStanza.parse(result.text) {
        guard let package = IndexedPackage(stanza)?.package, asked.contains(package.name),
          package.architecture == architecture || package.architecture == "all",
          found[package.name]?.contains(package) != true
        else { continue }
        found[package.name, default: []].append(package)
      }
    }
    return found
  }

  /// What the index has of a source package, in all versions.
  func sources(named name: String) async throws(FetchError) -> [IndexedSource] {
    let result = try await query("apt-cache", ["showsrc", "--only-source", name])
    var found: [IndexedSource] = []
    for source in ControlStanza.parse(result.text).compactMap(IndexedSource.init)
    where source.name == name && !found.contains(source) {
      found.append(source)
    }
    return found
  }

  /// The source package that a recipe names.
  func source(_ name: String, _ version: String) async throws(FetchError) -> IndexedSource {
    try check(name, version)
    let there = try await sources(named: name)
    let fitting = there.filter { DebianNames.matches($0.version, asked: version) }
    guard let found = fitting.first else {
      if there.isEmpty { throw try await unknown(source: name) }
      throw notListed("source package", name, version, there: there.map(\.version))
    }
    guard fitting.count == 1 else { throw ambiguous("source package", name, fitting.map(\.version)) }
    return found
  }

  /// The binary package that a recipe names.
  func package(_ name: String, _ version: String) async throws(FetchError) -> LockedPackage {
    try check(name, version)
    let there = try await packages(named: [name])[name, default: []]
    let fitting = there.filter { DebianNames.matches($0.version, asked: version) }
    guard let found = fitting.first else {
      if there.isEmpty { throw try await unknown(package: name) }
      throw notListed("package", name, version, there: there.map(\.version))
    }
    guard fitting.count == 1 else { throw ambiguous("package", name, fitting.map(\.version)) }
    return found
  }

  private func check(_ name: String, _ version: String) throws(FetchError) {
    guard DebianNames.isPackage(name), DebianNames.isVersion(version) else {
      throw FetchError(
        .wrongReference,
        "looking for \"\(name.prefix(80))=\(version.prefix(80))\": that is no name and version of a Debian package")
    }
  }

  /// The error for a version that the index does not have.
  func notListed(_ kind: String, _ name: String, _ version: String, there: [String]) -> FetchError {
    FetchError(
      .notListed, "looking for \(kind) \(name) \(version) in \(suite): the index does not list this version",
      details: ["there now: " + there.joined(separator: ", ")], advice: FetchError.lockAgain)
  }

  private func ambiguous(_ kind: String, _ name: String, _ versions: [String]) -> FetchError {
    FetchError(
      .indexUnusable, "looking for \(kind) \(name) in \(suite): the index lists different files for it",
      details: versions.map { "listed: \(name) \($0)" },
      advice: "Write the whole version, with its epoch, or name one mirror in the recipe's environment.")
  }

  func unknown(package name: String) async throws(FetchError) -> FetchError {
    let names = try await query("apt-cache", ["pkgnames"]).text.split(whereSeparator: \.isNewline)
    return unknown("package", name, near: NearNames.of(name, in: names))
  }

  private func unknown(source name: String) async throws(FetchError) -> FetchError {
    let names = try await query("apt-cache", ["pkgnames"]).text.split(whereSeparator: \.isNewline)
    var near = NearNames.of(name, in: names)
    // A binary package of that name comes from a source package of another.
    let stanza = ControlStanza.parse(try await query("apt-cache", ["show", name]).text).first { $0["Package"] == name }
    if let source = stanza?.words("Source").first { near.insert(source, at: 0) }
    return unknown("source package", name, near: near)
  }

  private func unknown(_ kind: String, _ name: String, near: [String]) -> FetchError {
    FetchError(
      .notListed, "looking for \(kind) \(name) in \(suite): the index has none of that name",
      details: near.isEmpty ? [] : ["names like it: " + near.joined(separator: ", ")])
  }
}

/// Names that were perhaps meant.
enum NearNames {
  /// At most five names of the list, nearest first, that differ by up to two letters or that begin alike.
  static func of(_ name: String, in names: some Sequence<some StringProtocol>) -> [String] {
    let wanted = Array(name.utf8.prefix(100))
    guard wanted.count > 1 else { return [] }
    var near: [(distance: Int, name: String)] = []
    for candidate in names {
      let bytes = Array(candidate.utf8.prefix(100))
      if bytes == wanted { continue }
      if abs(bytes.count - wanted.count) <= 2 {
        let distance = distance(wanted, bytes)
        if distance <= min(2, wanted.count / 2) { near.append((distance, String(candidate))) }
      } else if wanted.count > 3, bytes.starts(with: wanted) {
        near.append((3, String(candidate)))
      }
    }
    return near.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(5).map(\.name)
  }

  /// Levenshtein's distance.
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let change = diagonal + (byte == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, row[column] + 1, row[column + 1] + 1)
      }
    }
    return row[right.count]
  }
}
