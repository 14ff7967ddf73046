import Glibc
public import Model
public import RecipeFormat
public import Store
public import SystemPackage

/// The one door through which inputs come: from folders that the user hands over, the store, or the network.
///
/// Only this room uses the network, only at places that the recipe or the machine's clients name, and only for
/// bytes whose digest is then checked.
public struct Fetcher: Sendable {
  let store: Store
  let inputs: InputFolders
  let recipeFolder: RecipeFolder
  let offline: Bool
  let recipeStandsAlone: Bool
  let machine: Machine
  let progress: any ProgressSink
  let archives: AptArchives
  var curl: Curl

  /// Makes a fetcher; `recipeFolder` is what `path:` inputs are relative to, and with `offline` nothing touches the
  /// network.
  ///
  /// With `recipeStandsAlone` the recipe came without the files beside it, and those are looked for as all others are.
  public init(
    store: Store, inputs: InputFolders, recipeFolder: FilePath, offline: Bool = false,
    recipeStandsAlone: Bool = false, machine: Machine = .current, progress: any ProgressSink = SilentProgress()
  ) {
    self.store = store
    self.inputs = inputs
    self.recipeFolder = RecipeFolder(path: recipeFolder)
    self.offline = offline
    self.recipeStandsAlone = recipeStandsAlone
    self.machine = machine
    self.progress = progress
    archives = AptArchives(store: store, machine: machine, progress: progress)
    curl = Curl(machine: machine)
  }

  /// The parts of a lock that can be brought one by one.
  public enum Part: Sendable, CaseIterable {
    /// The archives of the source.
    case sources
    /// What the environment is assembled from.
    case environment
    /// The shipped artifacts.
    case artifacts
  }

  /// Brings all files of a lock into the store; those that are there are checked, and fetched again if they rotted.
  public func fetch(_ lock: Lock, _ parts: Set<Part> = Set(Part.allCases)) async throws(FetchError) {
    var wanted: [WantedFile] = []
    if parts.contains(.sources) { wanted += lock.sources.flatMap { WantedFile.of($0, isSource: true) } }
    if parts.contains(.environment) {
      let environment = lock.environment
      wanted += (environment.base + environment.packages).map(WantedFile.of(debian:))
      wanted += environment.wheels.map(WantedFile.of(wheel:))
      wanted += environment.image.map { WantedFile.of($0, isSource: true) } ?? []
    }
    if parts.contains(.artifacts) { wanted += lock.artifacts.flatMap { WantedFile.of($0, isSource: false) } }
    try await bring(
      wanted, suite: DebianSuite(lock.recipe.environment, architecture: lock.environment.architecture))
  }

  /// Brings files into the store, from the nearest place that has them.
  func bring(_ wanted: [WantedFile], suite: DebianSuite) async throws(FetchError) {
    var seen: Set<SHA256Digest> = []
    let unique = wanted.filter { seen.insert($0.file.sha256).inserted }
    let missing = try await bringFromNear(unique)
    guard let first = missing.first else { return }
    if offline {
      throw allMissing(missing, first.trail.error(for: first.wanted, code: .offline, advice: Self.offlineAdvice))
    }
    let packages = missing.filter { if case .debianPackage = $0.wanted.origin { true } else { false } }
    let sources = missing.filter { if case .debianSource = $0.wanted.origin { true } else { false } }
    let others = missing.filter { !packages.contains($0) && !sources.contains($0) }
    if !packages.isEmpty || !sources.isEmpty {
      let archive = try await listedArchive(suite, for: packages + sources)
      try await bring(packages: packages, from: archive)
      try await bring(sources: sources, from: archive)
    }
    try await bringFromWeb(others)
  }

  private static let offlineAdvice = "Hand the file over with --inputs, or run once with the network."

  /// A file that no folder and not the store has.
  struct Missing: Hashable, Sendable {
    var wanted: WantedFile
    var trail: Trail
    static func == (left: Self, right: Self) -> Bool { left.wanted == right.wanted }
    func hash(into hasher: inout Hasher) { hasher.combine(wanted) }
  }

  /// Looks into the inputs folders and the store; returns what neither has.
  private func bringFromNear(_ wanted: [WantedFile]) async throws(FetchError) -> [Missing] {
    let total = wanted.reduce(0) { $0 + $1.file.size }
    return try await fetching {
      try await withThrowingTaskGroup(of: (Int, Missing?).self) { group in
        var missing: [(Int, Missing)] = []
        var done: Int64 = 0
        var next = 0
        func addNext() {
          guard next < wanted.count else { return }
          let (index, file) = (next, wanted[next])
          group.addTask { (index, try bringFromNear(file)) }
          next += 1
        }
        for _ in 0..<4 { addNext() }
        while let (index, found) = try await group.next() {
          if let found { missing.append((index, found)) }
          done += wanted[index].file.size
          progress.report(.advanced(done: done, total: total, unit: .bytes, detail: "checking what is there"))
          addNext()
        }
        return missing.sorted { $0.0 < $1.0 }.map(\.1)
      }
    }
  }

