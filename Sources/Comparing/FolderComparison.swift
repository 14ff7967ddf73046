import Digests
import Glibc
import Model
import SystemPackage

/// Compares what two folders hold: names, types, permission bits, link targets and the bytes of files.
///
/// Times and owners are the unpacking's, not the artifact's, so they are not looked at.
struct FolderComparison: Sendable {
  /// Files of at most so many bytes are read whole.
  private static let wholeLimit: Int64 = 1 << 20
  /// How many pairs one task takes, so that small files do not cost a task each.
  private static let batch = 64

  /// What both sides have at a path.
  private struct Pair: Sendable {
    let shipped: FolderListing.Entry?
    let rebuilt: FolderListing.Entry?
  }

  /// What was found at one path.
  private struct Found: Sendable {
    var explanation = Explanation()
    var outcome = Reconstructor.Outcome()
    var shipped: SHA256Digest?
    var rebuilt: SHA256Digest?
  }

  /// A file of one side.
  private struct File {
    let entry: FolderListing.Entry
    let digest: SHA256Digest

    init(_ entry: FolderListing.Entry, _ digest: SHA256Digest) {
      self.entry = entry
      self.digest = digest
    }
  }

  /// All that is in two folders.
  struct Whole: Sendable {
    var explanation = Explanation()
    /// What came of reconstructing; nil where no exceptions are declared or nothing differs.
    var outcome: Reconstructor.Outcome?
    var shipped: FileIdentity
    var rebuilt: FileIdentity
  }

  let reconstructor: Reconstructor
  let shipped: FilePath
  let rebuilt: FilePath
  let progress: any ProgressSink

  /// The differences, what accounts for the bytes, and the identity of either folder.
  ///
  /// A folder's digest is that of its list of files, a line each as `sha256sum` writes them, sorted by path.
  func compare() async throws -> Whole {
    let listings = try await reconstructor.explainer.limits.inParallel([shipped, rebuilt]) { try FolderListing($0) }
    let (ours, theirs) = (listings[0], listings[1])
    let pairs = try self.pairs(ours, theirs)
    let batches = stride(from: 0, to: pairs.count, by: Self.batch).map { $0..<min($0 + Self.batch, pairs.count) }
    let results = try await reconstructor.explainer.limits.inParallel(batches) { range in
      var found: [Found] = []
      for pair in pairs[range] { found.append(try await compare(pair)) }
      progress.report(
        .advanced(done: Int64(range.upperBound), total: Int64(pairs.count), unit: .items, detail: shipped.string))
      return found
    }
    var whole = Explanation()
    var outcome = Reconstructor.Outcome()
    var files: (shipped: [File], rebuilt: [File]) = ([], [])
    for (pair, found) in zip(pairs, results.joined()) {
      whole.append(found.explanation)
      outcome += found.outcome
      if let digest = found.shipped, let entry = pair.shipped { files.shipped.append(File(entry, digest)) }
      if let digest = found.rebuilt, let entry = pair.rebuilt { files.rebuilt.append(File(entry, digest)) }
    }
    let identity = identity(shipped, files.shipped)
    if outcome.patchBytes > Reconstructor.patchLimit {
      let reason = "the declared places have more than \(Reconstructor.patchLimit) bytes together"
      outcome.refusals += Refused(path: [], reason: reason).items
    }
    // Each file has the shipped one's digest, so that their list has it too.
    outcome.sha256 = outcome.decodedOnly.isEmpty ? identity.sha256 : nil
    let isAsked = !reconstructor.exceptions.isEmpty && !whole.differences.isEmpty
    return Whole(
      explanation: whole, outcome: isAsked ? outcome : nil, shipped: identity,
      rebuilt: self.identity(rebuilt, files.rebuilt))
  }

  private func identity(_ folder: FilePath, _ files: [File]) -> FileIdentity {
    var digest = StreamingDigest()
    for file in files.sorted(by: { $0.entry.path < $1.entry.path }) {
      digest.update("\(file.digest.hex)  \(file.entry.path)\n")
    }
    return FileIdentity(
      name: folder.lastComponent?.string, sha256: digest.finishSHA256(),
      size: files.reduce(0) { $0 + $1.entry.size })
  }

  private func pairs(_ ours: FolderListing, _ theirs: FolderListing) throws -> [Pair] {
    var others = Dictionary(uniqueKeysWithValues: theirs.entries.map { ($0.path, $0) })
    var pairs = ours.entries.map { Pair(shipped: $0, rebuilt: others.removeValue(forKey: $0.path)) }
    var extra = theirs.entries.filter { others[$0.path] != nil }
    func join(_ found: [(Int, Int)]) {
      for (one, other) in found { pairs[one] = Pair(shipped: pairs[one].shipped, rebuilt: extra[other]) }
      let taken = Set(found.map(\.1))
      extra = extra.indices.filter { !taken.contains($0) }.map { extra[$0] }
    }
    func missing() -> [Int] { pairs.indices.filter { pairs[$0].rebuilt == nil } }
    join(
      MemberSimilarity.sameButForNumbers(
        missing().map { ($0, pairs[$0].shipped?.path ?? "") }, extra.enumerated().map { ($0, $1.path) }))
    let left = missing()
    join(
      MemberSimilarity.pairs(try sketches(left.map { pairs[$0].shipped }, shipped), try sketches(extra, rebuilt))
        .map { (left[$0], $1) })
    return pairs + extra.map { Pair(shipped: nil, rebuilt: $0) }
  }

