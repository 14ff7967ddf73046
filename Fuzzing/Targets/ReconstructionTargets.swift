import Dispatch
import Model
import Synchronization

@testable import Comparing

/// What finds and verifies declared places in shipped files.
enum ReconstructionTargets {
  static let all: [any FuzzTarget] = [
    place(.moduleSignature), place(.appendedSignature), place(.authenticode), place(.machoSignature),
    RefusingTarget(name: "mach-o-code-signature") { bytes in
      let content = Content(Array(bytes.dropFirst()))
      let start = content.size * Int64(bytes.first ?? 0) / 256
      let signature = try MachOCodeSignature(content, from: start)
      _ = try signature.signers(trusted: try SignatureTargets.trusted())
    },
    RefusingTarget(name: "apk-signing-block", read: packageBlock),
    RefusingTarget(name: "jar-signature", read: jar),
    RefusingTarget(name: "declared-place", read: declared),
    RefusingTarget(name: "reconstruction", read: reconstruction),
  ]

  private static func exception(_ kind: DeclaredException.Kind, _ bytes: ArraySlice<UInt8> = []) -> DeclaredException {
    var sizes = bytes.map { Int64(truncatingIfNeeded: Int($0) &- 2) }[...]
    var exception = DeclaredException(kind: kind, place: "**", reason: "fuzzed")
    if kind.isSignature { exception.verify = .certificates(SignatureTargets.signer) }
    switch kind {
    case .range: (exception.offset, exception.length) = (sizes.popFirst() ?? 1, sizes.popFirst() ?? 1)
    case .header, .trailer: (exception.shipped, exception.rebuilt) = (sizes.popFirst() ?? 1, sizes.popFirst() ?? 1)
    case .field: exception.field = "modification time"
    default: break
    }
    return exception
  }

  /// A shipped file, and a rebuilt one that is the same (an odd first byte) or its beginning.
  private static func pair(_ bytes: [UInt8]) -> PartPair {
    let (first, shipped) = (Int(bytes.first ?? 1), Array(bytes.dropFirst()))
    let rebuilt = first % 2 == 1 ? shipped : Array(shipped.prefix(shipped.count * first / 256))
    return PartPair(path: [], shipped: Content(shipped), rebuilt: Content(rebuilt), depth: 0)
  }

  private static func place(_ kind: DeclaredException.Kind) -> RefusingTarget {
    RefusingTarget(name: "\(kind.rawValue)-place") { bytes in
      let pair = pair(bytes)
      try check(pair, [exception(kind)])
      var unverified = exception(kind)
      unverified.verify = .unverified
      try check(pair, [unverified])
    }
  }

  private static func check(_ pair: PartPair, _ exceptions: [DeclaredException]) throws {
    let holes = try DeclaredPlaces(pair: pair, exceptions: exceptions).holes()
    for hole in holes {
      guard hole.shipped.lowerBound >= 0, hole.shipped.upperBound <= pair.shipped.size, hole.rebuilt.lowerBound >= 0,
        hole.rebuilt.upperBound <= pair.rebuilt.size
      else { broken("the place \(hole.shipped) and \(hole.rebuilt) is not within both files") }
    }
    try pair.requireSame(between: holes)
  }

  /// A signing block whose frame is right, with some bytes before it and the end of an archive after it.
  private static func packageBlock(_ bytes: [UInt8]) throws {
    let before = Array("content".utf8)
    let size = (0..<8).map { UInt8(truncatingIfNeeded: (bytes.count + 24) >> (8 * $0)) }
    let block = size + bytes + size + Array("APK Sig Block 42".utf8)
    let range = Int64(before.count)..<Int64(before.count + block.count)
    let content = Content(before + block + [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18))
    let verification = ApkVerification(content: content, block: range, end: range.upperBound)
    _ = try verification.signers(trusted: try SignatureTargets.trusted())
  }

  /// A manifest, a list of digests, a signature and an entry, which zeros divide.
  private static func jar(_ bytes: [UInt8]) throws {
    let parts = bytes.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false).map { Array($0) }
    let names = [JarSignature.manifest, "META-INF/A.SF", "a", "META-INF/A.EC"]
    let contents = Dictionary(uniqueKeysWithValues: zip(names, parts))
    try waiting {
      _ = try await JarVerification(names: names) { Content(contents[$0] ?? []) }
        .signers(trusted: try SignatureTargets.trusted())
    }
    let filling = JarSignature.Found(exception: 0, signer: "nobody")
    let pair = pair(bytes)
    let manifest = PartPair(path: [JarSignature.manifest], shipped: pair.shipped, rebuilt: pair.rebuilt, depth: 1)
    _ = try JarSignature.hole(manifest, filling)
  }

  private static func declared(_ bytes: [UInt8]) throws {
    let sizes = bytes.prefix(6)
    let exceptions = [
      exception(.header, sizes), exception(.trailer, sizes.dropFirst(2)), exception(.range, sizes.dropFirst(4)),
    ]
    let cut = CutBytes(Array(bytes.dropFirst(6)))
    for kinds in [exceptions, [exceptions[0]], [exceptions[1]], [exceptions[2]]] {
      let pair = PartPair(path: [], shipped: Content(cut.first), rebuilt: Content(cut.second), depth: 0)
      do { try check(pair, kinds) } catch is Refused {}
    }
  }

  /// All of it: what is put together is the shipped file, or there is a reason why it is not.
  private static func reconstruction(_ bytes: [UInt8]) throws {
    let cut = CutBytes(Array(bytes.dropFirst(5)))
    let choice = bytes.first ?? 0
    let kinds = DeclaredException.Kind.allCases
    let chosen = [kinds[Int(choice) % kinds.count], kinds[Int(choice) / kinds.count % kinds.count]]
    let exceptions = chosen.map { exception($0, bytes.dropFirst().prefix(4)) }
    var limits = ComparisonLimits()
    limits.unpackedBytes = 16 << 20
    limits.parallel = 1
    let reconstructor = Reconstructor(
      explainer: Explainer(limits: limits, progress: SilentProgress()), exceptions: exceptions)
    let pair = PartPair(path: [], shipped: Content(cut.first), rebuilt: Content(cut.second), depth: 0)
    let outcome = try waiting { try await reconstructor.reconstruct(pair) }
    guard outcome.refusals.isEmpty else { return }
    guard outcome.sha256 != nil || !outcome.decodedOnly.isEmpty else { broken("there is neither a whole nor a reason") }
  }

  /// The value of something that only a task can wait for.
  private static func waiting<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let waited = Waited<Value>()
    Task.detached {
      do { waited.set(.success(try await body())) } catch { waited.set(.failure(error)) }
    }
    return try waited.get()
  }
}

/// What a task will have made.
private final class Waited<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)
  private let ended = DispatchSemaphore(value: 0)

  func set(_ value: Result<Value, any Error>) {
    result.withLock { $0 = value }
    ended.signal()
  }

  func get() throws -> Value {
    ended.wait()
    guard let value = result.withLock({ $0 }) else { broken("a task ended without a result") }
    return try value.get()
  }
}
