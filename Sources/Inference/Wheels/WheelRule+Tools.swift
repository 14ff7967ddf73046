import Model

/// Rules on the tools that made a wheel.
extension WheelRule {
  static let wheels = "environment.python.wheels"

  static let requirements = WheelRule(
    name: "requirements", evidence: "[build-system] of pyproject.toml, setup_requires of setup.cfg and setup.py",
    conclusion: "the wheels that the build needs"
  ) { facts, plan in
    requirements(of: facts.source, made: facts.backend, &plan)
  }

  /// What a source's build needs, and the back end that it names; where it names none, the tool that shows is taken.
  static func requirements(
    of source: SourceListing, made tool: BuildBackend?, _ plan: inout WheelPlan
  ) -> [Inference] {
    guard let table = source.buildSystem, let requires = table.requires else {
      if let tool, !tool.isSetuptools {
        plan.require(tool.project)
        plan.backend = tool.module
      } else {
        plan.require("setuptools")
      }
      for text in SetupRequirements.of(source) { plan.require(text) }
      return [
        Inference(
          setting: wheels, value: plan.requires.map(\.name).joined(separator: ", "),
          evidence: source.texts["pyproject.toml"] == nil
            ? "the source has no pyproject.toml" : "pyproject.toml of the source has no [build-system] that names any",
          confidence: Inference.follows)
      ]
    }
    for text in requires + SetupRequirements.of(source) { plan.require(text) }
    if let backend = table.backend { plan.backend = backend } else { plan.require("setuptools") }
    return [
      Inference(
        setting: wheels, value: plan.requires.map(\.name).joined(separator: ", "),
        evidence: "pyproject.toml of the source: requires = [" + requires.joined(separator: ", ") + "]",
        confidence: Inference.said)
    ]
  }

  static let upload = WheelRule(
    name: "upload", evidence: "the time at which the index got the wheel", conclusion: "no wheel newer than that"
  ) { facts, plan in
    guard let uploaded = facts.uploaded ?? facts.wheel.entries.map(\.time).max(), uploaded > WheelTime.hatchling else {
      return []
    }
    // A file from elsewhere tells only when its newest entry was made; its zone may be ahead.
    plan.newest = facts.uploaded ?? uploaded + 86_400
    return [
      Inference(
        setting: wheels, value: "none newer than \(TimeText.text(plan.newest))",
        evidence: facts.uploaded == nil
          ? "the newest entry of the wheel is of \(TimeText.text(uploaded))"
          : "the wheel was uploaded at \(TimeText.text(uploaded))",
        confidence: facts.uploaded == nil ? Inference.likely : Inference.follows)
    ]
  }

  static let generator = WheelRule(
    name: "generator", evidence: "Generator: of WHEEL", conclusion: "the back end and its version"
  ) { facts, plan in
    let (tool, version) = facts.wheel.generator
    guard let backend = facts.backend, ReleaseVersion(version) != nil else { return [] }
    plan.pins[backend.project] = version
    plan.require(backend.project)
    if backend.isSetuptools { plan.require("setuptools") }
    return [
      Inference(
        setting: wheels, value: "\(backend.project)==\(version)",
        evidence: "WHEEL says \"Generator: \(facts.wheel.wheel["Generator"] ?? tool)\"",
        confidence: Inference.said)
    ]
  }

