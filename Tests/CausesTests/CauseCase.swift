import Causes
import Model
import Testing

/// One difference and the cause it is to have.
struct CauseCase: CustomTestStringConvertible, Sendable {
  let cause: String
  let difference: Difference
  var facts = BuildFacts()

  var testDescription: String {
    "\(cause): \(difference.region ?? "-") \(difference.shipped ?? "-") / \(difference.rebuilt ?? "-")"
  }

  /// A line of a text.
  static func line(_ cause: String, _ shipped: String, _ rebuilt: String, facts: BuildFacts = BuildFacts()) -> Self {
    Self(
      cause: cause,
      difference: Difference(
        id: "d1", path: ["notes.txt"], region: "line 1", format: "text", role: .text, kind: .text, shipped: shipped,
        rebuilt: rebuilt), facts: facts)
  }

  /// A field of a format.
  static func field(
    _ cause: String, _ role: Difference.Role?, _ shipped: String?, _ rebuilt: String?, region: String = "field",
    format: String = "tar", kind: Difference.Kind = .value, path: [String] = ["member"],
    facts: BuildFacts = BuildFacts()
  ) -> Self {
    Self(
      cause: cause,
      difference: Difference(
        id: "d1", path: path, region: region, format: format, role: role, kind: kind, shipped: shipped,
        rebuilt: rebuilt), facts: facts)
  }
}

/// The cause of a difference that stands alone.
func causeName(_ difference: Difference, facts: BuildFacts = BuildFacts()) -> String? {
  CauseList.explain([difference], facts: facts).first?.cause?.name
}

extension Difference {
  /// The same difference with the sides exchanged.
  var mirrored: Difference {
    var mirrored = self
    (mirrored.shipped, mirrored.rebuilt) = (rebuilt, shipped)
    if kind == .missing { mirrored.kind = .extra }
    if kind == .extra { mirrored.kind = .missing }
    return mirrored
  }
}
