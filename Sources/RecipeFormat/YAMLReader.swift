import Yams

/// Reads one YAML document without anchors, aliases, tags and directives.
///
/// Yams composes aliases while it parses, and hashes every key, so a few lines of nested aliases would keep it busy for
/// years. Therefore the three characters that begin an anchor, an alias or a tag are exchanged for private characters
/// before Yams sees the text, and back afterwards: an anchor then is a plain scalar that begins with `&`, which YAML
/// itself never yields, and it is refused at its place.
package enum YAMLReader {
  /// What stands for `&`, `*` and `!`; code points that no text in use contains.
  static let stands: [Unicode.Scalar: Unicode.Scalar] = ["&": "\u{10FFF0}", "*": "\u{10FFF1}", "!": "\u{10FFF2}"]
  static let meant: [Unicode.Scalar: Unicode.Scalar] = ["\u{10FFF0}": "&", "\u{10FFF1}": "*", "\u{10FFF2}": "!"]
  /// What each of them would have begun.
  static let indicators: [Unicode.Scalar: String] = [
    "&": "an anchor", "*": "an alias", "!": "a tag",
  ]

  /// In bytes.
  package static let sizeLimit = 1 << 20
  static let depthLimit = 16
  static let nodeLimit = 20_000

  /// The document's top value; nil, with problems added, when there is none that can be used.
  package static func read(bytes: [UInt8], problems: inout ProblemList) -> YAMLValue? {
    guard let text = text(of: bytes, problems: &problems) else { return nil }
    do {
      guard let root = try Yams.compose(yaml: masked(text), .basic, .default, .utf8) else {
        problems.add(.init(line: 1, column: 1), "the file holds no YAML document, only comments or blank lines")
        return nil
      }
      var conversion = Conversion()
      let value = conversion.value(of: root, depth: 1, problems: &problems)
      return problems.isEmpty ? value : nil
    } catch {
      report(error, text: text, problems: &problems)
      return nil
    }
  }

  /// The text of the bytes when it is text at all and holds nothing that hides from its reader.
  private static func text(of bytes: [UInt8], problems: inout ProblemList) -> String? {
    let start = YAMLValue.Place(line: 1, column: 1)
    guard !bytes.isEmpty else {
      problems.add(start, "the file is empty; a \(problems.document.name) begins with \"\(problems.document.start)\"")
      return nil
    }
    guard bytes.count <= sizeLimit else {
      problems.add(start, "the file is larger than 1 MiB, which is more than any \(problems.document.name) needs")
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      problems.add(start, "the file is not UTF-8 text")
      return nil
    }
    var place = start
    var lineStart = true
    var before: Unicode.Scalar = "\n"
    for scalar in text.unicodeScalars {
      if before == "\r" && scalar != "\n" {
        problems.add(place, "found a carriage return without a line feed, which can hide what stands before it")
        return nil
      }
      before = scalar
      if let what = refusal(of: scalar, atStart: place == start, lineStart: lineStart, in: problems.document) {
        problems.add(place, what)
        return nil
      }
      lineStart = scalar == "\n"
      place = lineStart ? .init(line: place.line + 1, column: 1) : .init(line: place.line, column: place.column + 1)
    }
    if let escape = text.firstRange(of: "\\U0010FFF") ?? text.firstRange(of: "\\U0010fff") {
      problems.add(
        Self.place(of: escape.lowerBound, in: text), "found a character that no \(problems.document.name) needs")
      return nil
    }
    return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }

  /// Why a character may not be in a file; nil when it may.
  private static func refusal(
    of scalar: Unicode.Scalar, atStart: Bool, lineStart: Bool, in document: DocumentKind
  ) -> String? {
    switch scalar {
    case "\n", "\r", "\t": nil
    case "\u{FEFF}" where atStart: nil
    case "%" where lineStart: "found a YAML directive (%), which \(document.plural) do not have"
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
      "found the control character U+\(hex(scalar)); is this a text file?"
    case "\u{200B}"..."\u{200F}", "\u{2028}"..."\u{202E}", "\u{2060}"..."\u{206F}", "\u{FEFF}", "\u{FFF9}"..."\u{FFFB}":
      "found the invisible character U+\(hex(scalar)), which can make a text look like another"
    case "\u{E000}"..."\u{F8FF}", "\u{F0000}"..."\u{10FFFF}": "found the private character U+\(hex(scalar))"
    default: nil
    }
  }

  private static func hex(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func masked(_ text: String) -> String {
    var masked = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { masked.append(stands[scalar] ?? scalar) }
    return String(masked)
  }

  /// The text with the exchanged characters as they were.
  static func unmasked(_ text: String) -> String {
    var unmasked = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { unmasked.append(meant[scalar] ?? scalar) }
    return String(unmasked)
  }

  private static func place(of index: String.Index, in text: String) -> YAMLValue.Place {
    var place = YAMLValue.Place(line: 1, column: 1)
    for scalar in text.unicodeScalars[..<index] {
      place =
        scalar == "\n" ? .init(line: place.line + 1, column: 1) : .init(line: place.line, column: place.column + 1)
    }
    return place
  }
}

// MARK: - What Yams refuses

extension YAMLReader {
  private static func report(_ error: any Error, text: String, problems: inout ProblemList) {
    let start = YAMLValue.Place(line: 1, column: 1)
    guard let error = error as? YamlError else {
      problems.add(start, "the file is not YAML")
      return
    }
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      if problem == "but found another document" {
        problems.add(.init(mark), "found a second YAML document; a \(problems.document.name) is one document")
      } else if problem.hasPrefix("Maximum nesting level") {
        problems.add(
          .init(mark),
          "the \(problems.document.name) has deeper than \(depthLimit) levels, which no \(problems.document.name) needs"
        )
      } else if let (place, what) = firstIndicator(in: text, through: mark.line) {
        problems.add(place, "found \(what), which \(problems.document.plural) do not have")
      } else {
        let around = context.map { " (\($0.text))" } ?? ""
        problems.add(.init(mark), "this is not valid YAML: \(unmasked(problem))\(around)")
      }
    case .duplicatedKeysInMapping(let duplicates, let context):
      let key = unmasked(duplicates.first ?? "")
      let again = line(ofKey: key, at: context.mark, in: text).map { ", again in line \($0)" } ?? ""
      let what = key == "<uncovertable>" ? "a list or mapping as a key" : "the key \(key.quotedForMessage)"
      problems.add(.init(context.mark), "found \(what) more than once in one mapping\(again); each may be there once")
    case .reader(let problem, _, _, _):
      problems.add(start, "this is not valid YAML: \(problem)")
    default:
      problems.add(start, "the file is not YAML")
    }
  }

  /// The line where a key that stands at a place stands once more, when each has a line of its own.
  private static func line(ofKey key: String, at mark: Mark, in text: String) -> Int? {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let again = lines.indices.dropFirst(mark.line).first { index in
      lines[index].unicodeScalars.dropFirst(mark.column - 1).starts(with: "\(key):".unicodeScalars)
    }
    return again.map { $0 + 1 }
  }

  /// The first place up to a line where a value begins with an indicator; only to word a refusal better.
  private static func firstIndicator(in text: String, through last: Int) -> (YAMLValue.Place, String)? {
    var line = 1
    var column = 1
    var before: Unicode.Scalar = "\n"
    var valueMayStart = true
    for scalar in text.unicodeScalars {
      if scalar == "\n" {
        line += 1
        column = 0
        valueMayStart = true
        if line > last { return nil }
      } else if valueMayStart, let what = indicators[scalar] {
        return (.init(line: line, column: column), "\(what) (\(scalar))")
      } else if scalar != " " {
        valueMayStart = ["-", ":", "[", "{", ",", "?"].contains(scalar)
      } else {
        valueMayStart = valueMayStart && (column == 1 || before != scalar || before == " ")
      }
      before = scalar
      column += 1
    }
    return nil
  }
}

