extension UnpackRule {
  /// All rules; `Documentation/Unpacking.md` shows them.
  public static let all: [UnpackRule] = [
    .init(
      name: .absoluteName, action: .refused, meaning: "a name that begins with `/`",
      reason: "It names a place outside the target."),
    .init(
      name: .parentName, action: .refused, meaning: "a name with `..` in it",
      reason: "It may name a place outside the target."),
    .init(
      name: .emptyName, action: .refused, meaning: "a name that is empty and not of a folder",
      reason: "There is nothing to create."),
    .init(
      name: .throughLink, action: .refused, meaning: "a name that leads through a symbolic link of the archive",
      reason: "It would be written where the link points."),
    .init(
      name: .notAFolder, action: .refused, meaning: "a name that leads through a file",
      reason: "The archive contradicts itself."),
    .init(
      name: .hardLinkTarget, action: .refused,
      meaning: "a hard link to what is not an earlier file of the archive",
      reason: "It would give the tree a file of the host, or none."),
    .init(
      name: .specialFile, action: .refused, meaning: "a device node, a named pipe or a socket",
      reason: "No source needs them; opening one can wait for ever or reach hardware."),
    .init(
      name: .unknownType, action: .refused, meaning: "an entry of a type that is not known",
      reason: "It cannot be created, and leaving it out would change the tree."),
    .init(
      name: .duplicateName, action: .refused, meaning: "two entries of one name that are not both folders",
      reason: "Which of them counts depends on the program, so a reviewer may have read the other one."),
    .init(
      name: .overlongName, action: .refused, meaning: "a name of more than 255 bytes, or a path of more than 4,095",
      reason: "No Linux file system holds it."),
    .init(
      name: .cutArchive, action: .refused, meaning: "an archive that ends before it is whole",
      reason: "A short file or tree would pass for the whole one."),
    .init(
      name: .missingEnd, action: .refused, meaning: "a tar without the blocks of zeros at its end",
      reason: "It cannot be told from one that was cut between two entries."),
    .init(
      name: .linkLeavesTree, action: .recorded, meaning: "a symbolic link to an absolute path or out of the tree",
      reason: "Sources have them; nothing here follows them."),
    .init(
      name: .setIDBits, action: .recorded, meaning: "setuid or setgid bits",
      reason: "They are removed: unpacked by root they would hand out its rights. Root file systems keep them."),
    .init(
      name: .repeatedFolder, action: .recorded, meaning: "two entries of one name that are both folders",
      reason: "Common and harmless; the later one's metadata count."),
    .init(
      name: .caseCollision, action: .recorded, meaning: "names in one folder that differ only by case",
      reason: "Linux tells them apart, as the kernel's own source needs; other systems do not."),
    .init(
      name: .unicodeCollision, action: .recorded, meaning: "names in one folder that differ only by Unicode form",
      reason: "Linux tells them apart, a reader cannot."),
    .init(
      name: .nameNotUTF8, action: .recorded, meaning: "a name that is not UTF-8",
      reason: "It is kept byte for byte, but shows differently everywhere."),
    .init(
      name: .controlCharacter, action: .recorded, meaning: "a name with control characters",
      reason: "It is kept, but can disturb what prints it."),
    .init(
      name: .loneEndBlock, action: .recorded, meaning: "a tar with one block of zeros at its end instead of two",
      reason: "Some programs write it, and the end is marked."),
    .init(
      name: .bytesAfterEnd, action: .recorded, meaning: "bytes other than zeros after the archive's end",
      reason: "They are not unpacked, so they are no part of the tree; other programs may read them."),
    .init(
      name: .attributeNotKept, action: .recorded,
      meaning: "an extended attribute, access control list or file flag that could not be set",
      reason: "The file system or the user's rights do not allow it."),
    .init(
      name: .ownerNotKept, action: .recorded, meaning: "an owner that could not be set though it was asked for",
      reason: "Only root may give files away."),
    .init(
      name: .readerWarning, action: .recorded, meaning: "anything else that libarchive warns of",
      reason: "It read on, so it was nothing that makes the data wrong."),
  ]

  /// The rule of a name.
  public static func rule(_ name: Name) -> UnpackRule {
    guard let rule = all.first(where: { $0.name == name }) else {
      preconditionFailure("the list of rules lacks \(name.rawValue)")
    }
    return rule
  }
}
