import Model

/// Formats whose fields at a member's path are about that member's bytes.
enum ContainerFormats {
  static let names: Set<String> = [
    "ar", "tar", "gzip", "xz", "bzip2", "zstd", "lz4", "lzip", "lzma", "zip", "wheel", "jar", "apk", "nupkg",
    "zlib", "compress", "cpio", "RPM", "ISO 9660", "7z", "cabinet", "xar", "squashfs", "cramfs", "ext file system",
    "UBI", "UBIFS", "uImage", "Android boot image", "Android vendor boot image", "archive", "folder",
  ]

  /// Formats of programs, which compilers make.
  static let programs: Set<String> = [
    "ELF", "PE", "COFF object", "Mach-O", "WebAssembly", "Java class", "Python bytecode",
  ]

  /// Those whose checksums are of members alone.
  static let ofMembers: Set<String> = [
    "zip", "wheel", "jar", "apk", "nupkg", "gzip", "xz", "bzip2", "zstd", "lz4", "lzip", "tar", "7z", "cpio",
  ]
}

extension Difference {
  /// Whether it is the size that a Debian package says it takes.
  var isInstalledSize: Bool {
    region?.hasPrefix("Installed-Size") ?? false || shipped?.hasPrefix("Installed-Size:") ?? false
  }

  /// Whether it is a table that a linker or an archiver makes of the places or names of other parts.
  var isOfPlaces: Bool {
    if format == "ar" { return region?.contains("symbol names") ?? false }
    return format == "ELF" && role == .data && region?.hasPrefix(".eh_frame") ?? false
  }

  /// Whether it is the number that a file system or an archiver gave a file.
  var isInode: Bool { role == .platform && kind == .value && region?.contains("inode") ?? false }

  /// Whether it is in a section for debuggers.
  var isOfDebugger: Bool { isInProgram && region?.hasPrefix(".debug_") ?? false }

  /// Whether a program is what it is in.
  var isInProgram: Bool { format.map { ContainerFormats.programs.contains($0) } ?? false }

  /// Whether it is an entry of a table that names the parts of a program.
  var isOfTable: Bool {
    guard isInProgram, kind == .missing || kind == .extra, let region else { return false }
    if format == "Java class" { return role == .name }
    guard [.flags, .name, nil].contains(role) else { return false }
    return ["section header", ".strtab", ".shstrtab", ".symtab"].contains { region.hasPrefix($0 + " ") }
  }

  /// Whether both values say the same, and only the bytes that refer to it differ: `main.c (51 00)`.
  var isSameValue: Bool {
    guard kind == .value, isInProgram, let shipped, let rebuilt, shipped.hasSuffix(")"), rebuilt.hasSuffix(")") else {
      return false
    }
    guard let end = shipped.range(ofLast: " ("), let other = rebuilt.range(ofLast: " (") else { return false }
    return shipped[..<end] == rebuilt[..<other]
  }

  /// Whether it is more or fewer zero bytes, or a newline, where something is filled up.
  var isFill: Bool {
    guard role == .padding || (role == .data && isInProgram && kind != .bytes),
      kind == .missing || kind == .extra || shipped?.utf8.count != rebuilt?.utf8.count
    else {
      return false
    }
    return [shipped, rebuilt].allSatisfy { side in
      guard let side else { return true }
      let digits = side.utf8.prefix { $0 != UInt8(ascii: "|") }
      if role == .padding, isInProgram, Self.isNops(digits) { return true }
      // Other bytes in padding are worth a look, however many there are.
      return side == "0a" || digits.allSatisfy { $0 == UInt8(ascii: "0") || $0 == 0x20 }
        || (digits.prefix(3).elementsEqual("0a ".utf8) && digits.dropFirst(3).allSatisfy { $0 == 0x20 })
    }
  }

  /// Whether pairs of hexadecimal digits are instructions that do nothing.
  private static func isNops(_ digits: Substring.UTF8View) -> Bool {
    let pairs = digits.split(separator: 0x20).map { Hexadecimal.bytes(String(decoding: $0, as: UTF8.self)) }
    return !pairs.contains(nil) && !pairs.isEmpty && NopFill.isAll(pairs.compactMap { $0 }.joined())
  }

  /// Whether it is a field of a zip entry that only says how the entry is packed.
  var isPackingField: Bool {
    guard format == "zip", let region else { return false }
    if region.hasSuffix("version needed") || region.hasSuffix("creator version") { return true }
    if region == "content" || region == "data descriptor" { return kind == .missing || kind == .extra }
    guard region.hasSuffix("flags"), let shipped, let rebuilt else { return false }
    func others(_ flags: String) -> [Substring] {
      flags.split(separator: ",").map { $0.drop { $0 == " " } }
        .filter { $0 != "data descriptor" && $0 != "none" && !$0.contains("compression") }
    }
    return others(shipped) == others(rebuilt)
  }
}

extension String {
  /// Where a text of two characters begins last; nil where it is not in it.
  fileprivate func range(ofLast pair: String) -> Index? {
    indices.reversed().first { self[$0...].hasPrefix(pair) }
  }
}
