/// Evaluates the environment markers of PEP 508, such as `python_version < "3.8" and extra == "toml"`.
struct MarkerParser {
  private enum Token: Equatable {
    case word(String)
    case text(String)
    case sign(String)
  }

  private let tokens: [Token]
  private var place = 0
  private var variables: [String: String] = [:]
  private static let depthLimit = 20

  init(_ marker: String) { tokens = Self.tokens(marker) }

  /// Whether the marker holds; nil when it is not understood.
  mutating func evaluate(_ variables: [String: String]) -> Bool? {
    self.variables = variables
    place = 0
    guard let result = or(depth: 0), place == tokens.count else { return nil }
    return result
  }

  private mutating func or(depth: Int) -> Bool? {
    guard var result = and(depth: depth) else { return nil }
    while take(.word("or")) {
      guard let next = and(depth: depth) else { return nil }
      result = result || next
    }
    return result
  }

  private mutating func and(depth: Int) -> Bool? {
    guard var result = comparison(depth: depth) else { return nil }
    while take(.word("and")) {
      guard let next = comparison(depth: depth) else { return nil }
      result = result && next
    }
    return result
  }

  private mutating func comparison(depth: Int) -> Bool? {
    if take(.sign("(")) {
      guard depth < Self.depthLimit, let inner = or(depth: depth + 1), take(.sign(")")) else { return nil }
      return inner
    }
    guard let left = operand() else { return nil }
    let operation: String
    if take(.word("not")) {
      guard take(.word("in")) else { return nil }
      operation = "not in"
    } else if take(.word("in")) {
      operation = "in"
    } else if place < tokens.count, case .sign(let sign) = tokens[place] {
      place += 1
      operation = sign
    } else {
      return nil
    }
    guard let right = operand() else { return nil }
    return Self.compare(left, operation, right)
  }

  /// A variable's value or a text.
  private mutating func operand() -> (value: String, isVersion: Bool)? {
    guard place < tokens.count else { return nil }
    defer { place += 1 }
    switch tokens[place] {
    case .text(let text): return (text, false)
    case .word(let name):
      guard let value = variables[name.replacing(".", with: "_")] else { return nil }
      return (value, name.hasSuffix("version"))
    case .sign: return nil
    }
  }

  private static func compare(
    _ left: (value: String, isVersion: Bool), _ operation: String, _ right: (value: String, isVersion: Bool)
  ) -> Bool? {
    switch operation {
    case "in": return right.value.contains(left.value)
    case "not in": return !right.value.contains(left.value)
    default: break
    }
    if left.isVersion || right.isVersion, let version = ReleaseVersion(left.value),
      let versions = VersionSpecifiers(operation + right.value)
    {
      return versions.contains(version)
    }
    switch operation {
    case "==", "===": return left.value == right.value
    case "!=": return left.value != right.value
    case "<": return left.value < right.value
    case "<=": return left.value <= right.value
    case ">": return left.value > right.value
    case ">=": return left.value >= right.value
    default: return nil
    }
  }

  private mutating func take(_ token: Token) -> Bool {
    guard place < tokens.count, tokens[place] == token else { return false }
    place += 1
    return true
  }

  private static func tokens(_ marker: String) -> [Token] {
    var tokens: [Token] = []
    var rest = marker[...]
    while let first = rest.first, tokens.count < 1000 {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first == "\"" || first == "'" {
        let inner = rest.dropFirst()
        let end = inner.firstIndex(of: first) ?? inner.endIndex
        tokens.append(.text(String(inner[..<end])))
        rest = inner[end...].dropFirst()
      } else if "()".contains(first) {
        tokens.append(.sign(String(first)))
        rest.removeFirst()
      } else if "<>=!~".contains(first) {
        let sign = rest.prefix { "<>=!~".contains($0) }
        tokens.append(.sign(String(sign)))
        rest = rest[sign.endIndex...]
      } else {
        let word = rest.prefix { !$0.isWhitespace && !"()<>=!~\"'".contains($0) }
        tokens.append(.word(String(word)))
        rest = rest[word.endIndex...]
      }
    }
    return tokens
  }
}
