import Fetching
import Model
import RecipeFormat
import Store
import SystemPackage

/// Debian's binary packages: of an index, or a file.
struct DebianKind: ShippedKind {
  let name = "Debian packages (debian: NAME=VERSION, or a .deb file)"
  private static let suite = "bookworm"
  private static let suites = ["bullseye", "bookworm", "trixie", "forky", "sid"]

  func recognises(_ shipped: ShippedReference, head: [UInt8]) -> Bool {
    switch shipped {
    case .pypi: false
    case .debian: true
    case .file(let path):
      path.extension == "deb" || path.extension == "udeb"
        || head.starts(with: Array("!<arch>\ndebian-binary".utf8))
    }
  }

  func guess(_ shipped: ShippedReference, _ context: InferenceContext) async throws -> any Guess {
    var environment = EnvironmentRecipe.debian(
      DebianEnvironment(suite: Self.suite, packages: [], mirrors: context.mirrors))
    let (path, reference, files) = try await find(shipped, environment, context)
    let label = path.1
    let file = try DebianFile(path.0, label: label)
    let named = file.distribution.map { $0.prefix { $0 != "-" } }.map(String.init) ?? ""
    let suite = Self.suites.contains(named) && named != "sid" ? named : Self.suite
    environment = .debian(DebianEnvironment(suite: suite, packages: [], mirrors: context.mirrors))
    let source = try await context.fetcher.debianSource(file.source, file.sourceVersion, in: environment)
    let needed = try await dependencies(of: source, file, environment, context)
    let buildInfo = try context.buildInfo.map { try BuildInfo($0) }
    let upstream = Self.upstream(source.version)
    var plan = DebianPlan(
      suite: suite, mirrors: context.mirrors, packages: needed,
      path: "/build/reproducible-path/\(file.source)-\(upstream)")
    let installed = try await context.fetcher.debianPlan(plan.environment)
    let names =
      Set(installed.keys).union(buildInfo?.installed.map(\.name) ?? []).union(["debhelper", "perl", "perl-base"])
    let facts = DebianFacts(
      file: file, buildInfo: buildInfo, installed: installed,
      listed: try await context.fetcher.debianVersions(of: names.sorted(), in: environment))
    var inferences = [
      Inference(
        setting: "source", value: "\(file.source) \(source.version)",
        evidence: "the source that its control file names", confidence: 1),
      Inference(
        setting: DebianRule.packages, value: "what debian/control needs",
        evidence:
          "Build-Depends in the index of sources: " + source.buildDependencies.joined(separator: ", "), confidence: 0.9),
    ]
    for rule in DebianRule.all { inferences += rule.apply(facts, &plan) }
    // A later rule may know better where it was built.
    if let last = inferences.lastIndex(where: { $0.setting == "build.path" }) {
      inferences = inferences.enumerated().filter { $0.offset == last || $0.element.setting != "build.path" }
        .map(\.element)
    }
    let draft = draft(file, source, plan, reference, inferences, files)
    return DebianGuess(draft: draft, installed: installed)
  }

  /// The package file, and how a recipe names it.
  private func find(
    _ shipped: ShippedReference, _ environment: EnvironmentRecipe, _ context: InferenceContext
  ) async throws -> ((FilePath, String), InputReference, [RecipeDraft.LocalFile]) {
    switch shipped {
    case .debian(let name, let version):
      let package = try await context.fetcher.debianPackage(name, version, of: environment)
      let identity = try await context.fetcher.bring(package, of: environment)
      guard let path = try context.store.verified(identity.sha256) else {
        throw InferenceError(
          "reading \(package.file.name): it is gone from the store again", inconclusive: .machineFailed)
      }
      return ((path, package.file.name), .debian(name: name, version: package.version), [])
    case .file(let path):
      let name = path.lastComponent?.string ?? path.string
      let identity = try context.store.insert(file: path)
      return ((path, name), .path(name, sha256: identity.sha256), [.init(name: name, origin: path)])
    case .pypi: throw InferenceError("reading \(shipped) as a Debian package: it is a Python project")
    }
  }

