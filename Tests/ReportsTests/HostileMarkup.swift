import Model

/// A result in which every text tries to be markup.
enum HostileMarkup {
  static let text =
    "\"'><img src=x onerror=alert(1)></script><b>|`[x](javascript:alert(1))`]]>&amp;\u{202E}\u{1B}[2J\u{0}\n# x\n"

  static let result = CheckResult(
    program: ProgramIdentity(name: text, version: text), verdict: .different,
    reason: InconclusiveReason(kind: .missingInput, message: text, details: [text], advice: text), deterministic: true,
    recipe: RecipeIdentity(name: text, version: text, digest: SampleResults.digest(1)),
    environment: EnvironmentIdentity(
      sha256: SampleResults.digest(2), layers: [],
      packages: [PackageIdentity(name: text, version: text, architecture: text, sha256: SampleResults.digest(3))]),
    confinement: [text], artifacts: [artifact], stages: [StageResult(name: text, seconds: 1, note: text)])

  private static let artifact = ArtifactResult(
    name: text, verdict: .different, shipped: FileIdentity(name: text, sha256: SampleResults.digest(4), size: 1),
    rebuilt: FileIdentity(name: text, sha256: SampleResults.digest(5), size: 2),
    differences: [
      Difference(
        id: text, path: [text], region: text, format: text, role: .name, kind: .value, offset: 1, length: 1,
        shipped: text, rebuilt: text, cause: Cause(name: text, confidence: .nan, evidence: text), fix: text,
        exception: text),
      Difference(
        id: text + "2", path: [text, text], region: text, format: text, kind: .bytes, shipped: text, rebuilt: nil,
        cause: Cause(name: text, confidence: 1, evidence: text, follows: text), fix: text),
    ],
    accounting: [
      Accounting(
        path: [], format: text, shipped: .init(size: 1, named: 1), rebuilt: .init(size: 2, named: 2),
        segments: [.init(length: 1, state: .named)]),
      Accounting(path: [text], format: text, shipped: .init(size: 1), rebuilt: .init(size: 2, unexplained: 2)),
    ])
}
