import Model

/// Many places of one sort that are one difference: the first of them in its values, each of them in its list.
struct FoldedPlaces {
  /// How many places of one sort are differences of their own.
  static let limit = 16
  /// How many entries of the list the values show.
  private static let shown = 8

  private let noun: String
  private var count = 0
  private var shownCount = 0
  private var first: (shipped: [String], rebuilt: [String]) = ([], [])
  private var lines: [UInt8] = []

  /// - Parameter noun: what the places are, in the plural.
  init(_ noun: String) { self.noun = noun }

  /// Adds an entry: one place, or many that its name tells.
  mutating func add(_ name: String, shipped: String?, rebuilt: String?, count: Int = 1) {
    if first.shipped.count < Self.shown {
      first.shipped.append(Self.entry(name, shipped))
      first.rebuilt.append(Self.entry(name, rebuilt))
      shownCount += count
    }
    self.count += count
    if !lines.isEmpty { lines.append(UInt8(ascii: "\n")) }
    append(name)
    lines.append(UInt8(ascii: "\t"))
    append(shipped ?? "")
    lines.append(UInt8(ascii: "\t"))
    append(rebuilt ?? "")
  }

  /// Adds a difference, with the places that it has itself.
  mutating func add(_ difference: Difference) {
    add(difference.region ?? "", shipped: difference.shipped, rebuilt: difference.rebuilt)
    guard let places = difference.places else { return }
    lines.append(UInt8(ascii: "\n"))
    lines.append(contentsOf: places.utf8)
  }

  /// Gives a difference its values and its list.
  func tell(in difference: inout Difference) {
    let rest = count > shownCount ? ", and \(count - shownCount) more" : ""
    func value(_ entries: [String]) -> String { "\(count) \(noun): \(entries.joined(separator: ", "))\(rest)" }
    difference.shipped = difference.kind == .extra ? nil : value(first.shipped)
    difference.rebuilt = difference.kind == .missing ? nil : value(first.rebuilt)
    difference.places = String(decoding: lines, as: UTF8.self)
  }

  private static func entry(_ name: String, _ value: String?) -> String {
    guard let value else { return name }
    return name.isEmpty ? value : "\(name) \(value)"
  }

  /// Tabs and line feeds part what is in the list, so that those within a text are told by their escapes.
  private mutating func append(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case 0x09: lines.append(contentsOf: "\\t".utf8)
      case 0x0A: lines.append(contentsOf: "\\n".utf8)
      default: lines.append(byte)
      }
    }
  }
}
