/// Why a file cannot be laid out further as its format.
public enum FormatError: Error {
  /// It ends before what it announces.
  case truncated(at: Int64)
  /// It breaks a rule of the format, told in a few words.
  case malformed(at: Int64, String)
  /// Laying it out would be unbounded work, told in a few words.
  case tooMuch(String)
  /// Its bytes could not be read.
  case unreadable(any Error)

  /// In words, for a note beside what could not be named.
  public var text: String {
    switch self {
    case .truncated(let offset): "it ends within what begins before offset \(offset)"
    case .malformed(let offset, let what): "\(what) (at offset \(offset))"
    case .tooMuch(let what): "not laid out further: \(what)"
    case .unreadable(let error): "\(error)"
    }
  }
}
