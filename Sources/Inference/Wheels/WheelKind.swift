import Fetching
import Model
import RecipeFormat
import Store
import SystemPackage

/// Python wheels: a release of the index, or a file.
struct WheelKind: ShippedKind {
  let name = "Python wheels (pypi: NAME==VERSION, or a .whl file)"

  func recognises(_ shipped: ShippedReference, head: [UInt8]) -> Bool {
    switch shipped {
    case .pypi: true
    case .debian: false
    case .file(let path): path.extension == "whl"
    }
  }

  func guess(_ shipped: ShippedReference, _ context: InferenceContext) async throws -> any Guess {
    guard let python = TargetPython.of(suite: WheelPlan().suite) else {
      throw InferenceError("inferring a recipe for \(shipped): no Python is known of \(WheelPlan().suite)")
    }
    let found = try await WheelSearch(context: context, python: python).find(shipped)
    let bare = WheelFacts(wheel: found.wheel, source: found.source, uploaded: found.uploaded, python: python)
    var projects: Set<String> = ["pip"]
    if let backend = bare.backend { projects.insert(backend.project) }
    if bare.backend?.isSetuptools == true { projects.formUnion(["setuptools", "wheel"]) }
    let resolution = PackageResolution(context: context, python: python)
    let releases = try await withThrowingTaskGroup(of: (String, [WheelFacts.Release]).self) { group in
      for project in projects {
        group.addTask { (project, try await resolution.releases(of: project, asOf: bare.uploaded ?? .max)) }
      }
      return try await group.reduce(into: [String: [WheelFacts.Release]]()) { $0[$1.0] = $1.1 }
    }
    let hasZlibReplacement =
      if bare.packer == .other { try await ZlibReplacement.isListed(context.fetcher) } else { false }
    let facts = WheelFacts(
      wheel: found.wheel, source: found.source, uploaded: found.uploaded, python: python, releases: releases,
      hasZlibReplacement: hasZlibReplacement)
    var plan = WheelPlan()
    var inferences: [Inference] = []
    for rule in WheelRule.all { inferences += rule.apply(facts, &plan) }
    return try await WheelGuess.make(found.subject, facts, plan, inferences: inferences, context)
  }
}

/// Finds a wheel and its source archive.
struct WheelSearch {
  struct Found {
    var wheel: WheelFile
    var source: SourceListing
    var uploaded: Int64?
    var subject: WheelSubject
  }

  let context: InferenceContext
  let python: TargetPython

  func find(_ shipped: ShippedReference) async throws -> Found {
    switch shipped {
    case .pypi(let name, let version): return try await release(name, version)
    case .file(let path): return try await file(path)
    case .debian: throw InferenceError("reading \(shipped) as a wheel: it is a Debian package")
    }
  }

  private func release(_ name: String, _ version: String) async throws -> Found {
    let what = "\(name)==\(version)"
    let project = try await project(name, what)
    let files = try release(version, of: project, what)
    let wheels = files.filter { if case .wheel = $0.kind { true } else { false } }
    guard let listed = preferred(wheels) else {
      throw InferenceError(
        "choosing a wheel of \(what): the index lists none", details: files.prefix(20).map { "listed: \($0.name)" },
        inconclusive: .missingInput)
    }
    if let reason = files.first(where: \.isYanked) {
      context.progress.report(.notice("\(reason.name) was withdrawn from its index."))
    }
    let path = try await stored(listed)
    let wheel = try WheelFile(path, fileName: listed.name)
    let file = wheels.count > 1 && !listed.name.hasSuffix("-none-any.whl") ? listed.name : nil
    var subject = WheelSubject(
      name: name, version: version, fileName: listed.name, shipped: .pypi(name: name, version: version, file: file),
      source: .pypi(name: name, version: version, file: nil), sourceReason: Self.reason(""))
    let source = try await source(of: &subject, files, what)
    return Found(wheel: wheel, source: source, uploaded: listed.uploaded, subject: subject)
  }