  private func sketches(
    _ entries: [FolderListing.Entry?], _ folder: FilePath
  ) throws -> [MemberSimilarity.Sketch] {
    var sketches: [MemberSimilarity.Sketch] = []
    for (index, entry) in entries.enumerated() {
      guard let entry, entry.kind == .file, entry.size > 0, sketches.count < MemberSimilarity.limit else { continue }
      let content = Content(try OpenFile.listed(folder.appending(entry.path)))
      sketches.append(
        try MemberSimilarity.sketch(index, name: entry.path, content, 0..<content.size))
    }
    return sketches
  }

  private func compare(_ pair: Pair) async throws -> Found {
    if Task.isCancelled { throw ComparisonError.cancelled }
    guard let ours = pair.shipped, let theirs = pair.rebuilt else {
      return try alone(pair)
    }
    var found = Found()
    let path = [ours.path == theirs.path ? ours.path : "\(ours.path) → \(theirs.path)"]
    func differ(
      _ region: String, _ role: Difference.Role, _ values: (String?, String?), _ kind: Difference.Kind = .value
    ) {
      guard values.0 != values.1 else { return }
      found.explanation.differences.append(
        Difference(
          path: path, region: region, format: "folder", role: role, kind: kind, shipped: values.0, rebuilt: values.1))
    }
    differ("name", .name, (ours.path, theirs.path), .moved)
    differ("type", .mode, (ours.kind.rawValue, theirs.kind.rawValue))
    // A link's mode means nothing.
    if ours.kind == theirs.kind, ours.kind != .link { differ("mode", .mode, (mode(ours), mode(theirs))) }
    differ("link target", .name, (ours.target, theirs.target))
    found.outcome.refusals += found.explanation.differences.map { difference in
      Refused.Item(path: path, reason: "no exception can declare another \(difference.region ?? "entry")")
    }
    guard ours.kind == .file, theirs.kind == .file else {
      if ours.kind == .file { found.shipped = try digest(ours, shipped) }
      if theirs.kind == .file { found.rebuilt = try digest(theirs, rebuilt) }
      return found
    }
    try await compareFiles(ours, theirs, path, &found)
    return found
  }

  private func compareFiles(
    _ ours: FolderListing.Entry, _ theirs: FolderListing.Entry, _ path: [String], _ found: inout Found
  ) async throws {
    let first = try OpenFile.listed(shipped.appending(ours.path))
    let second = try OpenFile.listed(rebuilt.appending(theirs.path))
    let digests: (SHA256Digest, SHA256Digest)
    let equal: Bool
    var differing: Range<Int64>?
    if max(first.size, second.size) <= Self.wholeLimit {
      let bytes = try Content(first).bytes(at: 0, count: Int(first.size))
      let others = try Content(second).bytes(at: 0, count: Int(second.size))
      equal = sameBytes(bytes[...], others[...])
      let digest = SHA256Digest.of(bytes)
      digests = (digest, equal ? digest : SHA256Digest.of(others))
    } else {
      let bytes = try await ByteComparison.compare(Content(first), Content(second), hashing: true)
      guard let one = bytes.shippedDigest, let other = bytes.rebuiltDigest else {
        preconditionFailure("digests were asked for")
      }
      (equal, digests, differing) = (bytes.equal, (one, other), bytes.differing)
    }
    (found.shipped, found.rebuilt) = digests
    guard !equal else { return }
    let pair = PartPair(
      path: path, shipped: try Content(first).atHand(), rebuilt: try Content(second).atHand(), depth: 0,
      differing: differing)
    var (explanation, outcome) = try await reconstructor.explain(pair)
    if let signature = try FolderSignature(reconstructor, folder: shipped, path: ours.path) {
      // Both sides have one, of which each is as good as the other.
      outcome = try signature.outcome(shipped: pair.shipped, rebuilt: pair.rebuilt)
      outcome?.mark(&explanation.differences, reconstructor.exceptions)
    }
    try first.requireUnchanged()
    try second.requireUnchanged()
    found.explanation.append(explanation)
    if let outcome { found.outcome += outcome }
  }

  private func alone(_ pair: Pair) throws -> Found {
    guard let entry = pair.shipped ?? pair.rebuilt else { return Found() }
    let isShipped = pair.shipped != nil
    let digest = entry.kind == .file ? try digest(entry, isShipped ? shipped : rebuilt) : nil
    let summary =
      digest.map { "file, \(entry.size) bytes, sha256 \($0.hex)" }
      ?? entry.kind.rawValue + (entry.target.map { " to \($0)" } ?? "")
    var found = Found()
    found.shipped = isShipped ? digest : nil
    found.rebuilt = isShipped ? nil : digest
    found.explanation.differences = [
      Difference(
        path: [entry.path], format: "folder", kind: isShipped ? .missing : .extra, length: entry.size,
        shipped: isShipped ? summary : nil, rebuilt: isShipped ? nil : summary)
    ]
    if isShipped, entry.kind == .file,
      let signature = try FolderSignature(reconstructor, folder: shipped, path: entry.path)
    {
      let content = Content(try OpenFile.listed(shipped.appending(entry.path)))
      found.outcome = try signature.outcome(shipped: content, rebuilt: Content([]))
      found.outcome.mark(&found.explanation.differences, reconstructor.exceptions)
    } else {
      let reason = isShipped ? "only shipped has it" : "only rebuilt has it"
      found.outcome.refusals = Refused(path: [entry.path], reason: "\(reason), and no exception declares that").items
    }
    return found
  }

  private func digest(_ entry: FolderListing.Entry, _ folder: FilePath) throws -> SHA256Digest {
    let content = Content(try OpenFile.listed(folder.appending(entry.path)))
    return try BytesText.digest(content, 0..<content.size)
  }

  private func mode(_ entry: FolderListing.Entry) -> String { "0" + String(entry.mode, radix: 8) }
}
