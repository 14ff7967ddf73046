/// The version specifiers of PEP 440, all of which a version must meet.
struct VersionSpecifiers: Hashable, Sendable, CustomStringConvertible {
  private struct Clause: Hashable, Sendable {
    var operation: String
    var version: ReleaseVersion
    var isPrefix: Bool
    /// As written, for `~=` and prefixes, whose zeros count.
    var numbers: Int
  }

  private var clauses: [Clause]
  let description: String

  /// No specifier, which every version meets.
  static let any = VersionSpecifiers(clauses: [], description: "")

  private init(clauses: [Clause], description: String) {
    self.clauses = clauses
    self.description = description
  }

  /// Reads specifiers with commas between; nil for what PEP 440 does not know.
  init?(_ text: some StringProtocol) {
    description = text.split(whereSeparator: \.isWhitespace).joined()
    clauses = []
    guard description.utf8.count <= 2000 else { return nil }
    for part in description.split(separator: ",") {
      guard let operation = ["===", "~=", "==", "!=", "<=", ">=", "<", ">"].first(where: part.hasPrefix) else {
        return nil
      }
      var rest = part.dropFirst(operation.count)
      let isPrefix = rest.hasSuffix(".*")
      if isPrefix {
        guard operation == "==" || operation == "!=" else { return nil }
        rest = rest.dropLast(2)
      }
      guard let version = ReleaseVersion(rest) else { return nil }
      let numbers = rest.split(separator: "!").last.map { $0.prefix { $0.isNumber || $0 == "." } } ?? ""
      clauses.append(
        Clause(
          operation: operation, version: version, isPrefix: isPrefix, numbers: numbers.split(separator: ".").count))
    }
  }

  /// Whether pre-releases are meant: one of the clauses names one.
  var allowsPrereleases: Bool { clauses.contains { $0.version.isPrerelease && $0.operation != "!=" } }

  func contains(_ version: ReleaseVersion) -> Bool { clauses.allSatisfy { Self.meets(version, $0) } }

  private static func meets(_ version: ReleaseVersion, _ clause: Clause) -> Bool {
    let bound = clause.version
    switch clause.operation {
    case "===": return version.text == bound.text
    case "==": return clause.isPrefix ? hasPrefix(version, bound, clause.numbers) : isSame(version, bound)
    case "!=": return clause.isPrefix ? !hasPrefix(version, bound, clause.numbers) : !isSame(version, bound)
    case "<=": return withoutLocal(version) <= bound
    case ">=": return withoutLocal(version) >= bound
    case "<":
      // 1.0rc1 is below 1.0, but nobody who asks for less than 1.0 means it.
      return version < bound && !(version.isPrerelease && !bound.isPrerelease && version.release == bound.release)
    case ">":
      return withoutLocal(version) > bound
        && !(version.post != nil && bound.post == nil && version.release == bound.release)
    default:
      return withoutLocal(version) >= bound && hasPrefix(version, bound, max(clause.numbers - 1, 1))
    }
  }

  private static func isSame(_ version: ReleaseVersion, _ bound: ReleaseVersion) -> Bool {
    bound.local == nil ? withoutLocal(version) == bound : version == bound
  }

  private static func withoutLocal(_ version: ReleaseVersion) -> ReleaseVersion {
    guard version.local != nil else { return version }
    return ReleaseVersion(version.text.prefix { $0 != "+" }) ?? version
  }

  private static func hasPrefix(_ version: ReleaseVersion, _ bound: ReleaseVersion, _ count: Int) -> Bool {
    func padded(_ numbers: [Int]) -> [Int] {
      Array((numbers + Array(repeating: 0, count: max(0, count - numbers.count))).prefix(count))
    }
    return version.epoch == bound.epoch && padded(version.release) == padded(bound.release)
  }
}
