import Comparing
import Model
import SystemPackage
import TestFixtures
import Testing

/// Compares bytes the way a check compares files, and checks what must hold whatever the bytes are.
enum ComparedBytes {
  /// The differences, after both directions were compared and found to mirror each other.
  @discardableResult
  static func differences(
    _ shipped: [UInt8], _ rebuilt: [UInt8], limits: ComparisonLimits = ComparisonLimits(),
    disassembler: Disassembler? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [Difference] {
    let folder = try TemporaryFolder()
    let (first, second) = (try folder.write("shipped", shipped), try folder.write("rebuilt", rebuilt))
    let there = try await Comparison.compare(
      shipped: first, rebuilt: second, limits: limits, disassembler: disassembler)
    let back = try await Comparison.compare(
      shipped: second, rebuilt: first, limits: limits, disassembler: disassembler)
    #expect(there.equal == (shipped == rebuilt), sourceLocation: sourceLocation)
    #expect(there.differences.isEmpty == there.equal, sourceLocation: sourceLocation)
    #expect(there.accounting.isEmpty == there.equal, sourceLocation: sourceLocation)
    for accounting in there.accounting {
      // All that differs lies in a difference, and every segment is of the shipped side.
      let drawn = accounting.segments.reduce(0) { $0 + $1.length }
      #expect(accounting.segments.isEmpty || drawn == accounting.shipped.size, sourceLocation: sourceLocation)
    }
    #expect(
      there.differences.map(\.id) == there.differences.indices.map { "d\($0 + 1)" }, sourceLocation: sourceLocation)
    let (mirrors, found) = (Set(back.differences.map(mirrored)), Set(there.differences.map(plain)))
    #expect(mirrors.subtracting(found).map(\.lineForTests) == [], sourceLocation: sourceLocation)
    #expect(found.subtracting(mirrors).map(\.lineForTests) == [], sourceLocation: sourceLocation)
    #expect(back.shipped.sha256 == there.rebuilt.sha256, sourceLocation: sourceLocation)
    let same = try await Comparison.compare(shipped: first, rebuilt: first, limits: limits)
    #expect(same.equal && same.differences.isEmpty, sourceLocation: sourceLocation)
    return there.differences
  }

  /// One line for each difference: what tests look for.
  static func lines(_ differences: [Difference]) -> [String] {
    differences.map { difference in
      "\(difference.path.joined(separator: " > "))|\(difference.region ?? "")|\(difference.kind.rawValue)"
    }
  }

  /// The lines of what does not follow from other differences.
  static func roots(_ differences: [Difference]) -> [String] {
    lines(differences.filter { ![.checksum, .size, .offset, .padding].contains($0.role) })
  }

  /// Bytes undone by a program of the host.
  static func filtered(_ bytes: [UInt8], by command: String) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = try folder.write("in", bytes)
    let result = try FixtureProcess.shell(
      "\(command) <\"$1\" >\"$2\"", [path.string, folder.path.appending("made").string])
    try #require(result.status == 0, "\(command): \(result.errors)")
    return try folder.read("made")
  }

  private static func plain(_ difference: Difference) -> Difference {
    var difference = difference
    difference.id = ""
    difference.offset = nil
    // Evidence and fixes name the sides, and which of several roots is the first depends on the order.
    difference.fix = nil
    difference.cause = difference.cause.flatMap { cause in
      cause.follows == nil ? Cause(name: cause.name, confidence: cause.confidence, evidence: "") : nil
    }
    return difference
  }

  /// `lines -1,2 +3` the other way round.
  private static func mirroredLines(_ region: String) -> String {
    let parts = region.split(separator: " ")
    guard parts.count == 3, parts[0] == "lines" else { return region }
    return "lines -\(parts[2].dropFirst()) +\(parts[1].dropFirst())"
  }

  /// The lines of a list of places, shipped and rebuilt exchanged.
  private static func mirroredPlaces(_ places: String) -> String {
    let lines = places.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      return [columns[0], columns[2], columns[1]].joined(separator: "\t")
    }
    return lines.joined(separator: "\n")
  }

  /// As comparing the other way round gives it; where the shipped side has it is another place there.
  private static func mirrored(_ difference: Difference) -> Difference {
    var mirror = plain(difference)
    swap(&mirror.shipped, &mirror.rebuilt)
    mirror.places = mirror.places.map(mirroredPlaces)
    mirror.path = mirror.path.map { part in
      let names = part.split(separator: " → ", maxSplits: 1).map(String.init)
      return names.count == 2 ? "\(names[1]) → \(names[0])" : part
    }
    mirror.region = mirror.region.map(mirroredLines)
    switch difference.kind {
    case .missing:
      mirror.kind = .extra
      if mirror.cause?.name == "missing-file" { mirror.cause?.name = "extra-file" }
    case .extra:
      mirror.kind = .missing
      if mirror.cause?.name == "extra-file" { mirror.cause?.name = "missing-file" }
    default: break
    }
    return mirror
  }
}

extension Difference {
  /// All that matters, in one line.
  var lineForTests: String {
    "\(path) \(region ?? "-") \(kind) \(format ?? "-") \(role?.rawValue ?? "-") \(length ?? -1) \(shipped ?? "-") | \(rebuilt ?? "-")"
      + " \(cause?.name ?? "-")"
  }
}
