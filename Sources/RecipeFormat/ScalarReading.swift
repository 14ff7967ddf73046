package import Model

/// Texts, numbers and lists of a recipe.
extension YAMLValue {
  /// The text of a scalar; a plain scalar that some YAML reader takes for a truth value is refused.
  package func text(_ what: String, problems: inout ProblemList) -> String? {
    guard case .scalar(let text, let quoted) = content, quoted || !Self.isNothing(text) else {
      problems.add(place, "found \(found) where \(what) belongs")
      return nil
    }
    if !quoted, Self.isTruthValue(text) {
      problems.add(place, "found \(text) where \(what) belongs, which YAML may read as true or false; put it in quotes")
      return nil
    }
    return text
  }

  /// The text of a scalar that is of a kind.
  func text(_ pattern: TextPattern, problems: inout ProblemList) -> String? {
    guard let text = text(pattern.name, problems: &problems) else { return nil }
    return text.accepted(pattern.refusal(of: text), at: place, problems: &problems)
  }

  /// A relative path that stays inside its folder.
  package func innerPath(_ what: String, problems: inout ProblemList) -> String? {
    guard let text = text(what, problems: &problems) else { return nil }
    return text.accepted(PathRules.refusalOfInner(text), at: place, problems: &problems)
  }

  /// A plain decimal number within a range.
  package func number<Number: FixedWidthInteger>(
    _ what: String, in range: ClosedRange<Number>, problems: inout ProblemList
  ) -> Number? {
    if case .scalar(let text, quoted: false) = content, text == "0" || !text.hasPrefix("0"),
      text.utf8.allSatisfy(TextPattern.digit), let number = Number(text), range.contains(number)
    {
      return number
    }
    problems.add(
      place, "found \(found) where \(what) belongs: a whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  /// `true` or `false`, in these words.
  func truth(_ what: String, problems: inout ProblemList) -> Bool? {
    if case .scalar(let text, quoted: false) = content {
      if text == "true" { return true }
      if text == "false" { return false }
    }
    problems.add(place, "found \(found) where \(what) belongs: true or false")
    return nil
  }

  /// 64 hexadecimal digits, after a prefix when one is given.
  package func digest(prefix: String = "", problems: inout ProblemList) -> SHA256Digest? {
    guard let text = text("a SHA-256 digest", problems: &problems) else { return nil }
    if text.hasPrefix(prefix), let digest = SHA256Digest(hex: text.dropFirst(prefix.count)) { return digest }
    problems.add(
      place,
      "found \(text.quotedForMessage) where a SHA-256 digest belongs: "
        + (prefix.isEmpty ? "" : "\(prefix) and ") + "64 hexadecimal digits")
    return nil
  }

  /// The items of a list within bounds, each with its number in the name; those that cannot be read are left out.
  package func list<Item>(
    _ name: String, of what: String, count: ClosedRange<Int>, problems: inout ProblemList,
    read: (YAMLValue, String, inout ProblemList) -> Item?
  ) -> [Item]? {
    guard case .list(let items) = content else {
      problems.add(place, "found \(found) where \(name) belongs: a list of \(what)")
      return nil
    }
    guard count.contains(items.count) else {
      let wanted = items.count < count.lowerBound ? "at least \(count.lowerBound)" : "at most \(count.upperBound)"
      problems.add(place, "\(name) has \(items.count) items; \(wanted) \(what) belong there")
      return nil
    }
    return items.enumerated().compactMap { read($0.element, "\(name)[\($0.offset)]", &problems) }
  }
}

extension String {
  /// The text when there is no refusal; else nil, with the refusal added.
  func accepted(_ refusal: String?, at place: YAMLValue.Place, problems: inout ProblemList) -> String? {
    guard let refusal else { return self }
    problems.add(place, refusal)
    return nil
  }
}
