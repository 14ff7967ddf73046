import Model

/// Rules on the tools that made a source distribution, which do not write their names into it.
extension SdistRule {
  static let requirements = SdistRule(
    name: "requirements", evidence: "[build-system] of the source's pyproject.toml, or setup.cfg and setup.py",
    conclusion: "the back end and the wheels that it needs"
  ) { facts, plan in
    WheelRule.requirements(of: facts.source, made: nil, &plan.build)
  }

  static let upload = SdistRule(
    name: "upload", evidence: "the time at which the index got this very file, or else its newest time",
    conclusion: "no wheel newer than that"
  ) { facts, plan in
    let times = facts.sdist.entries.map(\.time) + [facts.sdist.gzip?.time ?? 0]
    guard let time = facts.uploaded ?? times.max(), time > WheelTime.hatchling else { return [] }
    // A file that no index lists tells only when its newest entry was made, which may be before it was packed.
    plan.build.newest = facts.uploaded ?? time + 86_400
    return [
      Inference(
        setting: WheelRule.wheels, value: "none newer than \(TimeText.text(plan.build.newest))",
        evidence: facts.uploaded == nil
          ? "the newest time in it is \(TimeText.text(time))" : "it was uploaded at \(TimeText.text(time))",
        confidence: facts.uploaded == nil ? Inference.likely : Inference.follows)
    ]
  }

  static let inTreeBackend = SdistRule(
    name: "in-tree-backend", evidence: "backend-path of pyproject.toml",
    conclusion: "the source's own back end"
  ) { facts, plan in
    guard let table = facts.source.buildSystem, let folders = table.backendPath, let object = table.backend,
      facts.source.has(package: String(object.prefix { $0 != ":" && $0 != "." }), below: folders)
    else { return [] }
    plan.build.backendPath = folders
    // A back end that is the project itself needs what the project needs.
    var scanner = TOMLScanner(facts.source.texts["pyproject.toml"] ?? "")
    if case .list(let needs) = scanner.values(below: "project")?["dependencies"] {
      for text in needs { plan.build.require(text) }
    }
    return [
      Inference(
        setting: "build.run", value: "the source's own back end, \(object)",
        evidence: "backend-path of pyproject.toml is \(folders.joined(separator: ", "))", confidence: Inference.follows)
    ]
  }

  static let metadataVersion = SdistRule(
    name: "metadata-version", evidence: "Metadata-Version of PKG-INFO",
    conclusion: "the versions of the back end that write it"
  ) { facts, plan in
    guard let backend = facts.backend, let version = facts.sdist.metadata["Metadata-Version"],
      let range = backend.metadataVersions[version], plan.build.backendPath.isEmpty,
      facts.source.texts["pyproject.toml"]?.contains("core-metadata-version") != true
    else { return [] }
    bound(&plan, backend.project, range)
    return [
      Inference(
        setting: WheelRule.wheels, value: "\(backend.project)\(range)",
        evidence: "PKG-INFO has Metadata-Version \(version), which these write", confidence: Inference.follows)
    ]
  }

  static let gzipTime = SdistRule(
    name: "gzip-time", evidence: "the time in the gzip header, of flit-core without SOURCE_DATE_EPOCH",
    conclusion: "flit-core 3.9 or newer, which writes 2016 there, or an older one, which wrote the clock's"
  ) { facts, plan in
    guard facts.backend?.project == "flit-core", plan.build.backendPath.isEmpty, let time = facts.sdist.gzip?.time,
      time != facts.packingTime, time == WheelTime.fixed2016 || facts.sdist.metadata["Metadata-Version"] == "2.1"
    else { return [] }
    let range = time == WheelTime.fixed2016 ? ">=3.9" : "<3.9"
    bound(&plan, "flit-core", range)
    return [
      Inference(
        setting: WheelRule.wheels, value: "flit-core\(range)",
        evidence: "the gzip header's time is \(TimeText.text(time)), which is not that of the files",
        confidence: Inference.follows)
    ]
  }

  static let licenceFile = SdistRule(
    name: "licence-file", evidence: "a licence at the top, but no License-File in PKG-INFO",
    conclusion: "setuptools before 57"
  ) { facts, plan in
    let hasLicence = facts.sdist.files.contains { file in
      !file.path.contains("/") && ["LICEN", "COPYING"].contains { file.path.uppercased().hasPrefix($0) }
    }
    guard facts.backend?.isSetuptools == true, hasLicence, facts.sdist.metadata["License-File"] == nil else {
      return []
    }
    bound(&plan, "setuptools", "<57")
    return [
      Inference(
        setting: WheelRule.wheels, value: "setuptools<57",
        evidence: "PKG-INFO has no License-File, though there is a licence at the top", confidence: Inference.likely)
    ]
  }

