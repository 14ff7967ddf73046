/// Text for a test's argument that logs show by its beginning only, however long it is.
public struct HostileText: Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  /// The whole of it.
  public let text: String

  /// Takes it as it is.
  public init(stringLiteral value: String) { text = value }

  /// One piece again and again, between two others.
  public init(_ piece: String, times: Int, after start: String = "", before end: String = "") {
    text = start + String(repeating: piece, count: times) + end
  }

  public var description: String {
    text.utf8.count > 80 ? "\(String(text.prefix(40)))… (\(text.utf8.count) bytes)" : text
  }
}
