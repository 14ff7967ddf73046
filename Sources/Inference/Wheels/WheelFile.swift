import Archives
import Glibc
import Model
import SystemPackage

/// A wheel: its entries, and the texts of its `.dist-info`.
struct WheelFile: Sendable {
  /// The file's name.
  var fileName: String
  var entries: [ZipListing.Entry]
  /// The fields of METADATA and of WHEEL, in their order.
  var metadata: HeaderText
  var wheel: HeaderText
  /// Other texts of `.dist-info`, by their names: `entry_points.txt`, `RECORD`.
  var texts: [String: String]
  /// What compressed the largest of its entries; nil where none is compressed.
  var compressor: Compressor?

  /// The largest wheel that is read, in bytes.
  static let sizeLimit = 512 << 20
  private static let textLimit = 16 << 20
  /// How many entries are compressed again, and of which size at most.
  private static let (sampleCount, sampleLimit) = (8, 256 << 10)

  init(
    fileName: String, entries: [ZipListing.Entry], metadata: String, wheel: String, texts: [String: String] = [:],
    compressor: Compressor? = .zlib(level: 6)
  ) {
    self.compressor = compressor
    self.fileName = fileName
    self.entries = entries
    self.metadata = HeaderText(metadata)
    self.wheel = HeaderText(wheel)
    self.texts = texts
  }

  /// Reads a wheel.
  init(_ path: FilePath, fileName: String) throws {
    self.fileName = fileName
    let bytes = try Self.bytes(path, name: fileName)
    entries = try ZipListing(bytes, name: fileName).entries
    var texts: [String: String] = [:]
    var samples = Self.sampled(entries)
    var contents: [Compressor.Sample] = []
    let wanted = ["METADATA", "WHEEL", "RECORD", "entry_points.txt", "top_level.txt"]
    var reader = try ArchiveReader(bytes: bytes, name: fileName)
    while let entry = try reader.nextEntry() {
      if let sample = samples.removeValue(forKey: entry.path), let compressed = ZipListing.compressed(sample, in: bytes)
      {
        contents.append(.init(contents: try reader.readBytes(limit: Self.sampleLimit), compressed: compressed))
      }
      let parts = entry.path.split(separator: "/")
      guard parts.count == 2, parts[0].hasSuffix(".dist-info"), wanted.contains(String(parts[1])) else { continue }
      texts[String(parts[1])] = String(decoding: try reader.readBytes(limit: Self.textLimit), as: UTF8.self)
    }
    guard let metadata = texts["METADATA"], let wheel = texts["WHEEL"] else {
      throw InferenceError(
        "reading \(fileName): it has no .dist-info folder with METADATA and WHEEL, so it is no wheel",
        inconclusive: .missingInput)
    }
    self.metadata = HeaderText(metadata)
    self.wheel = HeaderText(wheel)
    self.texts = texts
    compressor = Compressor.of(contents)
  }

  /// The largest entries that are compressed and not too large, by their names; texts are read for themselves.
  private static func sampled(_ entries: [ZipListing.Entry]) -> [String: ZipListing.Entry] {
    let able = entries.filter { $0.method == 8 && $0.size <= sampleLimit && $0.size > 0 && !isMetadata($0) }
    let largest = able.sorted { ($1.size, $0.name) < ($0.size, $1.name) }.prefix(sampleCount)
    return Dictionary(largest.map { ($0.name, $0) }) { first, _ in first }
  }

  private static func bytes(_ path: FilePath, name: String) throws -> [UInt8] {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      return try file.closeAfter {
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0, status.st_size <= sizeLimit else {
          throw InferenceError("reading \(name): it is larger than \(sizeLimit >> 20) MiB")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var done = 0
        while done < bytes.count {
          let count = try unsafe bytes.withUnsafeMutableBytes { buffer in
            try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
          }
          guard count > 0 else { break }
          done += count
        }
        return Array(bytes[..<done])
      }
    } catch let error as Errno {
      throw InferenceError("reading \(name): \(error.description)")
    }
  }

  /// What the file's name and WHEEL say: the project, its version and the tag.
  var name: String { metadata["Name"] ?? "" }
  var version: String { metadata["Version"] ?? "" }

  /// The tag of the file's name, for example `py3-none-any`.
  var tag: String {
    fileName.hasSuffix(".whl") ? fileName.dropLast(4).split(separator: "-").suffix(3).joined(separator: "-") : ""
  }

  /// The tool that `Generator:` names, and its version: `("flit", "3.12.0")`.
  var generator: (tool: String, version: String) {
    let words = (wheel["Generator"] ?? "").split(separator: " ", maxSplits: 1)
    guard let tool = words.first else { return ("", "") }
    return (String(tool), words.count > 1 ? words[1].filter { !"() ".contains($0) } : "")
  }

  /// Whether an entry is in `.dist-info`.
  static func isMetadata(_ entry: ZipListing.Entry) -> Bool {
    entry.name.split(separator: "/").first?.hasSuffix(".dist-info") == true
  }

  /// An entry directly in `.dist-info`.
  func metadataEntry(_ name: String) -> ZipListing.Entry? {
    entries.first { Self.isMetadata($0) && $0.name.split(separator: "/").dropFirst().elementsEqual([Substring(name)]) }
  }
}

/// Fields as in METADATA: a name, a colon and a value a line, up to the first empty line.
struct HeaderText: Sendable, Hashable {
  var fields: [(name: String, value: String)]
  /// What follows the empty line.
  var body: String
  var text: String

  init(_ text: String) {
    self.text = text
    fields = []
    var rest = text[...]
    while let end = rest.firstIndex(where: \.isNewline) {
      let line = rest[..<end]
      rest = rest[rest.index(after: end)...]
      if line.isEmpty { break }
      guard fields.count < 100_000, let colon = line.firstIndex(of: ":"), line.first?.isWhitespace == false else {
        continue
      }
      let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
      fields.append((String(line[..<colon]), String(value)))
    }
    body = String(rest)
  }

  /// The first value of a field.
  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// All values of a field.
  func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  static func == (left: Self, right: Self) -> Bool { left.text == right.text }
  func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
