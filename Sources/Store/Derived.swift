public import Model
import SystemPackage

extension Store {
  /// The object that a stage made from inputs of this key; nil when it was not made yet or is gone.
  ///
  /// The key is a digest over everything that the stage's output depends on, the stage's own version included.
  public func derived(_ key: SHA256Digest) -> SHA256Digest? {
    let path = fan("derived", key)
    guard let file = try? FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec]) else { return nil }
    defer { try? file.close() }
    var text = ""
    try? FileBytes.forEach(of: file) { bytes in
      guard text.utf8.count + bytes.byteCount <= 64 else { throw Errno.fileTooLarge }
      text += unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
    return SHA256Digest(hex: text)
  }

  /// Remembers which object a stage made from inputs of this key.
  public func recordDerived(_ key: SHA256Digest, as object: SHA256Digest) throws(StoreError) {
    let scratch = try makeScratch()
    let aside = scratch.path.appending("derived")
    try explaining("writing", aside) {
      let file = try FileDescriptor.open(
        aside, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerRead, .groupRead, .otherRead])
      try file.closeAfter {
        try FileBytes.write(unsafe Array(object.hex.utf8).span.bytes, to: file)
        try Disk.sync(file)
      }
    }
    try publish(aside, at: fan("derived", key))
  }
}
