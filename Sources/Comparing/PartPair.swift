/// One file on both sides, an artifact or a part of one, whose bytes are known to differ.
struct PartPair: Sendable {
  /// From the artifact down; empty for the artifact itself.
  let path: [String]
  let shipped: Content
  let rebuilt: Content
  /// How many files it is within.
  let depth: Int
  /// Outside of which the bytes, of one size, are known to be equal; nil where that is not known.
  var differing: Range<Int64>?

  /// Whether the report shows where in it bytes differ, and not only how many.
  var isDrawn: Bool { path.count <= 1 }
}

/// Which of the two files something is about.
enum Side: Sendable {
  case shipped, rebuilt
}

/// Why a pair cannot be read as what it seems to be, told by side.
struct Unexplainable: Error {
  var shipped: String?
  var rebuilt: String?

  init(_ side: Side, _ reason: String) {
    switch side {
    case .shipped: shipped = reason
    case .rebuilt: rebuilt = reason
    }
  }

  init(shipped: String? = nil, rebuilt: String? = nil) {
    self.shipped = shipped
    self.rebuilt = rebuilt
  }

  /// Both results, or the reasons why there are not.
  static func both<Value>(
    _ results: (Result<Value, any Error>, Result<Value, any Error>)
  ) throws -> (Value, Value) {
    switch results {
    case (.success(let shipped), .success(let rebuilt)): return (shipped, rebuilt)
    case (.failure(let error as Unexplainable), .failure(let other as Unexplainable)):
      throw Unexplainable(shipped: error.shipped, rebuilt: other.rebuilt)
    // What is not about a format ends the comparison, so it goes first.
    case (.failure(let error), .success), (.success, .failure(let error)): throw error
    case (.failure(let error), .failure(let other)): throw error is Unexplainable ? other : error
    }
  }
}