  private func file(_ path: FilePath) async throws -> Found {
    let fileName = path.lastComponent?.string ?? path.string
    let wheel = try WheelFile(path, fileName: fileName)
    let (name, version) = (wheel.name, wheel.version)
    guard PythonRequirement.isName(name), ReleaseVersion(version) != nil else {
      throw InferenceError(
        "reading \(fileName): its METADATA names no project and version that could be looked for",
        inconclusive: .missingInput)
    }
    let what = "\(name)==\(version)"
    var files: [PythonProject.File] = []
    do {
      files = try release(version, of: try await project(name, what), what)
    } catch  where context.source != nil {
      context.progress.report(.notice("the index lists no \(what), so nothing is known of when it was uploaded."))
    }
    let identity = try context.store.insert(file: path)
    let uploaded = files.first { $0.sha256 == identity.sha256 }?.uploaded
    var subject = WheelSubject(
      name: PythonRequirement.normalised(name), version: version, fileName: fileName,
      shipped: .path(fileName, sha256: identity.sha256), source: .pypi(name: name, version: version, file: nil),
      files: [.init(name: fileName, origin: path)], sourceReason: Self.reason(""))
    let source = try await source(of: &subject, files, what)
    return Found(wheel: wheel, source: source, uploaded: uploaded, subject: subject)
  }

  /// The source archive: the one that was named, or the one of the same release.
  private func source(
    of subject: inout WheelSubject, _ files: [PythonProject.File], _ what: String
  ) async throws -> SourceListing {
    if let path = context.source {
      let name = path.lastComponent?.string ?? "source"
      let identity = try context.store.insert(file: path)
      subject.source = .path(name, sha256: identity.sha256)
      subject.files.append(.init(name: name, origin: path))
      subject.sourceReason = Inference(
        setting: "source", value: name, evidence: "the archive that --source names", confidence: Inference.said)
      return try SourceListing(path, name: name)
    }
    let archives = files.filter { $0.kind == .sdist }
    guard
      let listed = [".tar.gz", ".zip", ".tar.bz2", ".tar.xz"].lazy
        .compactMap({ suffix in archives.first { $0.name.hasSuffix(suffix) } }).first
    else {
      throw InferenceError(
        "looking for the source of \(what): the index lists no source archive of it",
        details: files.prefix(20).map { "listed: \($0.name)" },
        advice: "Name one with --source, for example the archive of the project's repository at that version.",
        inconclusive: .missingInput)
    }
    subject.sourceReason = Inference(
      setting: "source", value: listed.name, evidence: "the source archive that the index lists of \(what)",
      confidence: Inference.follows)
    return try SourceListing(try await stored(listed), name: listed.name)
  }

  private static func reason(_ value: String) -> Inference {
    Inference(setting: "source", value: value, evidence: "", confidence: 0)
  }

  private func project(_ name: String, _ what: String) async throws -> PythonProject {
    guard let project = try await context.fetcher.pythonProject(name) else {
      throw InferenceError(
        "looking for \(what): no index has a project of that name", inconclusive: .missingInput)
    }
    return project
  }

  private func release(
    _ version: String, of project: PythonProject, _ what: String
  ) throws(InferenceError) -> [PythonProject.File] {
    guard let wanted = ReleaseVersion(version) else {
      throw InferenceError("looking for \(what): \"\(version.prefix(80))\" is no version of a Python project")
    }
    let files = project.files.filter { ReleaseVersion($0.version) == wanted }
    guard files.isEmpty else { return files }
    var seen: Set<ReleaseVersion> = []
    let versions = project.files.compactMap { ReleaseVersion($0.version) }.filter { seen.insert($0).inserted }
    throw InferenceError(
      "looking for \(what): the index does not list this version",
      details: ["there now: " + versions.sorted().reversed().prefix(30).map(\.text).joined(separator: ", ")],
      inconclusive: .missingInput)
  }

  /// One for all platforms if there is one, else one for the Python that builds, else one of another Python's.
  private func preferred(_ wheels: [PythonProject.File]) -> PythonProject.File? {
    func rank(_ file: PythonProject.File) -> Int {
      guard case .wheel(let tag) = file.kind else { return 9 }
      if let rank = python.platform.rank(of: tag) { return rank }
      return tag.hasSuffix("-none-any") ? 4 : tag.contains("linux") && tag.hasSuffix("x86_64") ? 5 : 6
    }
    return wheels.min { (rank($0), $1.name) < (rank($1), $0.name) }
  }

  private func stored(_ file: PythonProject.File) async throws -> FilePath {
    let identity = try await context.fetcher.bring(file)
    guard let path = try context.store.verified(identity.sha256) else {
      throw InferenceError("reading \(file.name): it is gone from the store again", inconclusive: .machineFailed)
    }
    return path
  }
}
