/// The problems found in one file, so that its author sees all of them at once.
package struct ProblemList {
  /// What the file is, for messages.
  let document: DocumentKind

  package init(_ document: DocumentKind = .recipe) { self.document = document }

  /// More than these are not shown: what comes after is mostly their consequence.
  static let limit = 10

  package private(set) var problems: [(place: YAMLValue.Place, text: String)] = []

  package var isEmpty: Bool { problems.isEmpty }

  package mutating func add(_ place: YAMLValue.Place, _ text: String) { problems.append((place, text)) }

  /// Adds a problem that would otherwise repeat for each value after the first.
  mutating func addOnce(_ place: YAMLValue.Place, _ text: String) {
    if !problems.contains(where: { $0.text == text }) { add(place, text) }
  }

  /// The error that tells all of them in the file's order.
  package func error(file: String) -> RecipeError {
    let sorted = problems.enumerated().sorted {
      ($0.element.place.line, $0.element.place.column, $0.offset)
        < ($1.element.place.line, $1.element.place.column, $1.offset)
    }
    var lines = sorted.prefix(Self.limit).map { item in
      "\(file):\(item.element.place.line):\(item.element.place.column): \(item.element.text)"
    }
    if sorted.count > Self.limit { lines.append("\(file): and \(sorted.count - Self.limit) problems more") }
    return RecipeError(
      lines.first ?? "\(file): the \(document.name) cannot be used", details: Array(lines.dropFirst()),
      advice: "\(document.documentation) explains every key.")
  }
}
