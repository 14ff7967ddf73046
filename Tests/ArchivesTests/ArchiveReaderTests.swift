import Archives
import Model
import SystemPackage
import TestFixtures
import Testing

/// All entries of an archive in memory with their data.
func readAll(_ bytes: [UInt8]) throws -> (entries: [(ArchiveEntry, [UInt8])], findings: [ArchiveFinding]) {
  var reader = try ArchiveReader(bytes: bytes, name: "test")
  var found: [(ArchiveEntry, [UInt8])] = []
  while let entry = try reader.nextEntry() { found.append((entry, try reader.readBytes(limit: 1 << 24))) }
  return (found, reader.findings)
}

@Suite struct ArchiveReaderTests {
  @Test(arguments: TarBuilder.Dialect.allCases) func tarDialects(dialect: TarBuilder.Dialect) throws {
    var tar = TarBuilder(dialect)
    tar.folder("pkg/")
    tar.file("pkg/run.sh", "#!/bin/sh\n", mode: 0o755)
    tar.link("pkg/link", to: "run.sh")
    tar.link("pkg/hard", to: "pkg/run.sh", type: "1")
    let (entries, findings) = try readAll(tar.finished())
    #expect(entries.map(\.0.path) == ["pkg/", "pkg/run.sh", "pkg/link", "pkg/hard"])
    #expect(entries.map(\.0.kind) == [.folder, .file, .symbolicLink, .hardLink])
    #expect(entries[1].1 == Array("#!/bin/sh\n".utf8))
    #expect(entries[1].0.mode == 0o755)
    #expect(entries[1].0.modified == .init(seconds: 1_000_000_000))
    #expect(entries[2].0.linkTargetText == "run.sh")
    #expect(entries[3].0.linkTargetText == "pkg/run.sh")
    #expect(findings.isEmpty)
  }

  @Test func paxKeepsNanosecondsNamesAndAttributes() throws {
    var tar = TarBuilder(.pax)
    var header = TarBuilder.Header("x")
    header.extended = [
      ("mtime", Array("1234567890.123456789".utf8)), ("uname", Array("Jürgen".utf8)),
      ("SCHILY.xattr.user.comment", Array("hello".utf8)),
    ]
    tar.entry(header, [1, 2, 3])
    let entry = try #require(try readAll(tar.finished()).entries.first?.0)
    #expect(entry.modified == .init(seconds: 1_234_567_890, nanoseconds: 123_456_789))
    #expect(entry.userName == "Jürgen")
    #expect(entry.extendedAttributes.map { String(decoding: $0.name, as: UTF8.self) } == ["user.comment"])
    #expect(entry.extendedAttributes.map(\.value) == [Array("hello".utf8)])
  }

  /// libarchive composes UTF-8 names while reading; the bytes must come through as they are.
  @Test(arguments: ["e\u{301}.txt", "\u{e9}.txt"]) func unicodeFormIsKept(name: String) throws {
    let bytes = Array(name.utf8)
    var gnu = TarBuilder(.gnu)
    gnu.file(name)
    var pax = TarBuilder(.pax)
    var header = TarBuilder.Header("x")
    header.extended = [("path", bytes)]
    pax.entry(header)
    var zip = ZipBuilder()
    zip.member(name, [])
    for archive in [gnu.finished(), pax.finished(), zip.finished()] {
      let found = try readAll(archive)
      #expect(found.entries.first?.0.pathBytes == bytes)
      #expect(found.findings.isEmpty)
    }
  }

  @Test func nameThatIsNotUTF8IsKeptAsBytes() throws {
    var tar = TarBuilder(.gnu)
    var header = TarBuilder.Header("")
    header.name = [0x61, 0xFF, 0x62]
    tar.entry(header)
    let entry = try #require(try readAll(tar.finished()).entries.first?.0)
    #expect(entry.pathBytes == [0x61, 0xFF, 0x62])
    #expect(!entry.pathIsUTF8)
  }

  @Test func endOfTar() throws {
    var tar = TarBuilder()
    tar.file("a", "content")
    #expect(throws: ArchiveError.self) { try readAll(tar.bytes) }
    let lone = try readAll(tar.bytes + [UInt8](repeating: 0, count: 512))
    #expect(lone.findings.map(\.rule) == [.loneEndBlock])
    let padded = try readAll(tar.finished() + [UInt8](repeating: 0, count: 8192))
    #expect(padded.findings.isEmpty)
    let followed = try readAll(tar.finished() + Array("more".utf8))
    #expect(followed.findings.map(\.rule) == [.bytesAfterEnd])
    #expect(followed.entries.count == 1)
  }

  @Test func nestedArchiveIsReadInPlace() throws {
    var tar = TarBuilder()
    tar.file("usr/bin/hello", "hello")
    var package = ArBuilder()
    package.member("debian-binary", Array("2.0\n".utf8))
    package.member("data.tar", tar.finished())
    package.member("last", [7])
    var reader = try ArchiveReader(bytes: package.bytes, name: "p.deb")
    #expect(try reader.nextEntry()?.path == "debian-binary")
    #expect(try reader.nextEntry()?.path == "data.tar")
    let inner = try reader.withNestedArchive { nested in
      var found: [String] = []
      while let entry = try nested.nextEntry() {
        found.append(entry.path + "=" + String(decoding: try nested.readBytes(limit: 100), as: UTF8.self))
      }
      return found
    }
    #expect(inner == ["usr/bin/hello=hello"])
    #expect(try reader.nextEntry()?.path == "last")
    #expect(try reader.readBytes(limit: 10) == [7])
    #expect(try reader.nextEntry() == nil)
    #expect(reader.formatName.contains("ar"))
  }

  @Test func pulledArchive() throws {
    var tar = TarBuilder()
    tar.file("a", String(repeating: "x", count: 5000))
    let bytes = tar.finished()
    var place = 0
    var reader = try ArchiveReader(name: "pulled") {
      let piece = Array(bytes[place..<min(bytes.count, place + 700)])
      place += piece.count
      return piece
    }
    #expect(try reader.nextEntry()?.size == 5000)
    #expect(try reader.readBytes(limit: 5000).count == 5000)
    #expect(try reader.nextEntry() == nil)
  }

  @Test(arguments: ["", "this is no archive of any kind, just some text that goes on for a while"])
  func notAnArchive(text: String) {
    let error = #expect(throws: ArchiveError.self) { try readAll(Array(text.utf8)) }
    #expect(error?.code == .notAnArchive)
    #expect(error?.inconclusive == .missingInput)
  }

  @Test func missingFile() {
    let error = #expect(throws: ArchiveError.self) {
      _ = try ArchiveReader(path: "/nonexistent/a.tar").name
    }
    #expect(error?.code == .unreadable)
    #expect(throws: ArchiveError.self) { _ = try ArchiveReader(path: "/dev/zero").name }
    #expect(throws: ArchiveError.self) { _ = try ArchiveReader(path: "/usr").name }
  }
}