  private func bringFromNear(_ wanted: WantedFile) throws -> Missing? {
    var trail = Trail()
    if case .path(let path) = wanted.origin, !recipeStandsAlone {
      try bring(path: path, wanted)
      return nil
    }
    let wasThere = store.contains(wanted.file.sha256)
    if try store.verified(wanted.file.sha256) != nil { return nil }
    if wasThere { progress.report(.notice("\(wanted.file.name) had rotted in the store and is fetched again.")) }
    let candidates = inputs.candidates(for: wanted.file)
    for candidate in candidates.prefix(64) {
      let found = try LocalFiles.digest(candidate)
      if found == wanted.file.sha256 {
        try store.insert(file: candidate, expecting: wanted.file.sha256)
        return nil
      }
      trail.addOther(candidate.string, found)
    }
    for folder in inputs.folders where !candidates.contains(where: { $0.starts(with: folder) }) {
      trail.add("looked in \(folder): no file of its name or size")
    }
    trail.add("looked in the store: " + (wasThere ? "it had rotted and was removed" : "it is not there"))
    return Missing(wanted: wanted, trail: trail)
  }

  /// Files of the recipe's folder are read every time: they are at hand, and may have changed.
  private func bring(path: String, _ wanted: WantedFile) throws {
    let file = try recipeFolder.open(path)
    defer { try? file.close() }
    let found = try LocalFiles.digest(of: file)
    guard found == wanted.file.sha256 else {
      throw FetchError(
        .mismatch, "reading \(recipeFolder.path.appending(path)): its bytes are not the expected ones",
        details: ["expected SHA-256 \(wanted.file.sha256)", "found SHA-256    \(found)"],
        advice: "Restore the file, or run `verbatim lock --update` when the change is meant.")
    }
    // The descriptor's own name, since the path may lead elsewhere by now.
    try store.insert(file: FilePath("/proc/self/fd/\(file.rawValue)"), expecting: wanted.file.sha256)
  }

  /// The error of the first missing file, with the names of the others.
  func allMissing(_ missing: [Missing], _ error: FetchError) -> FetchError {
    guard missing.count > 1 else { return error }
    let others = missing.dropFirst().prefix(20).map {
      "also missing: \($0.wanted.file.name) (SHA-256 \($0.wanted.file.sha256))"
    }
    let rest = missing.count > 21 ? ["and \(missing.count - 21) more"] : []
    return FetchError(error.code, error.message, details: error.details + others + rest, advice: error.advice)
  }
}

/// Which suite of which archives a recipe's Debian packages come from.
struct DebianSuite: Hashable, Sendable {
  /// Nil is the suite of the machine itself, for environments that name none.
  var name: String?
  var mirrors: [DebianMirror]
  var architecture: String?

  init(_ environment: EnvironmentRecipe, architecture: String? = nil) {
    switch environment {
    case .debian(let debian), .python(let debian, _):
      name = debian.suite
      mirrors = debian.mirrors
    case .rootfs, .oci:
      name = nil
      mirrors = []
    }
    self.architecture = architecture
  }
}

/// The archives that were opened, so that each is prepared once.
actor AptArchives {
  private let store: Store
  private let machine: Machine
  private let progress: any ProgressSink
  private var opened: [DebianSuite: AptArchive] = [:]

  init(store: Store, machine: Machine, progress: any ProgressSink) {
    self.store = store
    self.machine = machine
    self.progress = progress
  }

  func archive(_ suite: DebianSuite) async throws(FetchError) -> AptArchive {
    if let archive = opened[suite] { return archive }
    guard let name = suite.name ?? Self.ownSuite else {
      throw FetchError(
        .indexUnusable, "looking for a Debian archive: the recipe names no suite and this machine is no Debian",
        advice: "Use a `url` or `path` input with its sha256 in place of `debian`.")
    }
    let archive = try await AptArchive.open(
      suite: name, mirrors: suite.mirrors, architecture: suite.architecture, store: store, machine: machine,
      progress: progress)
    opened[suite] = archive
    return archive
  }

  /// The code name in os-release(5).
  private static var ownSuite: String? {
    let text = LocalFiles.text("/etc/os-release", limit: 1 << 16) ?? ""
    let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("VERSION_CODENAME=") }
    return line.map { $0.dropFirst(17).filter { $0 != "\"" } }
  }
}
