/// Bounds the work of walking a tree that a hostile file describes: its paths' text and its folders' bytes together
/// may only be a multiple of the file's size.
struct TreeBudget {
  /// How deep a tree may be.
  static let depthLimit = 64
  private static let factor: Int64 = 16

  private var left: Int64

  /// For a tree within so many bytes.
  init(size: Int64) { left = min(size, Int64.max / 64) * Self.factor + (1 << 20) }

  /// Takes so many bytes of work; throws where there are not so many left.
  mutating func take(_ count: Int) throws(FormatError) {
    left -= Int64(count)
    guard left >= 0 else { throw .tooMuch("its paths and folders are far larger than itself") }
  }
}
