import Digests
import Model

/// What went into a check and what came out, as SPDX 3.0.1 with the build profile.
public struct SPDXInventory: Sendable {
  private let record: CheckRecord

  /// Prepares the inventory of a check.
  public init(_ record: CheckRecord) { self.record = record }

  /// The document; the same bytes for the same record.
  public var bytes: [UInt8] {
    var graph = SPDXGraph(namespace: "urn:verbatim:check:sha256:\(identity)", time: record.timeText)
    let party = graph.add(
      "Agent", "party", ["name": .text(record.party)])
    graph.creator = party
    let tool = graph.add(
      "Tool", "tool", ["name": .text("\(result.program.name) \(result.program.version)")])
    let build = graph.add(
      "build_Build", "build",
      [
        "name": .text("rebuild of \(result.recipe.name) \(result.recipe.version)"),
        "build_buildType": .text(StatementType.build),
        "build_buildId": .text(result.recipe.digest.hex), "build_buildStartTime": record.timeText,
        "build_buildEndTime": record.timeText,
        "build_configSourceDigest": .list([SPDXGraph.hash(result.recipe.digest)]),
        "build_configSourceEntrypoint": .list([.text("recipe.yaml")]),
      ])
    let inputs = inputs(&graph)
    let outputs = outputs(&graph)
    graph.relate(build, "hasInput", inputs)
    graph.relate(build, "hasOutput", outputs.map(\.rebuilt))
    graph.relate(build, "usesTool", [tool])
    graph.relate(build, "invokedBy", [party])
    for output in outputs where output.isCopy { graph.relate(output.rebuilt, "copiedTo", [output.shipped]) }
    return graph.document(
      name: "check of \(result.recipe.name) \(result.recipe.version): \(result.verdict.rawValue)",
      roots: outputs.map(\.shipped))
  }

  private var result: CheckResult { record.result }

  /// What tells this document from others.
  private var identity: String {
    (record.files["report.json"] ?? SHA256Digest.of(record.evaluatorReport)).hex
  }

  private func inputs(_ graph: inout SPDXGraph) -> [String] {
    var inputs = [graph.file("recipe", "recipe.yaml", result.recipe.digest)]
    if let lock = result.recipe.lock { inputs.append(graph.file("lock", "recipe.lock", lock)) }
    for (number, source) in result.source.enumerated() {
      inputs.append(
        graph.add(
          "software_Package", "source-\(number + 1)",
          [
            "name": .text(source.name), "software_primaryPurpose": .text("source"),
            "verifiedUsing": .list([SPDXGraph.hash(source.sha256)]),
            "software_contentIdentifier": .list([
              .members([
                "type": .text("software_ContentIdentifier"),
                "software_contentIdentifierType": .text("swhid"),
                "software_contentIdentifierValue": .text(source.swhid.description),
              ])
            ]),
          ]))
      for (place, archive) in source.archives.enumerated() {
        inputs.append(
          graph.file("source-\(number + 1)-\(place + 1)", archive.name ?? "archive", archive.sha256, purpose: "archive")
        )
      }
    }
    for (number, package) in (result.environment?.packages ?? []).enumerated() {
      inputs.append(
        graph.add(
          "software_Package", "package-\(number + 1)",
          [
            "name": .text(package.name), "software_packageVersion": .text(package.version),
            "software_packageUrl": .text(PackageURL.debian(package)),
            "verifiedUsing": .list([SPDXGraph.hash(package.sha256)]),
          ]))
    }
    return inputs
  }

  private func outputs(_ graph: inout SPDXGraph) -> [(rebuilt: String, shipped: String, isCopy: Bool)] {
    result.artifacts.enumerated().compactMap { number, artifact in
      guard let rebuilt = artifact.rebuilt, let shipped = artifact.shipped else { return nil }
      return (
        graph.file("rebuilt-\(number + 1)", rebuilt.name ?? artifact.name, rebuilt.sha256),
        graph.file(
          "shipped-\(number + 1)", artifact.name, shipped.sha256,
          comment: "The shipped artifact; the verdict is: \(artifact.verdict.rawValue)."),
        artifact.verdict == .reproduced
      )
    }
  }
}
