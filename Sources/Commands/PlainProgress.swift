import Model
import SystemPackage

/// Progress where nobody watches: one plain line when a stage has ended, and each notice.
struct PlainProgress: ProgressSink {
  func report(_ event: ProgressEvent) {
    switch event {
    case .stageEnded(let name, let seconds, let note):
      Console.error("\(name): \(Quantity.seconds(seconds))" + (note.isEmpty ? "" : ", \(note)"))
    case .notice(let text): Console.error("note: " + Printable.line(text))
    case .stageStarted, .advanced, .logLine: break
    }
  }
}

/// Text from outside, made harmless for a terminal.
enum Printable {
  /// One line in which control characters are shown as `·`.
  static func line(_ text: some StringProtocol) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          let isControl = scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
          return isControl ? "·" : scalar
        }))
  }
}
