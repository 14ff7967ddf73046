import Model
import Reports

/// Results of each kind, made up but shaped as checks make them.
enum SampleResults {
  static let all: [(name: String, result: ReportedResult)] =
    checks.map { ($0.name, .check($0.result)) } + [
      ("compared", .comparison(compared)), ("compared-equal", .comparison(comparedEqual)),
    ]

  private static let checks: [(name: String, result: CheckResult)] = [
    ("reproduced", reproduced), ("reproduced-several", several), ("different-steady", steady),
    ("different-unsteady", unsteady), ("different-unrepeated", unrepeated), ("equivalent", equivalent),
    ("equivalent-contents", equivalentContents), ("refused", refused),
    ("missing-input", missingInput), ("build-failed", buildFailed), ("limit-hit", limitHit),
    ("machine-failed", machineFailed), ("hostile", hostile), ("explained", explained),
  ]

  static let compared = ComparisonResult(program: program, artifacts: explained.artifacts)

  static let comparedEqual = ComparisonResult(program: program, artifacts: [equal("app", 7)])

  static let reproduced = result(
    .reproduced, artifacts: [equal("catdoc_0.95-6~deb12u1_amd64.deb", 123_456)],
    stages: [
      StageResult(name: "lock", seconds: 0.25, note: "2 inputs, 147 packages"),
      StageResult(name: "build", seconds: 5.5),
    ])

  static let several = result(
    .reproduced,
    artifacts: [equal("a.deb", 1), equal("b-with-a-name-that-is-much-longer-than-the-others_1.0-1_all.deb", 1 << 30)])

  static let steady = result(
    .different, deterministic: true,
    artifacts: [
      unequal(
        "bioawk_1.0-4_amd64.deb",
        [
          Difference(
            id: "d1", path: ["control.tar.xz", "./md5sums"], region: "line 1", kind: .text, offset: 0, length: 32,
            shipped: "1b2c  usr/bin/bioawk", rebuilt: "9f8e  usr/bin/bioawk"),
          Difference(
            id: "d2", path: ["data.tar.xz", "./usr/bin/bioawk"], region: "mode", kind: .value, shipped: "0755",
            rebuilt: "0644"),
          Difference(
            id: "d3", path: ["data.tar.xz", "./usr/bin/bioawk"], kind: .bytes, offset: 1234, length: 20,
            shipped: "01 02 03", rebuilt: "04 05 06",
            cause: Cause(name: "toolchain", confidence: 0.5, evidence: "a build-id"), fix: "pin gcc-12"),
          Difference(id: "d4", path: ["data.tar.xz", "./usr/share/doc/x"], kind: .missing, shipped: "file, 12 bytes"),
          Difference(id: "d5", path: ["data.tar.xz"], kind: .order, shipped: "a, b", rebuilt: "b, a"),
        ])
    ])

  static let unsteady = result(
    .different, deterministic: false,
    artifacts: [
      equal("six-1.17.0.tar.gz", 34_000),
      unequal(
        "six-1.17.0-py2.py3-none-any.whl",
        (1...30).map { number in
          Difference(
            id: "d\(number)", path: ["six/file\(number).py"], region: "mtime", kind: .value,
            shipped: "2024-12-04 17:35:\(9 + number)", rebuilt: "2026-01-01 00:00:00",
            cause: Cause(name: "clock", confidence: 1, evidence: "a modification time"))
        }),
    ])

  static let unrepeated = result(
    .different,
    artifacts: [
      unequal(
        "firmware.bin",
        [Difference(id: "d1", path: [], kind: .bytes, offset: 0, length: 1, shipped: "00", rebuilt: "01")])
    ])

  static let equivalent = result(
    .equivalent,
    artifacts: [
      ArtifactResult(
        name: "driver.ko", verdict: .equivalent, shipped: file(1), rebuilt: file(2),
        differences: [
          Difference(
            id: "d1", path: [], region: "signature", kind: .missing, offset: 4096, length: 4,
            exception: "module-signature: the vendor signs its modules")
        ], reconstruction: reconstruction)
    ])

  /// Some of it could not be compressed again.
  static let equivalentContents = result(
    .equivalent,
    artifacts: [
      ArtifactResult(
        name: "drivers.deb", verdict: .equivalent, shipped: file(1), rebuilt: file(2),
        differences: [
          Difference(
            id: "d1", path: ["data.tar.xz", "driver.ko"], region: "signature", kind: .missing, offset: 4096, length: 4,
            exception: "module-signature: the vendor signs its modules")
        ],
        reconstruction: Reconstruction(
          sha256: nil, decodedOnly: [["data.tar.xz"]], exceptions: reconstruction.exceptions,
          patches: reconstruction.patches))
    ])

