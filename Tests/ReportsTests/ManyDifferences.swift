import Model
import Reports

/// Results as large as real packages make them.
enum ManyDifferences {
  /// One of as many as are wanted: half in folders of a hundred modules, each with several that follow from one.
  static func difference(_ number: Int) -> Difference {
    let module = number / 4
    let path = ["data.tar.xz", "./lib/modules/6.1.0/kernel/drivers/group\(module / 100)", "module\(module).ko"]
    let id = "d\(number)"
    switch number % 4 {
    case 0:
      return Difference(
        id: id, path: path, region: ".text probe", format: "ELF", role: .code, kind: .bytes, offset: Int64(number),
        length: 12, shipped: "48 8d 3d 05 0e 00 00 e8  |H.=.....|", rebuilt: "48 8d 3d 1d 0e 00 00 e8  |H.=.....|",
        cause: Cause(name: "content", confidence: 0.4, evidence: "code differs, and nothing explains it"))
    case 1:
      return Difference(
        id: id, path: path, region: ".note.gnu.build-id", format: "ELF", role: .identity, kind: .value, offset: 64,
        length: 20, shipped: "1f262d343b42495057\(number)", rebuilt: "3e454c535a61686f76\(number)",
        cause: Cause(name: "build-id", confidence: 0.9, evidence: "a digest of the module", follows: "d\(number - 1)"))
    case 2:
      return Difference(
        id: id, path: path, region: "mtime", format: "tar", role: .time, kind: .value, offset: 136, length: 12,
        shipped: "2024-12-04 17:35:09Z", rebuilt: "2026-01-01 00:00:00Z",
        cause: Cause(name: "clock", confidence: 0.98, evidence: "both values are times"),
        fix: "tar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime")
    default:
      return Difference(
        id: id, path: ["data.tar.xz", "./usr/share/doc/linux"], region: "line \(number)", format: "text", role: .text,
        kind: .text, offset: Int64(number), length: 40, shipped: "changed \(number) on the builder",
        rebuilt: "changed \(number) here")
    }
  }

  static func result(_ count: Int) -> ReportedResult {
    let artifact = ArtifactResult(
      name: "linux-image-6.1.0_amd64.deb", verdict: .different,
      shipped: FileIdentity(sha256: SampleResults.digest(1), size: 70_000_000),
      rebuilt: FileIdentity(sha256: SampleResults.digest(2), size: 70_000_100),
      differences: (0..<count).map(difference),
      accounting: [
        Accounting(
          path: [], format: "deb", shipped: .init(size: 70_000_000, named: 69_000_000),
          rebuilt: .init(size: 70_000_100, named: 69_000_100),
          segments: (0..<Accounting.segmentLimit).map {
            .init(length: 136_718, state: $0 % 3 == 0 ? .named : $0 % 50 == 7 ? .unexplained : .equal)
          })
      ])
    return .comparison(ComparisonResult(program: SampleResults.program, artifacts: [artifact]))
  }
}
