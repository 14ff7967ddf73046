import Model

/// SLSA Provenance v1 of a rebuild: what was built from what, by whom, and what came of it.
///
/// `Documentation/Formats/Evidence.md` describes the kind of build.
struct Provenance {
  let record: CheckRecord
  let artifact: ArtifactResult

  /// The statement on the rebuilt artifact; nil where there is none.
  func statement() throws(EvidenceError) -> Statement? {
    guard let rebuilt = artifact.rebuilt else { return nil }
    let name = rebuilt.name ?? artifact.name
    return try Statement(
      subjects: [ResourceDescriptor(name: name, digest: ["sha256": rebuilt.sha256.hex])],
      predicateType: StatementType.provenance,
      predicate: .members(["buildDefinition": definition, "runDetails": details]), named: "the provenance of \(name)")
  }

  private var result: CheckResult { record.result }

  private var definition: JSONTree {
    .members([
      "buildType": .text(StatementType.build),
      "externalParameters": .members([
        "recipe": .members([
          "name": .text(result.recipe.name), "version": .text(result.recipe.version),
          "digest": .texts(["sha256": result.recipe.digest.hex]),
        ]),
        "artifact": .text(artifact.name),
      ]),
      "internalParameters": .members([
        "lock": result.recipe.lock.map { .members(["digest": .texts(["sha256": $0.hex])]) },
        "confinement": result.confinement.map { .list($0.map(JSONTree.text)) },
      ]),
      "resolvedDependencies": .list(dependencies.map(\.tree)),
    ])
  }

  private var dependencies: [ResourceDescriptor] {
    var found: [ResourceDescriptor] = []
    for source in result.source {
      // Git's tree of the same files has this digest unless there are empty folders.
      found.append(
        ResourceDescriptor(
          name: source.name, uri: source.swhid.description, digest: ["sha256": source.sha256.hex],
          annotations: .members(["entries": .integer(source.entries)])))
      found += source.archives.map { ResourceDescriptor(name: $0.name, digest: ["sha256": $0.sha256.hex]) }
    }
    guard let environment = result.environment else { return found }
    found.append(ResourceDescriptor(name: "environment", digest: ["sha256": environment.sha256.hex]))
    found += environment.packages.map { package in
      ResourceDescriptor(
        name: package.name, uri: PackageURL.debian(package), digest: ["sha256": package.sha256.hex])
    }
    return found
  }

  private var details: JSONTree {
    let manifests = result.source.map {
      ResourceDescriptor(name: "manifest of \($0.name)", digest: ["sha256": $0.sha256.hex])
    }
    // Builds log names of temporary files and the like, so that a log's digest would make the provenance of each run
    // another one; the statement on the views has it.
    let log = record.files["build.log"].map { _ in
      ResourceDescriptor(name: "build.log", uri: StatementType.log, mediaType: "text/plain")
    }
    let files = [log, record.file("report.json", mediaType: "application/json")]
    return .members([
      "builder": .members([
        "id": .text(record.party), "version": .texts([result.program.name: result.program.version]),
      ]),
      "metadata": .members(["startedOn": record.timeText, "finishedOn": record.timeText]),
      "byproducts": .list((manifests + files.compactMap { $0 }).map(\.tree)),
    ])
  }
}
