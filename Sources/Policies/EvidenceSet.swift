public import Evidence
import Glibc
import Store
public import SystemPackage
import TransparencyLog

/// All evidence that somebody named, before any of it is believed.
public struct EvidenceSet: Sendable {
  /// What is read of all files together, in bytes.
  static let sizeLimit = 1 << 30
  static let partLimit = 200_000
  static let proofLimit = 1000
  static let fileLimit = 100_000
  static let depthLimit = 16
  /// What the names of evidence end in, in a folder.
  static let suffixes = [".intoto.jsonl", ".intoto.json", ".dsse.json", ".sigstore.json", ".tlog-proof"]

  /// Envelopes and bundles.
  public private(set) var parts: [EvidenceText.Part] = []
  /// Proofs that something is in a log.
  public private(set) var proofs: [EvidenceText.Part] = []
  /// Files that could not be read.
  public private(set) var refusals: [Refusal] = []
  private var size = 0
  private var files = 0

  /// Makes a set of what is in memory.
  public init(parts: [EvidenceText.Part], proofs: [EvidenceText.Part] = []) {
    self.parts = parts
    self.proofs = proofs
  }

  /// Reads files, and of folders all files whose names end as those of evidence do.
  ///
  /// - Throws: `PolicyError` when a named file is not there, or there is more than is read.
  public init(reading paths: [FilePath]) throws(PolicyError) {
    for path in paths {
      if let folder = try? FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec]) {
        try? folder.close()
        try add(folder: path, depth: 0)
      } else {
        try add(file: path)
      }
    }
  }

  private mutating func add(folder: FilePath, depth: Int) throws(PolicyError) {
    guard depth <= Self.depthLimit else {
      throw PolicyError("reading evidence in \(folder): folders are nested deeper than \(Self.depthLimit)")
    }
    let names: [String]
    do { names = try Disk.names(in: folder) } catch {
      throw PolicyError("reading evidence in \(folder): \(error.description)")
    }
    for name in names.sorted() {
      guard let component = FilePath.Component(name) else { continue }
      let path = folder.appending(component)
      if Disk.isFolder(path) {
        try add(folder: path, depth: depth + 1)
      } else if Self.suffixes.contains(where: { name.hasSuffix($0) }) {
        try add(file: path)
      }
    }
  }

  private mutating func add(file path: FilePath) throws(PolicyError) {
    files += 1
    guard files <= Self.fileLimit else {
      throw PolicyError("reading evidence: there are more than \(Self.fileLimit) files")
    }
    let bytes = try EvidenceSet.bytes(of: path, limit: Self.sizeLimit - size)
    size += bytes.count
    if bytes.starts(with: Array("c2sp.org/tlog-proof@".utf8)) {
      guard proofs.count < Self.proofLimit, bytes.count <= InclusionProof.sizeLimit else {
        throw PolicyError(
          "reading the proof \(path): at most \(Self.proofLimit) proofs of \(InclusionProof.sizeLimit) bytes are read")
      }
      return proofs.append(EvidenceText.Part(name: path.string, bytes: bytes))
    }
    do throws(EvidenceError) {
      parts += try EvidenceText.parts(of: bytes, named: path.string)
    } catch {
      refusals.append(Refusal(path.string, error))
    }
    guard parts.count <= Self.partLimit else {
      throw PolicyError("reading evidence: there are more than \(Self.partLimit) envelopes")
    }
  }

  private static func bytes(of path: FilePath, limit: Int) throws(PolicyError) -> [UInt8] {
    do {
      // A pipe of that name must not hold the program up.
      let file = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
      return try file.closeAfter {
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
          throw PolicyError("reading the evidence \(path): it is no regular file")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(limit, Int(status.st_size)))
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while case let count = try unsafe buffer.withUnsafeMutableBytes({ try unsafe file.read(into: $0) }), count > 0 {
          bytes += buffer[..<count]
          guard bytes.count <= limit else {
            throw PolicyError("reading the evidence \(path): all evidence together has more than \(sizeLimit) bytes")
          }
        }
        return bytes
      }
    } catch let error as PolicyError {
      throw error
    } catch {
      throw PolicyError("reading the evidence \(path): \((error as? Errno)?.description ?? "\(error)")")
    }
  }
}
