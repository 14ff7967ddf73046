import Model

/// The operating system of the builder, as line endings and fields of archives tell it.
struct BuilderSystem: CauseRule {
  let name = "builder-system"
  let summary = "line endings, path separators and the system that an archive names"

  func finding(_ subject: Subject) -> Finding? {
    if subject.difference.role == .platform, !subject.difference.isInode {
      return Finding(0.9, "a field that names the builder's system: \(subject.shown)")
    }
    if subject.region.elementsEqual("line endings".utf8) { return Finding(0.97, "only the line endings differ") }
    if subject.region.elementsEqual("byte order mark".utf8) { return Finding(0.85, "only a byte order mark differs") }
    guard subject.isReadable, subject.shipped.excerpt == nil else { return nil }
    let (shipped, rebuilt) = (subject.shipped.bytes, subject.rebuilt.bytes)
    guard shipped.contains(0x0D) != rebuilt.contains(0x0D) || shipped.contains(0x5C) != rebuilt.contains(0x5C) else {
      return nil
    }
    if shipped.lazy.filter({ $0 != 0x0D }).elementsEqual(rebuilt.lazy.filter { $0 != 0x0D }) {
      return Finding(0.97, "only the line endings differ")
    }
    let slashes = [shipped, rebuilt].map { $0.lazy.filter { $0 != 0x0D }.map { $0 == 0x5C ? 0x2F : $0 } }
    return slashes[0].elementsEqual(slashes[1]) ? Finding(0.88, "only the separators in paths differ") : nil
  }

  func fix(_ subject: Subject) -> String {
    "build on the system that the shipped one names; git config core.autocrlf false, newline=\"\\n\" when writing"
  }
}