  static let inTreeBackend = WheelRule(
    name: "in-tree-backend", evidence: "backend-path of pyproject.toml, and the version that Generator: names",
    conclusion: "the source's own back end, or the pinned one in its place"
  ) { facts, plan in
    guard let table = facts.source.buildSystem, let folders = table.backendPath, let module = table.backend else {
      return []
    }
    let package = String(module.prefix { $0 != ":" && $0 != "." })
    guard facts.source.has(package: package, below: folders) else { return [] }
    guard let backend = facts.backend, module.prefix(while: { $0 != ":" }) == backend.module else {
      // One around the back end that Generator names.
      plan.backendPath = folders
      return [
        Inference(
          setting: "build.run", value: "the source's own \(module)",
          evidence: "pyproject.toml names it and its folder, and the source has it", confidence: Inference.follows)
      ]
    }
    let version = facts.wheel.generator.version
    let own = facts.wheel.version
    let isOwn =
      ReleaseVersion(version) == nil || ReleaseVersion(version) == ReleaseVersion(own) || version.hasPrefix("0.0.0")
    if isOwn {
      plan.pins[backend.project] = nil
      plan.requires.removeAll { $0.name == backend.project }
      plan.backendPath = folders
      return [
        Inference(
          setting: wheels, value: "no \(backend.project): the source's own",
          evidence: "Generator names \(version.isEmpty ? "no version" : version), and the source is \(own)",
          confidence: Inference.follows)
      ]
    }
    return [
      Inference(
        setting: "build.run", value: "the back end of the environment, not the source's own",
        evidence: "Generator names \(version), and the source is \(own)", confidence: Inference.follows)
    ]
  }

  static let companionAge = WheelRule(
    name: "companion-age", evidence: "the back end was not the newest when the wheel was uploaded",
    conclusion: "the environment is older than the back end's next release"
  ) { facts, plan in
    guard let backend = facts.backend, let pin = plan.pins[backend.project], let version = ReleaseVersion(pin) else {
      return []
    }
    let asked = plan.requires.first { $0.name == backend.project }?.versions ?? .any
    guard let next = facts.next(after: version, of: backend.project, meeting: asked), next.uploaded < plan.newest else {
      return []
    }
    // Where METADATA shows a setuptools that was not out then, the environment was not that old.
    if let bound = plan.bounds["setuptools"], let releases = facts.releases["setuptools"],
      !releases.contains(where: { bound.contains($0.version) && $0.uploaded <= next.uploaded })
    {
      return []
    }
    plan.newest = next.uploaded
    return [
      Inference(
        setting: wheels, value: "none newer than \(TimeText.text(next.uploaded))",
        evidence: "\(backend.project) \(next.version) was out then, and \(pin) was used", confidence: Inference.likely)
    ]
  }

  static let olderWheel = WheelRule(
    name: "older-wheel", evidence: "RECORD has mode 0664 without a file type, though setuptools has bdist_wheel itself",
    conclusion: "an old wheel was installed as well, 0.38.4 at most"
  ) { facts, plan in
    guard facts.backend?.generator == "setuptools", let record = facts.wheel.metadataEntry("RECORD"),
      record.mode == 0o664
    else { return [] }
    plan.require("wheel")
    plan.bounds["wheel"] = VersionSpecifiers("<=0.38.4")
    return [
      Inference(
        setting: wheels, value: "wheel<=0.38.4",
        evidence: "RECORD has mode 0664 and no file type, as only wheel wrote it before 0.40",
        confidence: Inference.follows)
    ]
  }

  static let platformUnknown = WheelRule(
    name: "platform-unknown", evidence: "Platform: UNKNOWN in METADATA", conclusion: "setuptools 57.0 to 62.0"
  ) { facts, plan in
    guard facts.backend?.isSetuptools == true, facts.wheel.metadata["Platform"] == "UNKNOWN",
      plan.pins["setuptools"] == nil
    else { return [] }
    plan.bounds["setuptools"] = VersionSpecifiers("<62.1")
    return [
      Inference(
        setting: wheels, value: "setuptools<62.1",
        evidence: "METADATA says \"Platform: UNKNOWN\", which setuptools wrote to 62.0", confidence: Inference.follows)
    ]
  }

