/// A version of PEP 440, with its order.
struct ReleaseVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
  let text: String
  let epoch: Int
  /// Without zeros at the end, so that 1.0 and 1 are one version.
  let release: [Int]
  /// `a`, `b` or `rc` as 0, 1, 2, and its number.
  let pre: (kind: Int, number: Int)?
  let post: Int?
  let dev: Int?
  let local: String?

  var description: String { text }
  var isPrerelease: Bool { pre != nil || dev != nil }

  /// Nil for what PEP 440 does not know, or numbers of more than 15 digits.
  init?(_ text: some StringProtocol) {
    self.text = String(text)
    var rest = Substring(text.lowercased())
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    guard rest.utf8.count <= 200 else { return nil }
    if rest.first == "v" { rest.removeFirst() }
    if let plus = rest.firstIndex(of: "+") {
      let label = String(rest[rest.index(after: plus)...].map { "-_".contains($0) ? "." : $0 })
      guard !label.isEmpty, label.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }) else {
        return nil
      }
      local = label
      rest = rest[..<plus]
    } else {
      local = nil
    }
    if let mark = rest.firstIndex(of: "!") {
      guard let number = Self.number(rest[..<mark]) else { return nil }
      epoch = number
      rest = rest[rest.index(after: mark)...]
    } else {
      epoch = 0
    }
    var numbers: [Int] = []
    while true {
      guard let number = Self.takeNumber(&rest) else { return nil }
      numbers.append(number)
      guard rest.first == ".", rest.dropFirst().first?.isNumber == true, numbers.count < 50 else { break }
      rest.removeFirst()
    }
    while numbers.count > 1, numbers.last == 0 { numbers.removeLast() }
    release = numbers
    pre = Self.takeMark(
      &rest, [("alpha", 0), ("beta", 1), ("preview", 2), ("pre", 2), ("rc", 2), ("a", 0), ("b", 1), ("c", 2)])
    if rest.first == "-", rest.dropFirst().first?.isNumber == true {
      rest.removeFirst()
      post = Self.takeNumber(&rest)
    } else {
      post = Self.takeMark(&rest, [("post", 0), ("rev", 0), ("r", 0)])?.number
    }
    dev = Self.takeMark(&rest, [("dev", 0)])?.number
    guard rest.isEmpty else { return nil }
  }

  private static func number(_ digits: Substring) -> Int? {
    guard (1...15).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(digits)
  }

  private static func takeNumber(_ rest: inout Substring) -> Int? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let value = number(digits) else { return nil }
    rest = rest[digits.endIndex...]
    return value
  }

  private static func takeMark(
    _ rest: inout Substring, _ names: [(name: String, kind: Int)]
  ) -> (kind: Int, number: Int)? {
    let inner = rest.first.map { ".-_".contains($0) } == true ? rest.dropFirst() : rest
    for (name, kind) in names where inner.hasPrefix(name) {
      var after = inner.dropFirst(name.count)
      var digits = after.first.map { ".-_".contains($0) } == true ? after.dropFirst() : after
      if let number = takeNumber(&digits) {
        rest = digits
        return (kind, number)
      }
      if after.first.map({ ".-_".contains($0) }) == true, after.count == 1 { after.removeFirst() }
      rest = after
      return (kind, 0)
    }
    return nil
  }

  /// What the order is by: dev releases come before pre-releases, those before the release, post-releases after it.
  private var key: [Int] {
    let preKey: [Int] =
      if let pre { [pre.kind, pre.number] } else if dev != nil, post == nil { [-1, 0] } else { [3, 0] }
    return preKey + [post ?? -1, dev ?? Int.max]
  }

  static func < (left: Self, right: Self) -> Bool {
    if left.epoch != right.epoch { return left.epoch < right.epoch }
    if left.release != right.release { return left.release.lexicographicallyPrecedes(right.release) }
    if left.key != right.key { return left.key.lexicographicallyPrecedes(right.key) }
    return (left.local ?? "") < (right.local ?? "")
  }

  static func == (left: Self, right: Self) -> Bool {
    left.epoch == right.epoch && left.release == right.release && left.key == right.key && left.local == right.local
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(epoch)
    hasher.combine(release)
    hasher.combine(key)
  }
}
