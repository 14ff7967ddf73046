import Model

/// A format whose structure can explain why bytes differ.
///
/// One file each in `Formats`, and one entry in `FormatList`. A format only adds differences; whether there are any
/// at all is decided before it is asked.
protocol Format: Sendable {
  /// What such a file is, with its article: "a zip archive".
  func name(of head: ContentHead) -> String
  /// Whether the content looks like this format.
  func recognises(_ head: ContentHead) -> Bool
  /// The differences that the format accounts for; none when it sees no reason why the bytes differ.
  ///
  /// Throws `Unexplainable` when a side cannot be read as this format; then the next format has its turn.
  func explain(_ pair: PartPair, with explainer: Explainer) async throws -> [Difference]
}

/// The formats in the order in which they are asked; the first that recognises both sides explains.
enum FormatList {
  static let all: [any Format] = [ArchiveFormat(), CompressedFileFormat(), TextFormat()]
}

/// One part of an artifact on both sides, whose bytes are known to differ.
struct PartPair: Sendable {
  /// From the artifact down; empty for the artifact itself.
  let path: [String]
  let shipped: Content
  let rebuilt: Content
  /// How the raw bytes differ.
  let bytes: ByteComparison
  /// How many archives it is within.
  let depth: Int
}

/// The beginning of a content, by which formats know theirs.
struct ContentHead: Sendable {
  /// How many bytes of it are looked at.
  static let length = 4096

  let bytes: [UInt8]

  /// Whether an ISO 9660 volume descriptor is where it must be, beyond these bytes.
  let isImage: Bool

  init(_ content: Content) throws(ComparisonError) {
    bytes = try content.bytes(at: 0, count: Self.length)
    isImage = try content.bytes(at: 32_769, count: 5) == Array("CD001".utf8)
  }

  func has(_ magic: [UInt8], at offset: Int = 0) -> Bool {
    bytes.count >= offset + magic.count && bytes[offset..<offset + magic.count].elementsEqual(magic)
  }

  func has(_ magic: String, at offset: Int = 0) -> Bool { has(Array(magic.utf8), at: offset) }
}

/// Which of the two files something is about.
enum Side: Sendable {
  case shipped, rebuilt
}

/// Why a format cannot explain a pair after all, told by side.
struct Unexplainable: Error {
  var shipped: String?
  var rebuilt: String?

  init(_ side: Side, _ reason: String) {
    switch side {
    case .shipped: shipped = reason
    case .rebuilt: rebuilt = reason
    }
  }

  init(shipped: String?, rebuilt: String?) {
    self.shipped = shipped
    self.rebuilt = rebuilt
  }
}

extension Unexplainable {
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
