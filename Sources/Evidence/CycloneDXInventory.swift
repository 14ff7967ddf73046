import Digests
import Model

/// What went into a check and what is claimed of its artifacts, as CycloneDX 1.6.
///
/// `components` are the shipped artifacts, `formulation` is how they were rebuilt and from what, and `declarations` say
/// who claims what of each and on which evidence; `thirdParty` tells an evaluator's claim from a vendor's own.
public struct CycloneDXInventory: Sendable {
  private let record: CheckRecord
  private let isThirdParty: Bool

  /// Prepares the inventory of a check.
  public init(_ record: CheckRecord, isThirdParty: Bool) {
    self.record = record
    self.isThirdParty = isThirdParty
  }

  /// The document; the same bytes for the same record.
  public var bytes: [UInt8] {
    JSONTree.members([
      "$schema": .text("http://cyclonedx.org/schema/bom-1.6.schema.json"), "bomFormat": .text("CycloneDX"),
      "specVersion": .text("1.6"), "version": .integer(1), "metadata": metadata,
      "components": .list(artifacts.map(\.component)), "formulation": .list([formula]), "declarations": declarations,
      "definitions": .members(["standards": .list([Self.standard])]),
    ]).bytes + [0x0A]
  }

  private var result: CheckResult { record.result }

  /// A shipped artifact, and what refers to it.
  private struct Artifact {
    let result: ArtifactResult
    let number: Int
    var reference: String { "artifact-\(number)" }
    var isPassed: Bool { result.verdict == .reproduced }
    var component: JSONTree {
      .members([
        "type": .text("file"), "bom-ref": .text(reference), "name": .text(result.name),
        "hashes": result.shipped.map { CycloneDXInventory.hashes($0.sha256) },
      ])
    }
  }

  private var artifacts: [Artifact] {
    result.artifacts.enumerated().map { Artifact(result: $1, number: $0 + 1) }
  }

  private var metadata: JSONTree {
    .members([
      "timestamp": record.timeText,
      "tools": .members([
        "components": .list([
          .members([
            "type": .text("application"), "name": .text(result.program.name), "version": .text(result.program.version),
          ])
        ])
      ]),
      "component": .members([
        "type": .text("application"), "bom-ref": .text("product"), "name": .text(result.recipe.name),
        "version": .text(result.recipe.version),
      ]),
    ])
  }

  fileprivate static func hashes(_ digest: SHA256Digest) -> JSONTree {
    .list([.members(["alg": .text("SHA-256"), "content": .text(digest.hex)])])
  }

  private static func reference(_ name: String) -> JSONTree { .members(["resource": .members(["ref": .text(name)])]) }

  /// How the artifacts were rebuilt: the inputs, one workflow, its outputs.
  private var formula: JSONTree {
    var components: [JSONTree] = []
    var inputs: [String] = []
    func add(
      _ reference: String, _ type: String, _ name: String, _ digest: SHA256Digest, version: String? = nil,
      url: String? = nil
    ) {
      components.append(
        .members([
          "type": .text(type), "bom-ref": .text(reference), "name": .text(name), "version": version.map(JSONTree.text),
          "hashes": Self.hashes(digest), "purl": url.map(JSONTree.text),
        ]))
      inputs.append(reference)
    }
    add("recipe", "file", "recipe.yaml", result.recipe.digest)
    if let lock = result.recipe.lock { add("lock", "file", "recipe.lock", lock) }
    for (number, source) in result.source.enumerated() {
      add("source-\(number + 1)", "file", source.name, source.sha256, version: source.swhid.description)
      for (place, archive) in source.archives.enumerated() {
        add("source-\(number + 1)-\(place + 1)", "file", archive.name ?? "archive", archive.sha256)
      }
    }
    for (number, package) in (result.environment?.packages ?? []).enumerated() {
      add(
        "package-\(number + 1)", "library", package.name, package.sha256, version: package.version,
        url: PackageURL.debian(package))
    }
    let outputs = artifacts.filter { $0.result.rebuilt != nil }
    for artifact in outputs {
      guard let rebuilt = artifact.result.rebuilt else { continue }
      components.append(
        .members([
          "type": .text("file"), "bom-ref": .text("rebuilt-\(artifact.number)"),
          "name": .text(rebuilt.name ?? artifact.result.name), "hashes": Self.hashes(rebuilt.sha256),
        ]))
    }
    return .members([
      "bom-ref": .text("rebuild"), "components": .list(components),
      "workflows": .list([
        .members([
          "bom-ref": .text("workflow"), "uid": .text("urn:verbatim:recipe:sha256:\(result.recipe.digest.hex)"),
          "name": .text("rebuild of \(result.recipe.name)"), "taskTypes": .list([.text("build")]),
          "inputs": .list(inputs.map(Self.reference)),
          "outputs": .list(
            outputs.map {
              .members(["type": .text("artifact"), "resource": .members(["ref": .text("rebuilt-\($0.number)")])])
            }),
        ])
      ]),
    ])
  }

  private var declarations: JSONTree {
    .members([
      "assessors": .list([
        .members([
          "bom-ref": .text("assessor"), "thirdParty": .bool(isThirdParty),
          "organization": .members(["name": .text(record.party)]),
        ])
      ]),
      "attestations": .list([
        .members([
          "summary": .text("What a rebuild of the locked source in the locked environment gave."),
          "assessor": .text("assessor"),
          "map": .list([
            .members([
              "requirement": .text("requirement-reproduced"),
              "claims": .list(artifacts.filter(\.isPassed).map { .text("claim-\($0.number)") }),
              "counterClaims": .list(artifacts.filter { !$0.isPassed }.map { .text("claim-\($0.number)") }),
              "conformance": .members([
                "score": .integer(result.verdict == .reproduced ? 1 : 0),
                "rationale": .text("The verdict on all artifacts is: \(result.verdict.rawValue)."),
              ]),
            ])
          ]),
        ])
      ]),
      "claims": .list(artifacts.map(claim)),
      "evidence": .list(evidence),
    ])
  }

  private func claim(_ artifact: Artifact) -> JSONTree {
    .members([
      "bom-ref": .text("claim-\(artifact.number)"), "target": .text(artifact.reference),
      "predicate": .text("The artifact is \(artifact.result.verdict.rawValue)."),
      "evidence": .list(evidenceNames.map { .text("evidence-\($0)") }),
    ])
  }

  private var evidenceNames: [String] { record.files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  private var evidence: [JSONTree] {
    evidenceNames.map { name in
      .members([
        "bom-ref": .text("evidence-\(name)"), "propertyName": .text("urn:verbatim:evidence:\(name)"),
        "description": .text("\(name), SHA-256 \(record.files[name]?.hex ?? "")"),
        "data": .list([.members(["name": .text(name), "contents": .members(["url": .text(name)])])]),
      ])
    }
  }

  /// What the claims are held against.
  private static let standard = JSONTree.members([
    "bom-ref": .text("standard"), "name": .text("Reproducible builds"), "owner": .text("reproducible-builds.org"),
    "description": .text(
      "A build is reproducible if given the same source code, build environment and build instructions, any party can "
        + "recreate bit-by-bit identical copies of all specified artifacts."),
    "requirements": .list([
      .members([
        "bom-ref": .text("requirement-reproduced"), "identifier": .text("bit-by-bit"),
        "title": .text("Bit-by-bit identical copies of all specified artifacts"),
      ])
    ]),
  ])
}
