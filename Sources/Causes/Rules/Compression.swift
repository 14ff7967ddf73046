import Model

/// How the same contents were compressed.
struct Compression: CauseRule {
  let name = "compression"
  let summary = "another implementation, level or method of compression of the same contents"

  func finding(_ subject: Subject) -> Finding? {
    guard subject.difference.role == .compression || subject.region.elementsEqual("packing".utf8) else { return nil }
    let isStream = subject.difference.kind == .bytes
    return Finding(
      isStream ? 0.93 : 0.95,
      isStream ? "the same contents, compressed differently" : "fields that say how it is compressed: \(subject.shown)")
  }

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "gzip": "use the same gzip (not pigz, not zlib) and level: gzip -9n"
    case "xz": "use the same xz with the same preset and --threads=1"
    case "zstd": "use the same zstd with the same level and -T1"
    case "deb": "dpkg-deb -Zxz -z6 --threads-max=1, as the shipped one"
    case "zip", "wheel", "jar", "apk": "use the same zlib (Fedora's is zlib-ng) and level, or store: zip -0"
    case "squashfs": "mksquashfs with the same -comp, -b and -processors 1"
    default: "use the same implementation, level and count of threads of the compression"
    }
  }
}