extension YAMLValue.Place {
  init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

// MARK: - Yams' tree to ours

/// Makes our values of Yams' nodes, within limits of depth and count.
private struct Conversion {
  private var count = 0

  mutating func value(of node: Node, depth: Int, problems: inout ProblemList) -> YAMLValue? {
    let place = node.mark.map { YAMLValue.Place($0) } ?? .init(line: 1, column: 1)
    count += 1
    guard depth <= YAMLReader.depthLimit, count <= YAMLReader.nodeLimit else {
      let limit =
        depth > YAMLReader.depthLimit
        ? "deeper than \(YAMLReader.depthLimit) levels" : "more than \(YAMLReader.nodeLimit) values"
      problems.addOnce(place, "the \(problems.document.name) has \(limit), which no \(problems.document.name) needs")
      return nil
    }
    switch node {
    case .scalar(let scalar):
      let quoted = scalar.style != .plain
      let text = YAMLReader.unmasked(scalar.string)
      if !quoted, let first = text.unicodeScalars.first, let what = YAMLReader.indicators[first] {
        problems.add(
          place,
          "found \(what) (\(text.quotedForMessage)), which \(problems.document.plural) do not have; text that begins so needs quotes"
        )
        return nil
      }
      return YAMLValue(content: .scalar(text, quoted: quoted), place: place)
    case .sequence(let sequence):
      let items = sequence.map { value(of: $0, depth: depth + 1, problems: &problems) }
      return YAMLValue(content: .list(items.compactMap { $0 }), place: place)
    case .mapping(let mapping):
      return self.mapping(mapping, place: place, depth: depth, problems: &problems)
    case .alias:
      problems.add(place, "found an alias, which \(problems.document.plural) do not have")
      return nil
    }
  }

  private mutating func mapping(
    _ mapping: Node.Mapping, place: YAMLValue.Place, depth: Int, problems: inout ProblemList
  ) -> YAMLValue {
    var entries: [YAMLValue.Entry] = []
    var seen: Set<String> = []
    for (keyNode, valueNode) in mapping {
      guard let key = value(of: keyNode, depth: depth + 1, problems: &problems) else { continue }
      guard case .scalar(let name, _) = key.content else {
        problems.add(key.place, "found \(key.found) as a key; keys are words")
        continue
      }
      if name == "<<" {
        problems.add(key.place, "found a merge key (<<), which \(problems.document.plural) do not have")
      } else if !seen.insert(name).inserted {
        problems.add(key.place, "found the key \(name.quotedForMessage) a second time in one mapping")
      }
      guard let value = value(of: valueNode, depth: depth + 1, problems: &problems) else { continue }
      entries.append(.init(key: name, place: key.place, value: value))
    }
    return YAMLValue(content: .mapping(entries), place: place)
  }
}