  static let requiresDist = SdistRule(
    name: "requires-dist", evidence: "Requires-Dist in PKG-INFO, or none though there is a requires.txt",
    conclusion: "setuptools 68.2 or newer, or an older one"
  ) { facts, plan in
    guard facts.backend?.isSetuptools == true,
      facts.sdist.files.contains(where: { $0.path.hasSuffix(".egg-info/requires.txt") && $0.size > 0 })
    else { return [] }
    let isWritten = facts.sdist.metadata["Requires-Dist"] != nil
    let range = isWritten ? ">=68.2" : "<68.2"
    bound(&plan, "setuptools", range)
    return [
      Inference(
        setting: WheelRule.wheels, value: "setuptools\(range)",
        evidence: "there is a requires.txt, and PKG-INFO has \(isWritten ? "" : "no ")Requires-Dist, which setuptools "
          + "writes since 68.2", confidence: Inference.follows)
    ]
  }

  static let sourceMetadata = SdistRule(
    name: "source-metadata", evidence: "a PKG-INFO at the top of the source archive",
    conclusion: "the source is a source distribution itself; what a build wrote is taken away before"
  ) { facts, plan in
    guard facts.source.texts["PKG-INFO"] != nil else { return [] }
    plan.dropsMetadata = true
    return [
      Inference(
        setting: "build.run", value: "rm PKG-INFO",
        evidence: "\(facts.source.name) has a PKG-INFO at its top, which no tree has and a build writes",
        confidence: Inference.follows)
    ]
  }

  static let dynamicFields = SdistRule(
    name: "dynamic-fields", evidence: "Dynamic: license-file in PKG-INFO", conclusion: "setuptools 77 or newer"
  ) { facts, plan in
    guard facts.backend?.isSetuptools == true, facts.sdist.metadata.all("Dynamic").contains("license-file") else {
      return []
    }
    bound(&plan, "setuptools", ">=77")
    return [
      Inference(
        setting: WheelRule.wheels, value: "setuptools>=77",
        evidence: "PKG-INFO says \"Dynamic: license-file\", which older ones do not know", confidence: Inference.follows
      )
    ]
  }

  static let pretendVersion = SdistRule(
    name: "pretend-version", evidence: "PKG-INFO's Version, where a plugin asks the version control system for it",
    conclusion: "the variable that tells the plugin, unless .git_archival.txt does"
  ) { facts, plan in
    let configuration = facts.source.texts["pyproject.toml"] ?? ""
    let plugins = VersionPlugin.all.filter { facts.needs($0.projects) != nil }
    guard let tool = plugins.first(where: { $0.mark.map(configuration.contains) ?? true }) else { return [] }
    let version = facts.sdist.version
    guard ReleaseVersion(version) != nil else { return [] }
    let archival = facts.source.texts[".git_archival.txt"] ?? ""
    for line in archival.split(whereSeparator: \.isNewline) where tool.readsArchival {
      guard line.hasPrefix("describe-name:"), !line.contains("$"), line.hasSuffix(version) else { continue }
      return [
        Inference(
          setting: "build.run", value: "the version is the archive's own",
          evidence: ".git_archival.txt says \"\(line.prefix(120))\"", confidence: Inference.follows)
      ]
    }
    plan.variables[tool.variable] = version
    return [
      Inference(
        setting: "build.variables.\(tool.variable)", value: version,
        evidence: "PKG-INFO says Version \(version); \(facts.needs(tool.projects) ?? "") would ask version control, "
          + "which an archive does not have", confidence: Inference.said)
    ]
  }

  /// Narrows the versions of a project; further bounds hold as well.
  static func bound(_ plan: inout SdistPlan, _ project: String, _ range: String) {
    let before = plan.build.bounds[project]?.description ?? ""
    plan.build.bounds[project] = VersionSpecifiers(before.isEmpty ? range : before + "," + range)
  }
}

/// A plugin that takes the version from version control, and the variable that tells it where there is none.
struct VersionPlugin: Sendable {
  var projects: Set<String>
  var variable: String
  /// Whether it reads what git writes into .git_archival.txt of an archive.
  var readsArchival = false
  /// What pyproject.toml has to say where the plugin does other things as well.
  var mark: String?

  static let all: [VersionPlugin] = [
    .init(
      projects: ["setuptools-scm", "hatch-vcs", "flit-scm", "vcs-versioning"],
      variable: "SETUPTOOLS_SCM_PRETEND_VERSION", readsArchival: true),
    .init(projects: ["pbr"], variable: "PBR_VERSION"),
    .init(projects: ["poetry-dynamic-versioning"], variable: "POETRY_DYNAMIC_VERSIONING_BYPASS"),
    .init(projects: ["uv-dynamic-versioning"], variable: "UV_DYNAMIC_VERSIONING_BYPASS"),
    .init(projects: ["pdm-backend"], variable: "PDM_BUILD_SCM_VERSION", mark: "\"scm\""),
  ]
}
