import Digests
import Glibc
import Model
import Processes
import RecipeFormat
import Store
import SystemPackage

/// A Debian suite as apt sees it through a configuration of our own.
///
/// It is derived from the machine's: its archives, keys, proxies and certificates, and nothing else; no hook, no
/// preference and no installed package of the machine has a say. apt checks the signatures.
struct AptArchive: Sendable {
  /// The suite's code name.
  let suite: String
  /// Debian's name of the architecture.
  let architecture: String
  /// Where the configuration, the lists and the caches are.
  let folder: FilePath
  let machine: Machine
  let progress: any ProgressSink
  /// How long nothing may arrive. apt alone waits for each file of a dead archive in turn, which takes many minutes.
  var stall: Duration = .seconds(60)

  private var configuration: FilePath { folder.appending("apt.conf") }
  var stamp: FilePath { folder.appending("updated") }

  /// Prepares the configuration; neither downloads nor reads lists.
  static func open(
    suite: String, mirrors: [DebianMirror] = [], architecture: String? = nil, store: Store, machine: Machine,
    progress: any ProgressSink
  ) async throws(FetchError) -> AptArchive {
    guard DebianNames.isWord(suite) else {
      throw FetchError(.wrongReference, "using the suite \"\(suite.prefix(80))\": that is no name of a Debian suite")
    }
    let settings = try await settings(machine)
    guard let architecture = architecture ?? settings["APT::Architecture"], DebianNames.isWord(architecture) else {
      throw FetchError(.wrongReference, "using the suite \(suite): the architecture has no usable name")
    }
    let listed = AptSourceSelection.of(
      MachineSources.read(settings), suite: suite, architecture: architecture)
    let sources = mirrors.isEmpty ? listed : try AptSourceSelection.of(mirrors, keyring: listed.first?.signedBy)
    guard !sources.isEmpty else {
      throw FetchError(
        .indexUnusable, "looking for archives of \(suite) for \(architecture): this machine's apt has none",
        details: ["looked in \(MachineSources.places(settings).map(\.string).joined(separator: ", "))"],
        advice: "Add a source for \(suite) to the machine's apt, or name a mirror in the recipe's environment.")
    }
    let list = sources.map(\.stanza).joined(separator: "\n")
    let key = SHA256Digest.of(list).short
    let folder = try await fetching { try store.folder(named: "apt/\(suite)-\(architecture)-\(key)") }
    let archive = AptArchive(
      suite: suite, architecture: architecture, folder: folder, machine: machine, progress: progress)
    try archive.write(list: list, connection: settings.connectionLines)
    return archive
  }

  private static func settings(_ machine: Machine) async throws(FetchError) -> AptSettings {
    var environment = HostCommand.plainEnvironment
    environment["APT_CONFIG"] = machine.environment["APT_CONFIG"]
    let command = HostCommand("apt-config", ["dump"], environment: environment)
    return try await fetching {
      let result = try await command.run(limit: 4 << 20)
        .requireSuccess(of: "apt-config", doing: "reading the machine's apt configuration")
      return AptSettings(dump: result.text)
    }
  }

  private func write(list: String, connection: [String]) throws(FetchError) {
    guard !folder.string.contains(where: { "\"\\\n".contains($0) }) else {
      throw FetchError(.machine, "configuring apt in \(folder): apt cannot use a path with such characters")
    }
    for name in ["sources", "lists", "lists/partial", "cache", "cache/archives", "cache/archives/partial", "empty"] {
      try LocalFiles.makeFolder(folder.appending(name))
    }
    // Files that are the same stay as they are: apt reads all lists anew when one of these is younger than its cache.
    try LocalFiles.writeIfOther(list, to: folder.appending("sources/verbatim.sources"))
    try LocalFiles.writeIfOther("", to: folder.appending("status"))
    let settings = [
      ("Dir::Etc::main", "/dev/null"), ("Dir::Etc::parts", "\(folder)/empty"),
      ("Dir::Etc::sourcelist", "/dev/null"), ("Dir::Etc::sourceparts", "\(folder)/sources"),
      ("Dir::Etc::preferences", "/dev/null"), ("Dir::Etc::preferencesparts", "\(folder)/empty"),
      ("Dir::State", "\(folder)"), ("Dir::State::lists", "\(folder)/lists"),
      ("Dir::State::status", "\(folder)/status"), ("Dir::State::extended_states", "\(folder)/extended_states"),
      ("Dir::Cache", "\(folder)/cache"), ("Dir::Log", "\(folder)"), ("Dir::Cache::srcpkgcache", ""),
      ("APT::Architecture", architecture), ("APT::Architectures", architecture),
      ("APT::Install-Recommends", "false"), ("APT::Update::Error-Mode", "any"),
      ("Acquire::Languages", "none"), ("Acquire::Retries", "3"), ("Acquire::http::Timeout", "20"),
      ("Acquire::https::Timeout", "20"), ("Acquire::ForceHash", "SHA256"),
    ]
    // As root apt would change to a user who may not write into the store; an ordinary user cannot change.
    let user = geteuid() == 0 ? [("APT::Sandbox::User", "root")] : []
    let lines = (settings + user).map { "\($0.0) \"\($0.1)\";" } + connection
    try LocalFiles.writeIfOther(lines.joined(separator: "\n") + "\n", to: configuration)
  }

