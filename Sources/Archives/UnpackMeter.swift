import Model

/// Counts what unpacking makes, against the limits and for the progress bar.
struct UnpackMeter {
  private let archiveSize: Int64
  private let limits: UnpackLimits
  private let progress: any ProgressSink
  private(set) var bytes: Int64 = 0
  private var data: Int64 = 0
  private var entries = 0
  private var nameBytes = 0
  private var reported: Int64 = 0

  init(archiveSize: Int64, limits: UnpackLimits, progress: any ProgressSink) {
    self.archiveSize = archiveSize
    self.limits = limits
    self.progress = progress
  }

  /// Counts an entry.
  mutating func count(entryNamed length: Int, archive: String) throws(ArchiveError) {
    entries += 1
    nameBytes += length
    guard entries <= limits.entries else {
      throw .overLimit("entries", archive: archive, "it has more than \(limits.entries) entries")
    }
    guard nameBytes <= limits.nameBytes else {
      throw .overLimit("names", archive: archive, "its names have more than \(limits.nameBytes) bytes")
    }
  }

  /// Checks a size that an entry declares, before any of it is written.
  func check(upcoming size: Int64, archive: String) throws(ArchiveError) {
    let (sum, overflow) = bytes.addingReportingOverflow(size)
    guard size >= 0, !overflow, sum <= limits.bytes else {
      throw .overLimit("bytes", archive: archive, "its files have more than \(limits.bytes) bytes")
    }
  }

  /// Counts bytes of a file, those of a hole apart.
  mutating func count(gap: Int64, data count: Int, stored: Int64, archive: String) throws(ArchiveError) {
    try check(upcoming: gap + Int64(count), archive: archive)
    bytes += gap + Int64(count)
    data += Int64(count)
    if data > UnpackLimits.ratioFloor, data / limits.ratio > archiveSize {
      throw .overLimit(
        "ratio", archive: archive, "its files are over \(limits.ratio) times larger than its \(archiveSize) bytes")
    }
    if bytes - reported >= 1 << 20 {
      reported = bytes
      progress.report(
        .advanced(done: min(stored, archiveSize), total: archiveSize, unit: .bytes, detail: "unpacking"))
    }
  }

  /// Reports the end.
  func finish() {
    progress.report(.advanced(done: archiveSize, total: archiveSize, unit: .bytes, detail: "unpacking"))
  }
}

/// Zeros of holes, in pieces.
enum ZeroBytes {
  private static let piece = [UInt8](repeating: 0, count: 1 << 16)

  static func forEach(_ count: Int64, _ body: (RawSpan) throws -> Void) throws {
    var left = count
    while left > 0 {
      let step = Int(min(left, Int64(piece.count)))
      unsafe try body(piece.span.extracting(first: step).bytes)
      left -= Int64(step)
    }
  }
}