  /// An exception that does not account for what differs.
  static let refused = result(
    .different, deterministic: true,
    artifacts: [
      ArtifactResult(
        name: "driver.ko", verdict: .different, shipped: file(1), rebuilt: file(2),
        differences: [
          Difference(id: "d1", path: [], region: "signature", kind: .missing, offset: 4096, length: 1472),
          Difference(
            id: "d2", path: [], region: "verification of the signature", role: .signature, kind: .missing,
            shipped: "the signature does not hold: it is not a signature of these bytes"),
        ],
        reconstruction: Reconstruction(
          sha256: nil, exceptions: reconstruction.exceptions, patches: [],
          refusals: [
            Reconstruction.Refusal(
              path: [], reason: "the signature does not hold: it is not a signature of these bytes\u{1B}[2J")
          ]))
    ])

  private static let reconstruction = Reconstruction(
    sha256: digest(1),
    exceptions: [
      DeclaredException(
        kind: .moduleSignature, place: ".", reason: "the vendor signs its modules",
        verify: .certificates("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
    ],
    patches: [
      Reconstruction.Patch(
        path: [], offset: 4096, removed: "", inserted: "01020304", what: "signature", exception: 0,
        signer: "verified: CN=Vendor, serial number 2a, certificate sha256 00ff"),
      Reconstruction.Patch(
        path: [], offset: 12, removed: "00", inserted: "2a", what: "size", exception: nil),
    ])

  static let missingInput = inconclusive(
    .missingInput, "fetching catdoc_0.95.orig.tar.gz: found other bytes than the lock says",
    details: [
      "expected sha256 \(digest(1).hex)", "found sha256 \(digest(2).hex)", "looked in the store and at the index",
    ],
    advice: "run `verbatim lock --update` to see what changed, and review it before you accept it")

  static let buildFailed = inconclusive(
    .buildFailed, "building catdoc: the step `dpkg-buildpackage -us -uc -b` ended with exit code 2",
    details: ["make: *** [Makefile:12: all] Error 1"])

  static let limitHit = inconclusive(.limitHit, "building catdoc: it ran longer than 30 minutes")

  static let machineFailed = inconclusive(
    .machineFailed, "setting up the sandbox: this kernel allows no user namespaces",
    advice: "run `verbatim doctor`, which says how to allow them")

  /// Names and values that try to move the cursor, to hide, to pose as something else and to be endless.
  static let hostile = result(
    .different, deterministic: true,
    artifacts: [
      unequal(
        "\u{1B}[2J\u{1B}[31mREPRODUCED\u{7}",
        [
          Difference(
            id: "d1", path: ["evil\u{202E}gpj.exe", "two\nlines", String(repeating: "x", count: 5000)],
            region: "name\r", kind: .value, shipped: "\u{9B}31m\u{200B}zero\u{85}width", rebuilt: "名前 e\u{301}\t\0"),
          Difference(id: "d2", path: Array(repeating: "deep", count: 64), kind: .bytes),
        ])
    ])

  static func digest(_ seed: UInt8) -> SHA256Digest {
    guard let digest = SHA256Digest(bytes: (0..<32).map { seed &* 31 &+ $0 &* 7 }) else {
      preconditionFailure("32 bytes are a SHA-256")
    }
    return digest
  }

  private static func inconclusive(
    _ kind: InconclusiveReason.Kind, _ message: String, details: [String] = [], advice: String? = nil
  ) -> CheckResult {
    CheckResult(
      program: program, verdict: .inconclusive,
      reason: InconclusiveReason(kind: kind, message: message, details: details, advice: advice), recipe: recipe)
  }

  static func result(
    _ verdict: Verdict, deterministic: Bool? = nil, artifacts: [ArtifactResult], stages: [StageResult] = []
  ) -> CheckResult {
    CheckResult(
      program: program, verdict: verdict, deterministic: deterministic,
      recipe: recipe, source: source,
      environment: EnvironmentIdentity(
        sha256: digest(7), layers: [digest(8), digest(9)],
        packages: [PackageIdentity(name: "gcc-12", version: "12.2.0-14", architecture: "amd64", sha256: digest(10))]),
      confinement: ["user namespaces", "seccomp"], artifacts: artifacts, stages: stages)
  }

  static let program = ProgramIdentity(name: "verbatim", version: "0.1.0")

  private static let recipe = RecipeIdentity(
    name: "catdoc", version: "0.95-6~deb12u1", digest: digest(3), lock: digest(4))

  private static let source: [SourceIdentity] =
    SWHID("swh:1:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904").map {
      [
        SourceIdentity(
          name: "catdoc", swhid: $0, sha256: digest(5), entries: 321,
          archives: [FileIdentity(name: "catdoc_0.95.orig.tar.gz", sha256: digest(6), size: 217_779)])
      ]
    } ?? []

  private static func file(_ seed: UInt8) -> FileIdentity {
    FileIdentity(sha256: digest(seed), size: Int64(seed) * 1000)
  }

  private static func equal(_ name: String, _ size: Int64) -> ArtifactResult {
    let file = FileIdentity(name: name, sha256: digest(11), size: size)
    return ArtifactResult(name: name, verdict: .reproduced, shipped: file, rebuilt: file)
  }

  private static func unequal(_ name: String, _ differences: [Difference]) -> ArtifactResult {
    ArtifactResult(
      name: name, verdict: .different, shipped: file(1), rebuilt: file(2), differences: differences)
  }
}