  /// How old the lists are, in seconds; nil when there are none.
  var age: Int64? {
    guard let status = LocalFiles.status(stamp) else { return nil }
    return Int64(time(nil)) - Int64(status.st_mtim.tv_sec)
  }

  /// Downloads the lists unless there are some of at most this age.
  func update(olderThan limit: Int64) async throws(FetchError) {
    if let age, age <= limit { return }
    let lock = try await FileLock.take(
      folder.appending("update.lock"), .exclusive, for: "updating the package lists", progress: progress)
    defer { withExtendedLifetime(lock) {} }
    if let age, age <= limit { return }
    let result = try await downloadLists()
    guard let result, result.succeeded else {
      if isDiskFull(complaints(result)) {
        throw FetchError(
          .machine, "writing the package lists of \(suite) to \(folder): no space left on the disk",
          details: complaints(result),
          advice: "Free some space, or run `verbatim store prune`, or move the store with --store.")
      }
      throw FetchError(
        .indexUnusable, "updating the package lists of \(suite): an archive did not answer as it should",
        details: complaints(result),
        advice: "Check the network and this machine's apt sources, or hand the files over with --inputs.")
    }
    try LocalFiles.write("", to: stamp)
  }

  /// Whether a download failed for want of space; apt does not always say so, and at times waits for ever.
  private func isDiskFull(_ complaints: [String]) -> Bool {
    complaints.contains { $0.contains("No space left on device") } || LocalFiles.free(folder) ?? .max < 4 << 20
  }

  /// Runs `apt-get update`; nil when it was stopped because nothing arrived.
  private func downloadLists() async throws(FetchError) -> HostResult? {
    let clock = ContinuousClock()
    let end = clock.now + stall
    var isWaiting = false
    while true {
      let result = try await DownloadWatch.watching(
        folder.appending("lists/partial"), total: nil, detail: "package lists of \(suite)", stall: stall,
        progress: progress
      ) { () async throws(FetchError) in
        try await tool("apt-get", ["-q", "update"])
      }
      // Nobody else has our lock, so that is the apt of a run that was killed; it is still at work and soon done.
      guard let result, result.errors.contains("E: Could not get lock "), clock.now < end else { return result }
      if !isWaiting { progress.report(.notice("Waiting for the apt of a run that was killed.")) }
      isWaiting = true
      try await fetching { try await Task.sleep(for: .milliseconds(250)) }
    }
  }

  /// Runs one of apt's tools with this configuration while nobody updates the lists.
  func query(_ program: String, _ arguments: [String], in place: FilePath? = nil) async throws(FetchError) -> HostResult
  {
    let lock = try await FileLock.take(
      folder.appending("update.lock"), .shared, for: "updating the package lists", progress: progress)
    defer { withExtendedLifetime(lock) {} }
    return try await tool(program, arguments, in: place)
  }

  private func tool(
    _ program: String, _ arguments: [String], in place: FilePath? = nil
  ) async throws(FetchError) -> HostResult {
    var environment = machine.clientEnvironment
    environment["APT_CONFIG"] = configuration.string
    let command = HostCommand(program, arguments, environment: environment, workingDirectory: place ?? folder)
    return try await fetching { try await command.run(limit: 128 << 20) }
  }

  /// What a download complained about; nil is one that was stopped.
  func complaints(_ result: HostResult?) -> [String] {
    result.map(Self.complaints) ?? ["nothing arrived for \(stall.components.seconds) seconds"]
  }

  /// The lines in which apt says what is wrong, at most twenty.
  static func complaints(_ result: HostResult) -> [String] {
    let lines = (result.text + "\n" + result.errors).split(whereSeparator: \.isNewline)
    let wrong = lines.filter { $0.hasPrefix("E: ") || $0.hasPrefix("W: ") || $0.hasPrefix("Err:") }
    return wrong.prefix(20).map { LineSplitter.printable(Array($0.utf8)) }
  }
}

/// The source lists that the machine's apt reads.
enum MachineSources {
  /// The list and the folder of lists, by the machine's settings.
  static func places(_ settings: AptSettings) -> [FilePath] {
    let root = FilePath(settings["Dir"] ?? "/")
    let folder = root.pushing(FilePath(settings["Dir::Etc"] ?? "etc/apt"))
    return [
      folder.pushing(FilePath(settings["Dir::Etc::sourcelist"] ?? "sources.list")),
      folder.pushing(FilePath(settings["Dir::Etc::sourceparts"] ?? "sources.list.d")),
    ]
  }

  /// All entries.
  static func read(_ settings: AptSettings) -> [AptSource] {
    let places = places(settings)
    var sources = AptSourceParser.oneLine(LocalFiles.text(places[0], limit: AptSourceParser.sizeLimit) ?? "")
    for name in LocalFiles.names(in: places[1]) ?? [] {
      guard let text = LocalFiles.text(places[1].appending(name), limit: AptSourceParser.sizeLimit) else { continue }
      if name.hasSuffix(".list") { sources += AptSourceParser.oneLine(text) }
      if name.hasSuffix(".sources") { sources += AptSourceParser.deb822(text) }
    }
    return sources
  }
}
