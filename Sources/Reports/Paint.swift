/// Sets words off with a terminal's colours, or not at all.
struct Paint {
  enum Tone: String {
    case strong = "1"
    case faint = "2"
    case green = "1;32"
    case cyan = "1;36"
    case amber = "1;33"
    case red = "1;31"
  }

  let isOn: Bool

  func callAsFunction(_ text: String, _ tone: Tone) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// The same lines with a word painted where the first of them has it, after its indentation.
  func lines(_ lines: [String], word: String, _ tone: Tone) -> [String] {
    guard isOn, let first = lines.first, let place = first.firstRange(of: word) else { return lines }
    return [first.replacingCharacters(place, self(word, tone))] + lines.dropFirst()
  }
}

extension String {
  fileprivate func firstRange(of word: String) -> Range<Index>? { ranges(of: word).first }

  fileprivate func replacingCharacters(_ range: Range<Index>, _ other: String) -> String {
    self[..<range.lowerBound] + other + self[range.upperBound...]
  }
}
