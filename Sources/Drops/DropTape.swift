import Archives
import Glibc
import Model
import SystemPackage

/// Reads a drop from its beginning to its end, and takes at each place only the file that belongs there.
///
/// There is one header that each file can have, so none is ever interpreted: it is there, byte for byte, or the drop is
/// refused.
final class DropTape {
  let path: FilePath
  private let file: FileDescriptor
  private let size: Int64
  private var position: Int64 = 0
  private var seen: Set<String> = []
  /// The names that the manifest lists; empty until it is known.
  var listed: Set<String> = []

  private static let bufferSize = 1 << 18

  /// Opens a file; nil when it is none that begins as a drop does.
  init?(_ path: FilePath) throws {
    guard let (file, size) = try Self.open(path) else { return nil }
    self.path = path
    self.file = file
    self.size = size
  }

  private static func open(_ path: FilePath) throws -> (FileDescriptor, size: Int64)? {
    let options: FileDescriptor.OpenOptions = [.closeOnExec, .nonBlocking]
    // What is no drop has its own reader, with messages of its own.
    guard let file = try? FileDescriptor.open(path, .readOnly, options: options) else { return nil }
    do {
      var status = stat()
      if unsafe fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG, try begins(file) {
        return (file, Int64(status.st_size))
      }
    } catch {
      try? file.close()
      throw error
    }
    try file.close()
    return nil
  }

  private static func begins(_ file: FileDescriptor) throws -> Bool {
    let mark = Array(DropMember.layoutName.utf8) + [0]
    var head = [UInt8](repeating: 1, count: mark.count)
    _ = try unsafe head.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: 0, into: $0) }
    return head == mark
  }

  deinit { try? file.close() }

  /// The bytes of a small file whose size only its header tells.
  func read(_ name: String, limit: Int64) throws -> [UInt8] {
    let start = position
    let block = try bytes(TarHeader.blockSize, of: name)
    let digits = block[124..<136]
    let size = Int64(String(decoding: digits.prefix { $0 != 0 }, as: UTF8.self), radix: 8) ?? -1
    position = start
    return try read(DropMember(name, size: (0...limit).contains(size) ? size : 0))
  }

  /// The bytes of a small file.
  func read(_ member: DropMember) throws -> [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(Int(member.size))
    try read(member) { bytes in unsafe bytes.withUnsafeBytes { unsafe all.append(contentsOf: $0) } }
    return all
  }

  /// Hands out the bytes of the file that belongs here, piece by piece.
  func read(_ member: DropMember, _ body: (RawSpan) throws -> Void) throws {
    let expected = member.header
    let first = try bytes(TarHeader.blockSize, of: member.name)
    guard first.elementsEqual(expected.prefix(first.count)) else { throw refusal(of: first, for: member) }
    let rest = try bytes(expected.count - first.count, of: member.name)
    guard rest.elementsEqual(expected.dropFirst(first.count)) else { throw refusal(of: first, for: member) }
    try pass(member, body)
    guard try bytes(member.padding.count, of: member.name) == member.padding else {
      throw malformed("the bytes after \(member.name) are not zeros")
    }
    seen.insert(member.name)
  }

  /// Sees that nothing follows.
  func end() throws {
    let first = try bytes(TarHeader.blockSize, of: nil)
    guard first.allSatisfy({ $0 == 0 }) else { throw refusal(of: first, for: nil) }
    guard try bytes(TarHeader.blockSize, of: nil).allSatisfy({ $0 == 0 }) else {
      throw malformed("its end is not two blocks of zeros")
    }
    guard position == size else { throw malformed("\(size - position) bytes follow its end") }
  }

  /// An error that says what is wrong with the file.
  func malformed(_ found: String, details: [String] = []) -> DropError {
    DropError(
      .malformed, "reading the drop \(path): \(found)", details: details,
      advice: "Ask for the drop again; one that `verbatim pack` wrote and nobody changed has no such flaw.")
  }

  private func pass(_ member: DropMember, _ body: (RawSpan) throws -> Void) throws {
    guard member.size <= size - position else { throw cut(member.name) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferSize, alignment: 4096)
    defer { unsafe buffer.deallocate() }
    var left = member.size
    while left > 0 {
      try Task.checkCancellation()
      let window = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(left, Int64(Self.bufferSize)))])
      let count = try unsafe file.read(fromAbsoluteOffset: position, into: window)
      guard count > 0 else { throw cut(member.name) }
      position += Int64(count)
      left -= Int64(count)
      try unsafe body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: window[..<count])))
    }
  }

  private func bytes(_ count: Int, of name: String?) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let place = position
      let found = try unsafe bytes.withUnsafeMutableBytes {
        try unsafe file.read(
          fromAbsoluteOffset: place, into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
      }
      guard found > 0 else { throw cut(name) }
      filled += found
      position += Int64(found)
    }
    return bytes
  }

  private func cut(_ name: String?) -> DropError {
    DropError(
      .cut, "reading the drop \(path): it is cut off after \(size) bytes, " + (name.map { "in \($0)" } ?? "at its end"),
      advice: "Copy it again.")
  }

  /// Says what stands where another file, or none, belongs.
  private func refusal(of header: [UInt8], for member: DropMember?) -> DropError {
    let belongs = member.map { "where \($0.name) belongs" } ?? "where it should end"
    guard !header.allSatisfy({ $0 == 0 }) else { return malformed("it ends \(belongs)") }
    let bytes = header.prefix(100).prefix { $0 != 0 }
    guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty else {
      return malformed("found what is no name of a file \(belongs)")
    }
    let shown = name.debugDescription
    if name == member?.name {
      return malformed(
        "the header of \(name) is not the one that it must have: its size, mode, owner or time is another")
    }
    if seen.contains(name) { return malformed("found \(shown) a second time \(belongs)") }
    guard let digest = DropMember.blob(name) else {
      return malformed("found \(shown) \(belongs)", details: ["its files are named blobs/sha256/ and 64 digits"])
    }
    guard listed.contains(name) || listed.isEmpty else {
      return malformed("found the blob \(digest), which its manifest does not list, \(belongs)")
    }
    guard let member else { return malformed("found the blob \(digest) \(belongs)") }
    return malformed("it lacks \(member.name)", details: ["found the blob \(digest) in its place"])
  }
}
