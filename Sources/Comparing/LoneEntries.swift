import Model

/// Takes entries together that only one side has, where a list has many of them: the lines of a list of checksums whose
/// files all have another folder.
enum LoneEntries {
  /// The most bytes of one value; what is more stays apart.
  private static let lengthLimit = 1 << 20

  /// The same differences, the missing checksums as one and the extra ones as one where there are many of them.
  static func folded(_ differences: [Difference], of path: [String]) -> [Difference] {
    var result = differences
    for kind in [Difference.Kind.missing, .extra] {
      let all = result.indices.filter { index in
        let difference = result[index]
        return difference.kind == kind && difference.role == .checksum && difference.path == path
          && difference.region != nil
      }
      guard all.count > FoldedPlaces.limit else { continue }
      func lines(_ value: (Difference) -> String?) -> String? {
        let lines = all.compactMap { index in value(result[index]).map { "\(result[index].region ?? "") \($0)" } }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
      }
      var one = result[all[0]]
      one.region = "\(all.count) checksums"
      one.length = all.reduce(0) { $0 + (result[$1].length ?? 0) }
      (one.shipped, one.rebuilt) = (lines(\.shipped), lines(\.rebuilt))
      guard max(one.shipped?.utf8.count ?? 0, one.rebuilt?.utf8.count ?? 0) <= lengthLimit else { continue }
      let folded = Set(all.dropFirst())
      result[all[0]] = one
      result = result.indices.filter { !folded.contains($0) }.map { result[$0] }
    }
    return result
  }
}
