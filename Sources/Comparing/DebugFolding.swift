import Model

/// Takes the debug information of one class together: a line that was added moves those of all methods after it.
enum DebugFolding {
  private static let formats: Set<String> = ["Java class"]

  /// The same differences, values of debug information as one, in the place of the first.
  static func folded(_ differences: [Difference], of format: String, at path: [String]) -> [Difference] {
    guard formats.contains(format) else { return differences }
    let all = differences.indices.filter { index in
      let difference = differences[index]
      return difference.role == .debug && difference.kind == .value && difference.path == path
    }
    guard let first = all.first, all.count > 1 else { return differences }
    var folded = FoldedPlaces("values")
    for index in all { folded.add(differences[index]) }
    var one = differences[first]
    one.region = "debug information"
    one.length = all.reduce(0) { $0 + (differences[$1].length ?? 0) }
    folded.tell(in: &one)
    var result = differences
    result[first] = one
    let others = Set(all.dropFirst())
    return result.indices.filter { !others.contains($0) }.map { result[$0] }
  }
}
