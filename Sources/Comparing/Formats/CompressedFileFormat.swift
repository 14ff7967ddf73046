import Archives
import Model
import SystemPackage

/// One compressed file with no archive in it: gzip, bzip2, xz, zstd, lz4, lzip, compress.
struct CompressedFileFormat: Format {
  private static let marks: [(name: String, magic: [UInt8], suffix: String)] = [
    ("gzip", [0x1F, 0x8B, 0x08], ".gz"),
    ("bzip2", Array("BZh".utf8), ".bz2"),
    ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], ".xz"),
    ("zstd", [0x28, 0xB5, 0x2F, 0xFD], ".zst"),
    ("lz4", [0x04, 0x22, 0x4D, 0x18], ".lz4"),
    ("lzip", Array("LZIP".utf8), ".lz"),
    ("compress", [0x1F, 0x9D], ".Z"),
  ]

  func name(of head: ContentHead) -> String {
    Self.marks.first { head.has($0.magic) }.map { "a file compressed with \($0.name)" } ?? "a compressed file"
  }

  func recognises(_ head: ContentHead) -> Bool { Self.marks.contains { head.has($0.magic) } }

  func explain(_ pair: PartPair, with explainer: Explainer) async throws -> [Difference] {
    try explainer.requireDepth(pair)
    async let unpacked = MemberReading(content: pair.shipped, side: .shipped, explainer: explainer)
      .decompress(depth: pair.depth)
    async let otherUnpacked = MemberReading(content: pair.rebuilt, side: .rebuilt, explainer: explainer)
      .decompress(depth: pair.depth)
    let contents = try Unexplainable.both(await (unpacked, otherUnpacked))
    let inside = try await explainer.differences(
      path: pair.path + [Self.innerName(pair.path.last)], shipped: contents.0, rebuilt: contents.1,
      depth: pair.depth + 1)
    return try await GzipHeader.differences(pair, inside: inside)
  }

  /// The name without the suffix of the compression; "content" where there is none.
  static func innerName(_ name: String?) -> String {
    let last = name?.split(separator: "/").last.map(String.init) ?? ""
    let suffix = marks.map(\.suffix).first { last.hasSuffix($0) && last.count > $0.count }
    return suffix.map { String(last.dropLast($0.count)) } ?? "content"
  }
}

extension MemberReading {
  /// Undoes the compression of the whole.
  @concurrent fileprivate func decompress(depth: Int) async -> Result<Content, any Error> {
    Result {
      let spool = MemberSpool(
        folder: explainer.limits.temporaryFolder, memory: explainer.limits.memory >> min(depth, 62))
      do {
        var writer = spool.begin()
        switch try content.standalone(in: explainer.limits.temporaryFolder).place {
        case .memory(let bytes):
          var reader = try ArchiveReader(compressedFile: bytes, name: "it")
          return try writer.finish(size: decompress(&reader, to: &writer))
        case .file(let file, _):
          // The descriptor must stay open until the reader has its own.
          defer { withExtendedLifetime(file) {} }
          // The file may have no name any more, or another one by now.
          let path = "/proc/self/fd/\(file.descriptor)"
          do {
            var reader = try ArchiveReader(compressedFile: FilePath(path))
            return try writer.finish(size: decompress(&reader, to: &writer))
          } catch let error as ArchiveError {
            // The same bytes must give the same words, whatever number the descriptor happened to get.
            throw Unexplainable(side, "not unpacked: \(error.message.replacing(path, with: "it"))")
          }
        }
      } catch let error as ArchiveError {
        throw Unexplainable(side, "not unpacked: \(error.message)")
      }
    }
  }

  private func decompress(_ reader: inout ArchiveReader, to writer: inout MemberSpool.Writer) throws -> Int64 {
    guard let entry = try reader.nextEntry() else { return 0 }
    let size = try read(&reader, entry) { offset, bytes in try writer.write(bytes, at: offset) }
    _ = try reader.nextEntry()
    return size
  }
}