  /// The packages that `Build-Depends` comes to: the first alternative that the index has, or what provides it.
  private func dependencies(
    of source: DebianSourceRelease, _ file: DebianFile, _ environment: EnvironmentRecipe, _ context: InferenceContext
  ) async throws -> [String] {
    let architecture = file.architecture == "all" ? "amd64" : file.architecture
    let relations = source.buildDependencies.prefix(2000)
      .map { DebianRelation($0, architecture: architecture).alternatives }.filter { !$0.isEmpty }
    let names = Set(relations.flatMap { $0.map(\.name) })
    let listed = try await context.fetcher.debianVersions(of: names.sorted(), in: environment)
    let absent = relations.filter { $0.allSatisfy { listed[$0.name] == nil } }.flatMap { $0.map(\.name) }
    let providers = try await context.fetcher.debianProviders(of: absent, in: environment)
    var packages = ["fakeroot"]
    for relation in relations {
      let chosen = relation.first { listed[$0.name] != nil }
      let name = chosen?.name ?? relation.lazy.compactMap { providers[$0.name] }.first ?? relation[0].name
      var wanted = name
      if let chosen, let constraint = chosen.constraint, constraint.sign == "=",
        listed[chosen.name]?.contains(constraint.version) == true
      {
        wanted = "\(name)=\(constraint.version)"
      }
      if !packages.contains(wanted) { packages.append(wanted) }
    }
    return packages
  }

  private func draft(
    _ file: DebianFile, _ source: DebianSourceRelease, _ plan: DebianPlan, _ shipped: InputReference,
    _ inferences: [Inference], _ files: [RecipeDraft.LocalFile]
  ) -> RecipeDraft {
    var build = BuildRecipe(path: plan.path, run: plan.run, variables: plan.variables)
    build.epoch = plan.epoch
    let built = "../\(file.name)_\(Self.withoutEpoch(file.version))_\(file.architecture).deb"
    let recipe = Recipe(
      name: file.name, version: file.version,
      source: [.init(input: .debian(name: file.source, version: source.version))], environment: plan.environment,
      build: build, artifacts: [.init(built: built, shipped: shipped)])
    return RecipeDraft(recipe: recipe, inferences: inferences, questions: plan.questions, files: files)
  }

  private static func withoutEpoch(_ version: String) -> String {
    version.firstIndex(of: ":").map { String(version[version.index(after: $0)...]) } ?? version
  }

  /// The version without epoch and Debian revision.
  private static func upstream(_ version: String) -> String {
    let plain = withoutEpoch(version)
    return plain.lastIndex(of: "-").map { String(plain[..<$0]) } ?? plain
  }
}

/// A guess at what built a Debian package.
struct DebianGuess: Guess {
  let draft: RecipeDraft
  /// What the environment comes to, by name.
  let installed: [String: String]

  /// No difference of a package points at a setting that the package itself does not name.
  var learns: Bool { false }

  func alternatives(after result: CheckResult, rebuilt: [FilePath]) async throws -> [any Guess] { [] }
  func simplifications() async throws -> [any Guess] { [] }

  func remarks(on result: CheckResult) -> [String] {
    guard result.verdict == .different else { return [] }
    let roots = result.artifacts.flatMap(\.differences).filter { $0.cause?.follows == nil }
    let isIdentity = { (difference: Difference) in
      difference.role == .identity || difference.region?.contains("build-id") == true
        || difference.region?.contains("debuglink") == true
    }
    var remarks = draft.questions.filter { $0.hasPrefix("It needs ") }
    if !roots.isEmpty, roots.allSatisfy(isIdentity) {
      let tools = ["gcc-12", "binutils", "libc6-dev"].compactMap { name in installed[name].map { "\(name) \($0)" } }
      remarks.append(
        "Only build-ids differ, no code and no data. A build-id is the linker's digest of all that it was given, debug "
          + "information too, which is not shipped and names the compiler that wrote it. So it is the identity of the "
          + "builder's tools that feeds it: here \(tools.joined(separator: ", ")); the shipped one was built with another "
          + "revision of one of them, which its bytes do not name. A .buildinfo would (--buildinfo), and a snapshot has it "
          + "(--mirror).")
    }
    return remarks
  }
}