  static let noPlatform = WheelRule(
    name: "no-platform", evidence: "no Platform: in METADATA, of bdist_wheel", conclusion: "setuptools 62.1 or newer"
  ) { facts, plan in
    guard facts.backend?.generator == "bdist_wheel", facts.wheel.metadata["Platform"] == nil,
      plan.bounds["setuptools"] == nil
    else { return [] }
    plan.bounds["setuptools"] = VersionSpecifiers(">=62.1")
    return [
      Inference(
        setting: wheels, value: "setuptools>=62.1",
        evidence: "METADATA has no Platform, which older ones wrote even where nothing was known",
        confidence: Inference.follows)
    ]
  }

  static let licenceFile = WheelRule(
    name: "licence-file", evidence: "a licence in .dist-info, but no License-File: in METADATA",
    conclusion: "setuptools before 57"
  ) { facts, plan in
    let hasLicence = facts.wheel.entries.contains { entry in
      WheelFile.isMetadata(entry) && entry.name.split(separator: "/").last?.uppercased().hasPrefix("LICEN") == true
    }
    guard facts.backend?.isSetuptools == true, hasLicence, facts.wheel.metadata["License-File"] == nil,
      plan.pins["setuptools"] == nil
    else { return [] }
    plan.bounds["setuptools"] = VersionSpecifiers("<57")
    return [
      Inference(
        setting: wheels, value: "setuptools<57",
        evidence: "METADATA has no License-File, though .dist-info has a licence", confidence: Inference.likely)
    ]
  }

  static let setuptoolsNeedsWheel = WheelRule(
    name: "setuptools-needs-wheel", evidence: "setuptools before 70.1", conclusion: "wheel, which had bdist_wheel then"
  ) { facts, plan in
    guard facts.backend?.generator == "setuptools", let pin = plan.pins["setuptools"],
      let version = ReleaseVersion(pin), let first = ReleaseVersion("70.1"), version < first
    else { return [] }
    plan.require("wheel")
    return [
      Inference(
        setting: wheels, value: "wheel", evidence: "setuptools \(pin) takes bdist_wheel from it",
        confidence: Inference.follows)
    ]
  }

  static let pythonVersion = WheelRule(
    name: "python-version", evidence: "pip3.8 and the like in entry_points.txt", conclusion: "the builder's Python"
  ) { facts, plan in
    let text = facts.wheel.texts["entry_points.txt"] ?? ""
    for line in text.split(whereSeparator: \.isNewline) {
      let name = line.prefix { $0 != "=" && $0 != " " }
      guard name.hasPrefix("pip3."), let version = ReleaseVersion(name.dropFirst(3)) else { continue }
      let series = version.text
      guard series != facts.python.series else { return [] }
      return [
        Inference(
          setting: "environment.python.suite", value: "Python \(series); \(plan.suite) has \(facts.python.series)",
          evidence: "entry_points.txt names \(name)", confidence: Inference.follows)
      ]
    }
    return []
  }

  static let compiledModules = WheelRule(
    name: "compiled-modules", evidence: "a tag that is not none-any", conclusion: "a compiler and Python's headers"
  ) { facts, plan in
    guard !facts.wheel.tag.hasSuffix("-none-any") else { return [] }
    plan.packages += ["python3-dev"]
    return [
      Inference(
        setting: "environment.python.packages", value: "python3-dev",
        evidence: "the wheel is tagged \(facts.wheel.tag), so it has compiled parts", confidence: Inference.likely)
    ]
  }

  static let compressor = WheelRule(
    name: "compressor", evidence: "deflated entries that zlib gives at no level",
    conclusion: "zlib-ng without its new strategies, as Fedora has it in the place of zlib"
  ) { facts, plan in
    guard facts.packer == .other, facts.hasZlibReplacement else { return [] }
    plan.isZlibNG = true
    return [
      Inference(
        setting: "build.run", value: "zlib-ng in the place of zlib, as Fedora has it",
        evidence: "zlib gives its deflated entries at no level", confidence: Inference.likely),
      Inference(
        setting: "source", value: ZlibReplacement.source.file,
        evidence: "it has zlib-ng, a tool of the build that no package has so; nothing of it is shipped",
        confidence: Inference.follows),
    ]
  }
}
