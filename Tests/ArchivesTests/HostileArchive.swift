import Archives
import TestFixtures
import Testing

/// An archive that a rule refuses or records, built in code.
struct HostileArchive: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let rule: UnpackRule.Name
  let bytes: [UInt8]

  init(_ description: String, _ rule: UnpackRule.Name, _ bytes: [UInt8]) {
    testDescription = description
    self.rule = rule
    self.bytes = bytes
  }

  private static func tar(_ dialect: TarBuilder.Dialect = .pax, _ fill: (inout TarBuilder) -> Void) -> [UInt8] {
    var tar = TarBuilder(dialect)
    // Something that must be removed again when unpacking fails.
    tar.folder("before/")
    tar.file("before/file", "content")
    fill(&tar)
    return tar.finished()
  }

  private static func typed(_ type: Character, _ name: String = "special") -> [UInt8] {
    tar {
      var header = TarBuilder.Header(name)
      header.type = type
      header.device = (1, 3)
      $0.entry(header)
    }
  }

  private static func cpio(_ name: String, mode: Int) -> [UInt8] {
    var cpio = CpioBuilder()
    cpio.entry(name, mode: mode)
    return cpio.finished()
  }

  private static func zip(_ name: String, _ text: String = "x", mode: UInt32 = 0o100644) -> [UInt8] {
    var zip = ZipBuilder()
    zip.member(name, Array(text.utf8), mode: mode)
    return zip.finished()
  }

  static let refused: [HostileArchive] = [
    .init("absolute name in tar", .absoluteName, tar { $0.file("/tmp/verbatim-escaped") }),
    .init("absolute name in zip", .absoluteName, zip("/tmp/verbatim-escaped")),
    .init("absolute name in cpio", .absoluteName, cpio("/tmp/verbatim-escaped", mode: 0o100644)),
    .init("absolute folder", .absoluteName, tar { $0.folder("/tmp/verbatim-escaped/") }),
    .init("parent name in tar", .parentName, tar { $0.file("../verbatim-escaped") }),
    .init("parent name in zip", .parentName, zip("a/../../verbatim-escaped")),
    .init("parent name that stays inside", .parentName, tar { $0.file("before/../x") }),
    .init("folder named ..", .parentName, tar { $0.folder("..") }),
    .init(
      "file without a name", .emptyName,
      tar {
        $0.file("./"); $0.file(".", "x")
      }),
    .init(
      "through a link to a folder outside", .throughLink,
      tar {
        $0.link("out", to: "/tmp")
        $0.file("out/verbatim-escaped", "x")
      }),
    .init(
      "through a link to the tree itself", .throughLink,
      tar {
        $0.link("here", to: ".")
        $0.file("here/x", "x")
      }),
    .init(
      "link replaced by a folder", .duplicateName,
      tar {
        $0.link("out", to: "/tmp")
        $0.folder("out/")
      }),
    .init(
      "file over a link", .duplicateName,
      tar {
        $0.link("out", to: "/tmp/verbatim-escaped")
        $0.file("out", "x")
      }),
    .init("through a file", .notAFolder, tar { $0.file("before/file/below") }),
    .init("hard link to an absolute name", .hardLinkTarget, tar { $0.link("h", to: "/etc/passwd", type: "1") }),
    .init("hard link out of the tree", .hardLinkTarget, tar { $0.link("h", to: "../../etc/passwd", type: "1") }),
    .init("hard link to what is not there", .hardLinkTarget, tar { $0.link("h", to: "later", type: "1") }),
    .init("hard link to a folder", .hardLinkTarget, tar { $0.link("h", to: "before", type: "1") }),
    .init(
      "hard link through a link", .hardLinkTarget,
      tar {
        $0.link("etc", to: "/etc")
        $0.link("h", to: "etc/passwd", type: "1")
      }),
    .init("character device", .specialFile, typed("3")),
    .init("block device", .specialFile, typed("4")),
    .init("named pipe", .specialFile, typed("6")),
    .init("socket", .specialFile, cpio("socket", mode: 0o140755)),
    .init("device in cpio", .specialFile, cpio("null", mode: 0o020666)),
    .init("unknown type", .unknownType, cpio("door", mode: 0o150644)),
    .init("duplicate file", .duplicateName, tar { $0.file("before/file", "other") }),
    .init("duplicate by another spelling", .duplicateName, tar { $0.file("./before//file", "other") }),
    .init("folder over a file", .duplicateName, tar { $0.folder("before/file/") }),
    .init(
      "duplicate in zip", .duplicateName,
      {
        var zip = ZipBuilder()
        zip.member("a", [1])
        zip.member("a", [2])
        return zip.finished()
      }()),
    .init("name of 256 bytes", .overlongName, tar { $0.file(String(repeating: "n", count: 256)) }),
    .init(
      "path of 5,000 bytes", .overlongName, tar { $0.file(String(repeating: "0123456789/", count: 460)) }),
    .init(
      "empty symbolic link", .overlongName, zip("link", "", mode: 0o120777)),
  ]

  static let recorded: [HostileArchive] = [
    .init("absolute symbolic link", .linkLeavesTree, tar { $0.link("l", to: "/etc/passwd") }),
    .init("symbolic link out of the tree", .linkLeavesTree, tar { $0.link("before/l", to: "../../x") }),
    .init("setuid bit", .setIDBits, tar { $0.file("s", "x", mode: 0o4755) }),
    .init("setgid bit in zip", .setIDBits, zip("s", mode: 0o102755)),
    .init("repeated folder", .repeatedFolder, tar { $0.folder("before/") }),
    .init("names that differ by case", .caseCollision, tar { $0.file("before/FILE") }),
    .init(
      "names that differ by Unicode form", .unicodeCollision,
      tar(.gnu) {
        $0.file("e\u{301}")
        $0.file("\u{e9}")
      }),
    .init(
      "name that is not UTF-8", .nameNotUTF8,
      tar(.gnu) {
        var header = TarBuilder.Header("")
        header.name = [0xFF, 0x41]
        $0.entry(header)
      }),
    .init("line feed in a name", .controlCharacter, tar { $0.file("a\nb") }),
    .init("bytes after a tar", .bytesAfterEnd, tar { _ in } + [1]),
    .init("bytes after a zip", .bytesAfterEnd, zip("a") + [1, 2, 3]),
    .init("one block at the end", .loneEndBlock, Array(tar { _ in }.dropLast(512))),
    .init(
      "attribute that nobody may set", .attributeNotKept,
      tar {
        var header = TarBuilder.Header("x")
        header.extended = [("SCHILY.xattr.nonsense.space", [1])]
        $0.entry(header)
      }),
    .init(
      "access control list", .attributeNotKept,
      tar {
        var header = TarBuilder.Header("x")
        header.extended = [
          ("SCHILY.acl.access", Array("user::rw-,user:root:rwx:0,group::r--,mask::rwx,other::r--".utf8))
        ]
        $0.entry(header)
      }),
  ]
}
