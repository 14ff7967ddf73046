import Model

/// How an artifact's bytes are accounted for, in words.
struct AccountingWords {
  /// Of the whole artifact; nil where nothing was accounted for.
  let whole: Accounting?
  /// Of its parts, those with unexplained bytes first, then as they lie in the artifact.
  let parts: [Accounting]
  private let differences: [Difference]

  init(_ artifact: ArtifactResult) {
    whole = artifact.accounting.first { $0.path.isEmpty }
    let inner = artifact.accounting.filter { !$0.path.isEmpty }
    parts = inner.filter { Self.unexplained($0) > 0 } + inner.filter { Self.unexplained($0) == 0 }
    differences = artifact.differences
  }

  /// The larger of the two sides' unexplained bytes.
  static func unexplained(_ accounting: Accounting) -> Int64 {
    max(accounting.shipped.unexplained, accounting.rebuilt.unexplained)
  }

  /// A line for the whole artifact; empty where nothing was accounted for.
  var line: String { whole.map(line) ?? "" }

  /// A line for the artifact or a part of it.
  func line(_ accounting: Accounting) -> String {
    let count = accounting.shipped
    let named = differences.count { $0.path.starts(with: accounting.path) && $0.format != nil }
    let inside = named > 0 ? " in \(Amount.count(named, "named difference"))" : " in named differences"
    return "of \(Amount.count(count.size)) \(count.size == 1 ? "byte" : "bytes") \(Amount.count(count.equal)) equal, "
      + "\(Amount.count(count.named))\(inside), \(Amount.count(count.unexplained)) unexplained"
  }

  /// What is unexplained deeper down; empty where all is explained.
  var deeper: String {
    let open = parts.filter { Self.unexplained($0) > 0 }
    guard !open.isEmpty else { return "" }
    let bytes = open.reduce(Int64(0)) { $0.addingReportingOverflow(Self.unexplained($1)).partialValue }
    return "\(Amount.count(bytes)) unexplained \(bytes == 1 ? "byte" : "bytes") in "
      + Amount.count(open.count, "part") + " of it"
  }
}
