import RecipeFormat

/// One rule: what it looks for in a package, and which setting follows.
struct DebianRule: Sendable {
  let name: String
  let apply: @Sendable (DebianFacts, inout DebianPlan) -> [Inference]

  /// All rules, in the order in which they are applied; a new one is one entry here.
  static let all: [DebianRule] = [path, rebuildEntry, debhelper, perl, podMan, builtUsing, buildInfo]

  static let packages = "environment.debian.packages"
  private static let said = 1.0
  private static let follows = 0.9
  private static let likely = 0.7

  /// Debian's builders have used one form of path since 2018.
  static let path = DebianRule(name: "the builders' path") { facts, plan in
    [
      Inference(
        setting: "build.path", value: plan.path,
        evidence: "Debian's own builders build in such a folder; \(facts.file.name) does not say where it was built",
        confidence: likely)
    ]
  }

  /// `+b1`: the archive rebuilt the same source, with an entry of its own on top of the changelog.
  static let rebuildEntry = DebianRule(name: "a rebuild by the archive") { facts, plan in
    let file = facts.file
    guard file.version != file.sourceVersion || !file.rebuildEntry.isEmpty else { return [] }
    guard !file.rebuildEntry.isEmpty else {
      plan.questions.append(
        "\(file.version) is a rebuild of \(file.sourceVersion), whose changelog entry is in none of its files.")
      return []
    }
    let lines = file.rebuildEntry.map(quoted).joined(separator: " ")
    plan.run = [
      "{ printf '%s\\n' \(lines) ''; cat debian/changelog; } >../changelog && cat ../changelog >debian/changelog",
      "dpkg-buildpackage -us -uc -B",
    ]
    // That of the source is of the entry below.
    plan.epoch = .unset
    return [
      Inference(
        setting: "build.run", value: "the changelog's entry of \(file.version), then dpkg-buildpackage -B",
        evidence: "changelog.Debian.\(file.architecture).gz has it on top of that of \(file.sourceVersion)",
        confidence: said),
      Inference(
        setting: "build.epoch", value: "unset", evidence: "dpkg-buildpackage takes it from that entry",
        confidence: follows),
    ]
  }

  /// `# Automatically added by dh_installdeb/13.11.4`
  static let debhelper = DebianRule(name: "debhelper's marks") { facts, plan in
    facts.file.debhelper.flatMap { version in
      need(
        ["debhelper", "libdebhelper-perl"], version, "its maintainer scripts were written by dh_…/\(version)", facts,
        &plan)
    }
  }

  /// A package with a library for perl depends on at least the perl that it was built with.
  static let perl = DebianRule(name: "the perl that it was built with") { facts, plan in
    let relations = facts.file.dependencies.map { DebianRelation($0, architecture: facts.file.architecture) }
    guard relations.contains(where: { $0.alternatives.first?.name.hasPrefix("perlapi-") == true }) else { return [] }
    for relation in relations {
      guard let package = relation.alternatives.first, package.name == "perl" || package.name == "perl-base",
        let constraint = package.constraint, constraint.sign == ">="
      else { continue }
      // All that comes from perl's source must be of one version.
      let names = ["perl", "perl-base", "libperl-dev", "perl-modules-5.36", "libperl5.36"]
      return need(
        names.filter { facts.installed[$0] != nil }, constraint.version,
        "it depends on \(package.name) (>= \(constraint.version)), which dh_perl takes from the builder's", facts, &plan
      )
    }
    return []
  }

  /// Manual pages say which perl's podlators wrote them; that of another suite cannot be had.
  static let podMan = DebianRule(name: "Pod::Man") { facts, plan in
    guard let text = facts.file.podMan.first else { return [] }
    let known = ["bullseye": "4.14 (Pod::Simple 3.40)", "bookworm": "4.14 (Pod::Simple 3.43)"]
    if let expected = known[plan.suite], text.contains("Pod::Simple"), !text.hasPrefix(expected) {
      plan.questions.append("Its manual pages are of Pod::Man \(text); that of \(plan.suite) is \(expected).")
    }
    return [
      Inference(
        setting: "environment.debian.suite", value: plan.suite, evidence: "its manual pages are of Pod::Man \(text)",
        confidence: likely)
    ]
  }

  /// Sources whose code is in the package, at the version that was there.
  static let builtUsing = DebianRule(name: "Built-Using") { facts, plan in
    facts.file.builtUsing.flatMap { text -> [Inference] in
      guard let package = DebianRelation(text, architecture: facts.file.architecture).alternatives.first,
        let constraint = package.constraint, facts.installed[package.name] != nil
      else { return [] }
      return need([package.name], constraint.version, "its field Built-Using names \(text)", facts, &plan)
    }
  }

  /// What the builder wrote down.
  static let buildInfo = DebianRule(name: ".buildinfo") { facts, plan in
    guard let info = facts.buildInfo else { return [] }
    var inferences: [Inference] = []
    if let path = info.path, path.hasPrefix("/") {
      plan.path = path
      inferences.append(
        Inference(setting: "build.path", value: path, evidence: "the .buildinfo has it as Build-Path", confidence: said)
      )
    }
    for (name, value) in info.environment.sorted(by: { $0.key < $1.key })
    where ["DEB_BUILD_OPTIONS", "DEB_BUILD_PROFILES", "LANG", "LC_ALL", "TZ"].contains(name) {
      plan.variables[name] = value
      inferences.append(
        Inference(
          setting: "build.variables.\(name)", value: value, evidence: "the .buildinfo has it in Environment",
          confidence: said))
    }
    for (name, version) in info.installed where facts.installed[name] != version {
      inferences += need([name], version, "the .buildinfo has it among what was installed", facts, &plan)
    }
    return inferences
  }

  /// Pins packages to a version that the index lists; where it does not, says what is there in its place.
  private static func need(
    _ names: [String], _ version: String, _ evidence: String, _ facts: DebianFacts, _ plan: inout DebianPlan
  ) -> [Inference] {
    let first = names.first ?? ""
    if facts.installed[first] == version {
      return [Inference(setting: packages, value: "\(first) \(version)", evidence: evidence, confidence: said)]
    }
    guard facts.versions(first).contains(version) else {
      let there = facts.versions(first)
      plan.questions.append(
        "It needs \(first) \(version) (\(evidence)); "
          + (there.isEmpty ? "the index has none." : "the index has \(there.joined(separator: ", "))."))
      return []
    }
    for name in names where facts.versions(name).contains(version) { plan.pin(name, version) }
    return [Inference(setting: packages, value: "\(first)=\(version)", evidence: evidence, confidence: said)]
  }

  /// A word of the shell.
  private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}
