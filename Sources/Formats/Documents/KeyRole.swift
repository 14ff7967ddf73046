import Model

/// What the value of a key is for, told by the key's words; for formats that let anyone choose keys.
enum KeyRole {
  static func role(of key: some StringProtocol) -> Difference.Role {
    for word in words(of: key) {
      if let role = roles[word] { return role }
    }
    return .data
  }

  /// The words of `buildDate`, `build_date`, `build-date` or `dc:date`, in small letters, the last one first.
  private static func words(of key: some StringProtocol) -> [String] {
    var words: [String] = []
    var word = ""
    for scalar in key.unicodeScalars.prefix(100) {
      let isSmall = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
      let isCapital = ("A"..."Z").contains(scalar)
      if !isSmall, !word.isEmpty, !isCapital || word.unicodeScalars.last.map({ !("A"..."Z").contains($0) }) == true {
        words.append(word.lowercased())
        word = ""
      }
      if isSmall || isCapital { word.unicodeScalars.append(scalar) }
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    return words.reversed()
  }

  private static let roles: [String: Difference.Role] = [
    "date": .time, "time": .time, "timestamp": .time, "mtime": .time, "created": .time, "modified": .time,
    "version": .version, "revision": .version, "commit": .version,
    "generator": .generator, "producer": .generator, "compiler": .generator,
    "uuid": .identity, "guid": .identity,
    "sha1": .checksum, "sha256": .checksum, "sha512": .checksum, "md5": .checksum, "checksum": .checksum,
    "digest": .checksum, "integrity": .checksum,
    "signature": .signature, "hostname": .host, "host": .host, "user": .owner, "username": .owner,
    "cwd": .path, "directory": .path,
  ]
}
