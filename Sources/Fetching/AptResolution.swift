import Model
import Processes
import RecipeFormat

extension AptArchive {
  /// The packages of the base that all environments of a suite share: what mmdebstrap's variant `buildd` installs.
  func resolveBase() async throws(FetchError) -> [LockedPackage] {
    let set = ["?or(?essential,?priority(required))", "apt", "build-essential"]
    switch try await plan(set) {
    case .packages(let packages): return packages
    case .refused(let lines):
      throw FetchError(
        .unresolvable, "choosing the base packages of \(suite) for \(architecture): apt finds no complete set",
        details: lines)
    }
  }

  /// The base with the versions that a recipe names of packages in it, where apt finds a complete set of them.
  func resolveBase(with wanted: [String]) async throws(FetchError) -> [LockedPackage] {
    let base = try await resolveBase()
    let pins = wanted.filter { request in
      guard let place = request.firstIndex(of: "=") else { return false }
      let version = request[request.index(after: place)...]
      return base.contains { $0.name == request[..<place] && $0.version != version }
    }
    let names = pins.compactMap { $0.split(separator: "=").first.map(String.init) }
    guard !pins.isEmpty, names.allSatisfy(DebianNames.isPackage),
      pins.allSatisfy({ DebianNames.isVersion(String($0.drop { $0 != "=" }.dropFirst())) }),
      case .packages(let other) = try await plan(base.map(\.name).filter { !names.contains($0) } + pins),
      Set(other.map(\.name)) == Set(base.map(\.name))
    else { return base }
    return other
  }

  /// What the wanted packages (`name` or `name=version`) need beside the base.
  func resolve(_ wanted: [String], over base: [LockedPackage]) async throws(FetchError) -> [LockedPackage] {
    if wanted.isEmpty { return [] }
    let requests = try await checked(wanted, base: base)
    let pins = base.map { "\($0.name)=\($0.version)" }
    switch try await plan(pins + requests) {
    case .packages(let packages):
      let versions = Dictionary(base.map { ($0.name, $0.version) }, uniquingKeysWith: { first, _ in first })
      for package in packages {
        if let version = versions[package.name], version != package.version {
          throw otherBase(["\(package.name) \(version) would have to be \(package.version)"])
        }
      }
      return packages.filter { versions[$0.name] == nil }
    case .refused(let lines):
      try await explainRefusal(requests, base: base)
      throw FetchError(
        .unresolvable, "choosing the packages of the recipe in \(suite): apt finds no complete set", details: lines)
    }
  }

  /// Throws what would have to change in the base, when that is what stands in the way.
  private func explainRefusal(_ requests: [String], base: [LockedPackage]) async throws(FetchError) {
    guard case .packages(let free) = try await plan(base.map(\.name) + requests) else { return }
    let versions = Dictionary(free.map { ($0.name, $0.version) }, uniquingKeysWith: { first, _ in first })
    let changed = base.compactMap { package in
      versions[package.name].flatMap { version in
        version == package.version ? nil : "\(package.name) \(package.version) would have to be \(version)"
      }
    }
    if !changed.isEmpty { throw otherBase(changed) }
  }

  private func otherBase(_ changes: [String]) -> FetchError {
    FetchError(
      .unresolvable,
      "choosing the packages of the recipe in \(suite): they need other versions than the base's", details: changes,
      advice: "Leave out the versions in the recipe, or name a mirror that has a base to match.")
  }

  /// The requests as apt takes them, each known to be there.
  private func checked(_ wanted: [String], base: [LockedPackage]) async throws(FetchError) -> [String] {
    let parts = wanted.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init) }
    for (text, part) in zip(wanted, parts) {
      guard DebianNames.isPackage(part[0]), part.count == 1 || DebianNames.isVersion(part[1]) else {
        throw FetchError(
          .wrongReference,
          "choosing the packages of the recipe: \"\(text.prefix(80))\" is neither a package's name nor name=version")
      }
    }
    let index = try await packages(named: parts.map { $0[0] })
    var requests: [String] = []
    for part in parts {
      let there = index[part[0], default: []]
      guard !there.isEmpty else { throw try await unknown(package: part[0]) }
      guard part.count == 2 else {
        requests.append(part[0])
        continue
      }
      guard let found = there.first(where: { DebianNames.matches($0.version, asked: part[1]) }) else {
        throw notListed("package", part[0], part[1], there: there.map(\.version))
      }
      if let present = base.first(where: { $0.name == part[0] }), present.version != found.version {
        throw otherBase(["\(part[0]) \(present.version) would have to be \(found.version)"])
      }
      requests.append("\(part[0])=\(found.version)")
    }
    return requests
  }

  private enum Plan {
    case packages([LockedPackage])
    case refused([String])
  }

  /// What apt would download to install these on an empty machine, sorted by name.
  private func plan(_ requests: [String]) async throws(FetchError) -> Plan {
    let result = try await query("apt-get", ["-qq", "--print-uris", "install"] + requests)
    guard result.succeeded else { return .refused(Self.refusal(result.text, Self.complaints(result))) }
    var packages: [LockedPackage] = []
    for line in result.text.split(whereSeparator: \.isNewline) where line.hasPrefix("'") {
      guard let package = AptDownload(line: line)?.package else {
        throw FetchError(
          .indexUnusable, "choosing packages of \(suite): the index pins a file in no usable way",
          details: [String(line.prefix(300)), "a name, a size and a SHA-256 are needed"])
      }
      packages.append(package)
    }
    return .packages(packages.sorted { $0.name < $1.name })
  }

  /// The part of apt's output that names unmet dependencies, and its complaints.
  private static func refusal(_ text: String, _ complaints: [String]) -> [String] {
    text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix(" ") }.prefix(20)
      .map { String($0.drop(while: \.isWhitespace).prefix(300)) } + complaints
  }
}
