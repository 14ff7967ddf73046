import Model

/// A change of a wheel's plan.
typealias WheelMove = PlanMove<WheelPlan>

/// What a check of a wheel's recipe showed, in the words that moves ask for.
struct WheelSymptoms: Sendable {
  /// Why there is nothing to compare.
  var failure: InconclusiveReason?
  /// The causes that comparing found, with what they were concluded from.
  var causes: [String: String] = [:]
  /// The wheel that was built.
  var rebuilt: [ZipListing.Entry] = []
  /// Entries of the same name: the shipped and the rebuilt one.
  var pairs: [(shipped: ZipListing.Entry, rebuilt: ZipListing.Entry)] = []
  /// Names that only one of them has.
  var missing: [String] = []
  var extra: [String] = []

  init(_ result: CheckResult, shipped: WheelFile, rebuilt: WheelFile?) {
    failure = result.verdict == .inconclusive ? result.reason : nil
    for difference in result.artifacts.flatMap(\.differences) {
      guard let cause = difference.cause, cause.follows == nil else { continue }
      causes[cause.name] = causes[cause.name] ?? cause.evidence
    }
    guard let rebuilt else { return }
    self.rebuilt = rebuilt.entries
    let built = Dictionary(rebuilt.entries.map { ($0.name, $0) }) { first, _ in first }
    let names = Set(shipped.entries.map(\.name))
    for entry in shipped.entries {
      if let other = built[entry.name] { pairs.append((entry, other)) } else { missing.append(entry.name) }
    }
    extra = rebuilt.entries.map(\.name).filter { !names.contains($0) }
  }

  /// Names of entries whose bytes differ; RECORD follows from the others.
  var unequal: [String] {
    pairs.filter { $0.shipped.crc32 != $0.rebuilt.crc32 && !$0.shipped.name.hasSuffix(".dist-info/RECORD") }
      .map(\.shipped.name)
  }

  /// Whether what tools write differs, or where they put it.
  var toolsDiffer: Bool { !unequal.isEmpty || !missing.isEmpty || !extra.isEmpty }

  func shippedMode(differsFor wanted: (ZipListing.Entry) -> Bool) -> (ZipListing.Entry, ZipListing.Entry)? {
    pairs.first { $0.shipped.permissions != $0.rebuilt.permissions && wanted($0.shipped) }
  }
}
