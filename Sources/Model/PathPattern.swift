/// A pattern for paths: `*` is anything within a name, `**` as a whole name is any number of names.
///
/// A name `.` stands for nothing, so that `./usr/bin` and `usr/bin` are the same, and `.` alone is the empty path.
public struct PathPattern: Hashable, Sendable {
  private let names: [[UInt8]]

  /// Reads a pattern; every text is one.
  public init(_ text: String) { names = Self.split(text) }

  /// Whether the whole of a path, with `/` between names, is as the pattern says; in time of at most the product of
  /// their lengths.
  public func matches(_ path: String) -> Bool {
    let path = Self.split(path)
    // Which numbers of names the part of the pattern so far may have taken.
    var reached = [Bool](repeating: false, count: path.count + 1)
    reached[0] = true
    for name in names {
      var next = [Bool](repeating: false, count: path.count + 1)
      if name == Array("**".utf8) {
        var isOpen = false
        for index in reached.indices {
          isOpen = isOpen || reached[index]
          next[index] = isOpen
        }
      } else {
        for index in path.indices where reached[index] { next[index + 1] = Self.matches(name, path[index]) }
      }
      reached = next
    }
    return reached[path.count]
  }

  private static func split(_ text: String) -> [[UInt8]] {
    Array(text.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true).map { Array($0) }
      .filter { $0 != [UInt8(ascii: ".")] }
  }

  /// With `*` for any bytes: the last star is tried again with one byte more when what follows does not fit.
  private static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
    let star = UInt8(ascii: "*")
    var (place, index) = (0, 0)
    var retry: (place: Int, index: Int)?
    while index < name.count {
      if place < pattern.count, pattern[place] == star {
        retry = (place + 1, index)
        place += 1
      } else if place < pattern.count, pattern[place] == name[index] {
        place += 1
        index += 1
      } else if let again = retry {
        retry = (again.place, again.index + 1)
        (place, index) = (again.place, again.index + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == star }
  }
}
