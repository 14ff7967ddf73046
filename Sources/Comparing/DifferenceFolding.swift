import Model

/// Takes values together that follow from how long other parts are, where one structure has many of them.
///
/// A section that is longer by a byte moves all that come after it: that is one difference of the section headers, not
/// one for each field.
enum DifferenceFolding {
  private static let roles: [Difference.Role] = [.offset, .size, .checksum, .flags]

  /// The same differences, those of one such role as one where there are many; in the place of the first of them.
  ///
  /// - Parameter region: the structure that they are in; nil for the file itself.
  static func folded(_ differences: [Difference], of region: String?, at path: [String]) -> [Difference] {
    guard differences.count > FoldedPlaces.limit else { return differences }
    var members: [Difference.Role: [Int]] = [:]
    for (index, difference) in differences.enumerated() where difference.kind == .value {
      guard difference.path == path, let role = difference.role, roles.contains(role) else { continue }
      members[role, default: []].append(index)
    }
    members = members.filter { $0.value.count > FoldedPlaces.limit }
    guard !members.isEmpty else { return differences }
    var result: [Difference] = []
    for (index, difference) in differences.enumerated() {
      guard difference.kind == .value, difference.path == path, let role = difference.role, let all = members[role]
      else {
        result.append(difference)
        continue
      }
      if all.first == index { result.append(one(all.map { differences[$0] }, role, region)) }
    }
    return result
  }

  private static func one(_ differences: [Difference], _ role: Difference.Role, _ region: String?) -> Difference {
    var folded = FoldedPlaces("values")
    for difference in differences { folded.add(difference) }
    var one = differences[0]
    one.region = (region.map { "\($0) " } ?? "") + Self.plural(role)
    one.length = differences.reduce(0) { $0 + ($1.length ?? 0) }
    folded.tell(in: &one)
    return one
  }

  private static func plural(_ role: Difference.Role) -> String { role == .flags ? "flags" : "\(role.rawValue)s" }
}
