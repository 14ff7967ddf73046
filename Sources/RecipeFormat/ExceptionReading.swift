import Model

/// Reads `exceptions`, of an artifact or of a file of its own.
enum ExceptionReading {
  private static let keys = ["kind", "place", "reason", "verify", "offset", "length", "shipped", "rebuilt", "field"]
  private static let longestReason = 2000
  private static let sizes: ClosedRange<Int64> = 0...(1 << 50)

  static func exceptions(
    _ value: YAMLValue, name: String, problems: inout ProblemList
  ) -> [DeclaredException]? {
    value.list(name, of: "exceptions", count: 0...1000, problems: &problems, read: exception)
  }

  private static func exception(
    _ value: YAMLValue, name: String, problems: inout ProblemList
  ) -> DeclaredException? {
    guard let item = MappingReader(value, name: name, allowed: keys, problems: &problems) else { return nil }
    let kind = item.required("kind", "what may differ", problems: &problems)
      .flatMap { self.kind($0, problems: &problems) }
    let place = item.required("place", "which file it is about", problems: &problems)
      .flatMap { self.place($0, problems: &problems) }
    let reason = item.required("reason", "why that is right", problems: &problems)
      .flatMap { self.reason($0, problems: &problems) }
    guard let kind else { return nil }
    var exception = DeclaredException(kind: kind, place: place ?? "", reason: reason ?? "")
    var allowed = ["kind", "place", "reason"]
    func required<Value>(_ key: String, _ what: String, _ read: (YAMLValue, inout ProblemList) -> Value?) -> Value? {
      allowed.append(key)
      return item.required(key, what, problems: &problems).flatMap { read($0, &problems) }
    }
    func size(_ what: String, from least: Int64) -> (YAMLValue, inout ProblemList) -> Int64? {
      { value, problems in value.number(what, in: least...sizes.upperBound, problems: &problems) }
    }
    switch kind {
    case .range:
      exception.offset = required("offset", "where the bytes begin", size("a place in bytes", from: 0))
      exception.length = required("length", "how many bytes", size("a number of bytes", from: 1))
    case .header, .trailer:
      exception.shipped = required("shipped", "how many bytes of the shipped file", size("a number of bytes", from: 0))
      exception.rebuilt = required("rebuilt", "how many bytes of the rebuilt file", size("a number of bytes", from: 0))
    case .field: exception.field = required("field", "the field's name as a difference has it", field)
    default:
      let what = "certificates in PEM that the signature must lead up to, or \"\(DeclaredException.Trust.nothing)\""
      exception.verify = required("verify", what, verify)
    }
    item.refuse(keys.filter { !allowed.contains($0) }, beside: "kind: \(kind.rawValue)", problems: &problems)
    return place == nil || reason == nil ? nil : exception
  }

  private static func kind(_ value: YAMLValue, problems: inout ProblemList) -> DeclaredException.Kind? {
    guard let text = value.text("the kind of an exception", problems: &problems) else { return nil }
    if let kind = DeclaredException.Kind(rawValue: text) { return kind }
    let all = DeclaredException.Kind.allCases.map(\.rawValue)
    let meant = NearestWord.among(all, to: text).map { "; did you mean \"\($0)\"?" } ?? ""
    problems.add(
      value.place,
      "found \(text.quotedForMessage) where the kind of an exception belongs: \(all.joined(separator: ", "))\(meant)")
    return nil
  }

  private static func place(_ value: YAMLValue, problems: inout ProblemList) -> String? {
    guard let text = value.text("a place: a path within the artifact, with * and **, or .", problems: &problems) else {
      return nil
    }
    return text.accepted(PathRules.refusalOfPlace(text), at: value.place, problems: &problems)
  }

  private static func reason(_ value: YAMLValue, problems: inout ProblemList) -> String? {
    guard let text = value.text("a reason", problems: &problems) else { return nil }
    var refusal: String?
    if text.allSatisfy(\.isWhitespace) {
      refusal = "found nothing where a reason belongs: why may these bytes differ?"
    } else if text.utf8.count > longestReason {
      refusal = "found a reason of \(text.utf8.count) bytes; at most \(longestReason) belong there"
    }
    return text.accepted(refusal, at: value.place, problems: &problems)
  }

  private static func field(_ value: YAMLValue, problems: inout ProblemList) -> String? {
    guard let text = value.text("a field's name", problems: &problems) else { return nil }
    let isFit = !text.isEmpty && text.utf8.count <= PathRules.longestName
    return text.accepted(
      isFit ? nil : "found \(text.quotedForMessage) where a field's name belongs", at: value.place, problems: &problems)
  }

  private static func verify(_ value: YAMLValue, problems: inout ProblemList) -> DeclaredException.Trust? {
    let what = "certificates in PEM, an armoured block of OpenPGP keys, or \"\(DeclaredException.Trust.nothing)\","
    guard let text = value.text(what, problems: &problems) else { return nil }
    if text == DeclaredException.Trust.nothing { return .unverified }
    guard text.contains("-----BEGIN CERTIFICATE-----") || text.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK-----") else {
      problems.add(value.place, "found \(text.quotedForMessage) where \(what) belong")
      return nil
    }
    return .certificates(text)
  }
}
