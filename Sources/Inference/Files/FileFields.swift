import Formats
import Model
import SystemPackage

/// One value that a file's own format names.
struct FileField: Hashable, Sendable {
  /// The member or part that it belongs to; empty for the file itself.
  var place: String
  /// What the format calls it.
  var name: String
  /// As people read it.
  var value: String
  var role: Difference.Role?

  /// For evidence.
  var label: String { place.isEmpty ? name : "\(place) \(name)" }
}

/// Reads the values that a file's format names, within bounds.
struct FileFields {
  private(set) var format: String?
  private(set) var fields: [FileField] = []

  private var source: ByteSource
  private var seen: Set<FileField> = []
  private var regionsLeft = 400_000
  private static let mostFields = 5_000
  private static let depthLimit = 8
  private static let valueLimit: Int64 = 4_096

  /// What says nothing of how a file was made: code, places, sums.
  private static let passedOver: Set<Difference.Role> = [
    .offset, .size, .checksum, .code, .padding, .signature, .order,
  ]
  /// Tables of a program that are large, and whose texts other parts name.
  private static let passedOverNames: Set<String> = [
    ".symtab", ".strtab", ".dynsym", ".shstrtab", ".debug_str", ".debug_line_str", ".debug_line", "section headers",
  ]

  /// Throws when the file cannot be read.
  init(_ path: FilePath) throws {
    let file = try FileBytes(path)
    source = ByteSource(file)
    do {
      let head = try FileHead(&source, name: path.lastComponent?.string)
      guard let known = FormatList.all.first(where: { $0.recognises(head) }) else { return }
      format = known.name
      try walk(known, 0..<source.size, depth: 0)
    } catch let error as FormatError {
      if case .unreadable(let cause) = error { throw cause }
    }
  }

  private mutating func walk(_ structure: any Structure, _ range: Range<Int64>, depth: Int) throws {
    guard depth < Self.depthLimit else { return }
    let layout = try structure.layout(of: &source, range)
    for region in layout.regions where !region.isGap {
      guard regionsLeft > 0, fields.count < Self.mostFields else { return }
      regionsLeft -= 1
      if let role = region.role, Self.passedOver.contains(role) { continue }
      switch region.shape {
      case .field(let encoding):
        guard region.length <= Self.valueLimit else { continue }
        try Task.checkCancellation()
        let value = encoding.text(try source.bytes(at: region.offset, count: Int(region.length)))
        let group = layout.groups[region.group]
        let field = FileField(
          place: group.isMember ? group.name : "", name: region.name, value: value, role: region.role)
        if !value.isEmpty, seen.insert(field).inserted { fields.append(field) }
      case .structure(let inner):
        guard !Self.passedOverNames.contains(region.name) else { continue }
        try walk(inner, region.offset..<region.end, depth: depth + 1)
      case .opaque, .file: break
      }
    }
  }
}

/// An open regular file that is read by position.
private final class FileBytes: ByteProvider {
  let size: Int64
  private let file: FileDescriptor

  init(_ path: FilePath) throws {
    file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
    size = try file.seek(offset: 0, from: .end)
  }

  deinit { try? file.close() }

  func fill(_ buffer: inout [UInt8], from position: Int64) throws -> Int {
    try unsafe buffer.withUnsafeMutableBytes { bytes in
      var filled = 0
      while filled < bytes.count {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
        let count = try unsafe file.read(fromAbsoluteOffset: position + Int64(filled), into: rest)
        if count == 0 { break }
        filled += count
      }
      return filled
    }
  }
}
