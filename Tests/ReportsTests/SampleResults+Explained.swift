import Model

extension SampleResults {
  /// Causes, what follows from them, an exception, and an account of each byte.
  static let explained = result(
    .different, deterministic: true,
    artifacts: [
      ArtifactResult(
        name: "libgreet_1.2-1_amd64.deb", verdict: .different, shipped: FileIdentity(sha256: digest(1), size: 41_232),
        rebuilt: FileIdentity(sha256: digest(2), size: 41_240), differences: explainedDifferences,
        accounting: explainedAccounting)
    ])

  private static let explainedDifferences: [Difference] = [
    Difference(
      id: "d1", path: ["control.tar.xz", "./md5sums"], region: "line 1", format: "text", role: .checksum, kind: .text,
      offset: 0, length: 32, shipped: "1b2cf0aa31 usr/lib/libgreet.so.1", rebuilt: "9f8e7712c0 usr/lib/libgreet.so.1",
      cause: Cause(name: "checksum", confidence: 1, evidence: "it is the digest of a file that differs", follows: "d3")),
    Difference(
      id: "d2", path: ["data.tar.xz"], region: "mtime of ./usr/share/doc", format: "tar", role: .time, kind: .value,
      offset: 136, length: 4, shipped: "2024-12-04 17:35:09Z", rebuilt: "2026-01-01 00:00:00Z",
      cause: Cause(name: "clock", confidence: 0.98, evidence: "both values are times, two years apart"),
      fix: "tar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime"),
    Difference(
      id: "d3", path: ["data.tar.xz", "./usr/lib/libgreet.so.1"], region: ".text greet_person", format: "ELF",
      role: .code, kind: .bytes, offset: 4512, length: 37,
      shipped: "48 8d 3d 05 0e 00 00 e8 10 ff ff ff 5d c3 0f 1f  |H.=.........]...|",
      rebuilt: "48 8d 3d 1d 0e 00 00 e8 10 ff ff ff 5d c3 90 90  |H.=.........]...|",
      cause: Cause(name: "content", confidence: 0.4, evidence: "code of one function differs, and nothing explains it")),
    Difference(
      id: "d4", path: ["data.tar.xz", "./usr/lib/libgreet.so.1"], region: ".note.gnu.build-id", format: "ELF",
      role: .identity, kind: .value, offset: 624, length: 20, shipped: "1f262d343b424950575e656c737a81888f969da4",
      rebuilt: "3e454c535a61686f767d848b9299a0a7aeb5bcc3",
      cause: Cause(name: "build-id", confidence: 0.9, evidence: "it is a digest of the program", follows: "d3")),
    Difference(
      id: "d5", path: ["data.tar.xz", "./usr/lib/libgreet.so.1"], region: ".comment", format: "ELF", role: .generator,
      kind: .value, offset: 12_300, length: 3, shipped: "GCC: (Debian 12.2.0-14) 12.2.0",
      rebuilt: "GCC: (Debian 12.2.0-14+deb12u1) 12.2.0",
      cause: Cause(name: "toolchain", confidence: 0.95, evidence: "two versions of GCC"),
      fix: "build with gcc-12 12.2.0-14"),
    Difference(
      id: "d6", path: ["data.tar.xz", "./usr/lib/libgreet.so.1"], kind: .bytes, offset: 14_336, length: 8,
      shipped: "00 00 00 00 de ad be ef  |........|", rebuilt: "(ends here)"),
    Difference(
      id: "d7", path: ["_gpgorigin"], region: "signature", format: "deb", role: .signature, kind: .missing, offset: 0,
      length: 566, shipped: "file, 566 bytes",
      cause: Cause(name: "signature", confidence: 1, evidence: "an OpenPGP signature"),
      exception: "the vendor signs its packages"),
  ]

  private static let explainedAccounting: [Accounting] = [
    Accounting(
      path: [], format: "deb", shipped: .init(size: 41_232, named: 1_234),
      rebuilt: .init(size: 41_240, named: 1_242),
      segments: [
        .init(length: 132, state: .equal), .init(length: 400, state: .named), .init(length: 39_866, state: .equal),
        .init(length: 834, state: .named),
      ]),
    Accounting(
      path: ["data.tar.xz", "./usr/lib/libgreet.so.1"], format: "ELF",
      shipped: .init(size: 14_344, named: 60, unexplained: 8), rebuilt: .init(size: 14_336, named: 63),
      segments: [
        .init(length: 624, state: .equal), .init(length: 20, state: .named), .init(length: 13_692, state: .equal),
        .init(length: 8, state: .unexplained),
      ]),
    Accounting(
      path: ["control.tar.xz", "./md5sums"], format: "text", shipped: .init(size: 92, named: 32),
      rebuilt: .init(size: 92, named: 32)),
  ]
}
