/// Sees the content of each file while it is written.
public protocol UnpackObserver: AnyObject {
  /// The bytes of a content begin; they replace those of the same number that came before.
  ///
  /// - Parameter size: How many there will be; nil where the archive does not say.
  func contentBegan(_ number: Int, size: Int64?) throws
  /// The next bytes; holes come as zeros.
  func contentContinued(_ bytes: RawSpan) throws
  /// All bytes of the content came.
  func contentEnded() throws
}
