/// Text that may come from an adversary, made safe to show: whatever a terminal would obey or hide is spelled out.
public enum VisibleText {
  /// The text with control characters, direction marks, invisible and unassigned characters written as `\u{…}`.
  public static func escaped(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": shown += "\\n"
      case "\t": shown += "\\t"
      case "\r": shown += "\\r"
      default:
        if hides(scalar) {
          shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        } else {
          shown.unicodeScalars.append(scalar)
        }
      }
    }
    return shown
  }

  /// At most `limit` columns of the text, the end replaced by an ellipsis when it is longer.
  public static func shortened(_ text: String, to limit: Int) -> String {
    guard columns(text) > limit else { return text }
    var shown = ""
    var used = 0
    for character in text {
      let width = columns(character)
      if used + width > limit - 1 { break }
      shown.append(character)
      used += width
    }
    return shown + "…"
  }

  /// How many columns a terminal gives the text.
  public static func columns(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

  /// How many columns a terminal gives the character: none for marks, two for East Asian wide ones and emoji.
  static func columns(_ character: Character) -> Int {
    character.unicodeScalars.reduce(0) { widest, scalar in
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark: widest
      default: max(widest, isWide(scalar) ? 2 : 1)
      }
    }
  }

  /// Whether a terminal or browser would obey the character or show nothing of it.
  static func hides(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    case .spaceSeparator: scalar != " "
    default: scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F9FF,
      0x20000...0x3FFFD:
      true
    default: scalar.properties.isEmojiPresentation
    }
  }
}
