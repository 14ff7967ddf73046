public import Model
public import SystemPackage

/// Whether two files or folders differ and where, by their bytes alone: no digest, no cause, no accounting.
///
/// It says no more than `cmp` and `diff -rq` do, and is for whoever needs the answer before the explanation.
public struct BriefComparison: Hashable, Sendable {
  /// Something that is not the same on both sides.
  public struct Place: Hashable, Sendable {
    /// What is not the same.
    public enum Kind: Hashable, Sendable {
      /// The rebuilt folder does not have the entry.
      case missing
      /// The shipped folder does not have the entry.
      case extra
      /// One is a file and the other is a folder or a link, for example.
      case type
      /// The permission bits.
      case mode
      /// Where a link leads.
      case target
      /// The bytes; the first that differs, or that only the longer file has, is at the offset.
      case bytes(offset: Int64)
    }

    /// From the folder down; nil where files are compared.
    public let path: String?
    /// What is not the same there.
    public let kind: Kind
  }

  /// By path; empty exactly when both are the same.
  public let places: [Place]

  /// What follows from it; nothing is looked into, so that nothing is `equivalent`.
  public var verdict: Verdict { places.isEmpty ? .reproduced : .different }

  /// Compares two files, or two folders with all that they hold as a whole comparison does.
  public static func compare(
    shipped: FilePath, rebuilt: FilePath, limits: ComparisonLimits = ComparisonLimits(),
    progress: any ProgressSink = SilentProgress()
  ) async throws(ComparisonError) -> BriefComparison {
    do {
      let work = Work(limits: limits, progress: progress)
      guard try Comparison.isFolder(shipped), try Comparison.isFolder(rebuilt) else {
        let pair = (try OpenFile.artifact(shipped), try OpenFile.artifact(rebuilt))
        let offset = try await work.firstDifference(pair.0, pair.1)
        return BriefComparison(places: offset.map { [Place(path: nil, kind: .bytes(offset: $0))] } ?? [])
      }
      return BriefComparison(places: try await work.folders(shipped, rebuilt))
    } catch let error as ComparisonError {
      throw error
    } catch {
      throw .reading("\(shipped) and \(rebuilt)", "\(error)")
    }
  }
}

/// The reading, by as many tasks as there are processors.
private struct Work: Sendable {
  private typealias Place = BriefComparison.Place
  private typealias Pair = (shipped: FolderListing.Entry, rebuilt: FolderListing.Entry)

  /// What one task compares of a large file.
  private static let stretch: Int64 = 16 << 20
  /// Half of what a processor's cache usually holds, for both sides stay in it.
  private static let bufferSize = 256 << 10
  /// How many small files one task takes.
  private static let batch = 256

  let limits: ComparisonLimits
  let progress: any ProgressSink

  /// Where the first byte is that differs, or that only the longer file has.
  func firstDifference(_ shipped: OpenFile, _ rebuilt: OpenFile) async throws -> Int64? {
    let common = min(shipped.size, rebuilt.size)
    let stretches = stride(from: 0, to: common, by: Int64.Stride(Self.stretch)).map {
      $0..<min($0 + Self.stretch, common)
    }
    let found = try await limits.inParallel(stretches, until: { $0 != nil }) { stretch in
      if stretch != 0..<common {
        progress.report(.advanced(done: stretch.lowerBound, total: common, unit: .bytes, detail: shipped.name))
      }
      return try Self.firstDifference(Content(shipped), Content(rebuilt), in: stretch)
    }
    try shipped.requireUnchanged()
    try rebuilt.requireUnchanged()
    return found.lazy.compactMap(\.self).first ?? (shipped.size == rebuilt.size ? nil : common)
  }

  private static func firstDifference(
    _ shipped: Content, _ rebuilt: Content, in range: Range<Int64>
  ) throws(ComparisonError) -> Int64? {
    var position = range.lowerBound
    let size = Int(min(Int64(bufferSize), Int64(range.count)))
    var (one, other) = ([UInt8](repeating: 0, count: size), [UInt8](repeating: 0, count: size))
    while position < range.upperBound {
      if Task.isCancelled { throw .cancelled }
      let count = min(try shipped.read(at: position, into: &one), Int(range.upperBound - position))
      _ = try rebuilt.read(at: position, into: &other)
      if let found = differingPositions(one, other, count) { return position + Int64(found.first) }
      position += Int64(count)
    }
    return nil
  }

  func folders(_ shipped: FilePath, _ rebuilt: FilePath) async throws -> [BriefComparison.Place] {
    let listings = try await limits.inParallel([shipped, rebuilt]) { try FolderListing($0).entries }
    let (places, pairs) = Self.paired(listings[0], listings[1])
    let batches = stride(from: 0, to: pairs.count, by: Self.batch).map { $0..<min($0 + Self.batch, pairs.count) }
    let found = try await limits.inParallel(batches) { range in
      progress.report(
        .advanced(done: Int64(range.lowerBound), total: Int64(pairs.count), unit: .items, detail: shipped.string))
      var found: [Place] = []
      for (ours, theirs) in pairs[range] {
        let first = try OpenFile.listed(shipped.appending(ours.path))
        let second = try OpenFile.listed(rebuilt.appending(theirs.path))
        if let offset = try await firstDifference(first, second) {
          found.append(Place(path: ours.path, kind: .bytes(offset: offset)))
        }
      }
      return found
    }
    return (places + found.joined()).sorted { ($0.path ?? "") < ($1.path ?? "") }
  }

  /// What the lists alone say, and the files whose bytes are to be compared.
  private static func paired(
    _ shipped: [FolderListing.Entry], _ rebuilt: [FolderListing.Entry]
  ) -> ([Place], [Pair]) {
    var (places, pairs): ([Place], [Pair]) = ([], [])
    var (one, other) = (shipped[...], rebuilt[...])
    while let path = [one.first?.path, other.first?.path].compactMap(\.self).min() {
      let ours = one.first?.path == path ? one.popFirst() : nil
      let theirs = other.first?.path == path ? other.popFirst() : nil
      guard let ours else { places.append(Place(path: path, kind: .extra)); continue }
      guard let theirs else { places.append(Place(path: path, kind: .missing)); continue }
      guard ours.kind == theirs.kind else { places.append(Place(path: path, kind: .type)); continue }
      // A link's mode means nothing.
      if ours.mode != theirs.mode, ours.kind != .link { places.append(Place(path: path, kind: .mode)) }
      if ours.target != theirs.target { places.append(Place(path: path, kind: .target)) }
      if ours.kind == .file { pairs.append((ours, theirs)) }
    }
    return (places, pairs)
  }
}
