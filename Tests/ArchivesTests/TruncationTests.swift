import Archives
import Model
import SystemPackage
import TestFixtures
import Testing

/// A small archive of one format, and what is in it.
struct SampleArchive: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Nil where the machine lacks the tool that writes it.
  let bytes: [UInt8]?
  let skipReason: String

  private static let contents = ["a": "first", "b/c": String(repeating: "0123456789abcdef", count: 300), "d": "last"]

  private init(_ description: String, _ bytes: [UInt8]) {
    testDescription = description
    self.bytes = bytes
    skipReason = ""
  }

  /// Packed by a shell script that gets the folder with the files and writes `out` beside it.
  private init(_ description: String, tool script: String) {
    testDescription = description
    do {
      let folder = try TemporaryFolder()
      _ = try FixtureProcess.shell("mkdir -p \"$1/in/b\"", [folder.path.string])
      for (name, text) in Self.contents { try folder.write("in/\(name)", text) }
      let result = try FixtureProcess.shell("cd \"$1/in\" && { \(script)\n}", [folder.path.string])
      bytes = result.status == 0 ? try folder.read("out") : nil
      skipReason = result.errors
    } catch {
      bytes = nil
      skipReason = "\(error)"
    }
  }

  private static var tar: [UInt8] {
    var tar = TarBuilder()
    for (name, text) in contents.sorted(by: { $0.key < $1.key }) { tar.file(name, text) }
    return tar.finished()
  }

  private static var zip: [UInt8] {
    var zip = ZipBuilder()
    for (name, text) in contents.sorted(by: { $0.key < $1.key }) { zip.member(name, Array(text.utf8)) }
    return zip.finished()
  }

  private static var cpio: [UInt8] {
    var cpio = CpioBuilder()
    for (name, text) in contents.sorted(by: { $0.key < $1.key }) { cpio.entry(name, Array(text.utf8)) }
    return cpio.finished()
  }

  static let all: [SampleArchive] =
    [
      .init("tar", tar), .init("zip", zip), .init("cpio", cpio), .init("rpm", RpmBuilder.package(cpio)),
      .init("cab", CabBuilder.cabinet(contents.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) })),
      .init("deflated zip", tool: "zip -qr ../out.zip a b d && mv ../out.zip ../out"),
    ]
    + ["7zip", "xar", "iso9660", "odc"].map { .init($0, tool: "bsdtar -cf ../out --format \($0) a b d") }
    + ["gzip", "bzip2", "xz", "zstd", "lz4", "lzip", "lzma", "compress"].map {
      .init("tar with \($0)", tool: "bsdtar -cf ../out --\($0) a b d")
    }

  /// Whether what was read is the whole.
  static func isWhole(_ files: [String: [UInt8]]) -> Bool {
    files == contents.mapValues { Array($0.utf8) }
  }
}

@Suite struct TruncationTests {
  private static func files(_ bytes: [UInt8]) throws -> [String: [UInt8]] {
    let (entries, _) = try readAll(bytes)
    var files: [String: [UInt8]] = [:]
    for (entry, data) in entries where entry.kind == .file || entry.kind == .hardLink {
      files[entry.path.hasPrefix("./") ? String(entry.path.dropFirst(2)) : entry.path] = data
    }
    return files
  }

  @Test(arguments: SampleArchive.all) func wholeArchiveIsRead(sample: SampleArchive) throws {
    guard let bytes = sample.bytes else {
      print("SKIP: \(sample.testDescription) cannot be written here: \(sample.skipReason)")
      return
    }
    let found = try Self.files(bytes)
    #expect(SampleArchive.isWhole(found), "\(found.mapValues(\.count))")
    let folder = try TemporaryFolder()
    try unpack(bytes, in: folder)
    #expect(try folder.read("target/b/c").count == 4800)
  }

  /// However an archive is cut, either it is an error or nothing is missing (only padding was cut).
  @Test(arguments: SampleArchive.all) func cutArchiveNeverGivesLess(sample: SampleArchive) throws {
    guard let bytes = sample.bytes else {
      print("SKIP: \(sample.testDescription) cannot be written here: \(sample.skipReason)")
      return
    }
    // Every offset near both ends, and steps that hit no block size between.
    let step = max(1, bytes.count / 300) | 1
    let near = 150
    for length in 0..<bytes.count
    where length < near || length > bytes.count - near || length % step == 0 || length % 512 < 2 {
      let cut = Array(bytes[..<length])
      // An iso9660 begins with zeros; a few of them alone are an empty tar.
      if length <= 10240, !cut.contains(where: { $0 != 0 }) { continue }
      guard let found = try? Self.files(cut) else { continue }
      #expect(SampleArchive.isWhole(found), "cut to \(length) of \(bytes.count) bytes: \(found.mapValues(\.count))")
    }
  }

  @Test func cutTarIsNamedSo() throws {
    var tar = TarBuilder()
    tar.file("a", String(repeating: "x", count: 2000))
    for length in [700, 2000, 2560, tar.bytes.count] {
      let folder = try TemporaryFolder()
      let error = #expect(throws: ArchiveError.self) { try unpack(Array(tar.finished()[..<length]), in: folder) }
      #expect(error?.code == .cut, "\(error?.description ?? "")")
      #expect(try leftovers(folder).isEmpty)
    }
  }

  @Test func wrongChecksumIsCorrupt() throws {
    var zip = ZipBuilder()
    zip.member("a", [1, 2, 3], checksum: 7)
    #expect(throws: ArchiveError.self) { try readAll(zip.finished()) }
    var short = ZipBuilder()
    short.member("a", [1, 2, 3], declaredSize: 30)
    #expect(throws: ArchiveError.self) { try readAll(short.finished()) }
  }

  @Test func bytesAfterCompressedData() throws {
    for tool in ["gzip", "bzip2"] {
      let folder = try TemporaryFolder()
      let made = try FixtureProcess.shell(
        "cd \"$1\" && echo x >f && tar -cf - f | \(tool) >archive && printf junkjunkjunk >>archive",
        [folder.path.string])
      #expect(made.status == 0, "\(made.errors)")
      let tree = try Unpacker.unpack(folder.path.appending("archive"), into: folder.path.appending("t"))
      #expect(tree.findings.map(\.rule) == [.bytesAfterEnd], "\(tool)")
    }
  }
}
