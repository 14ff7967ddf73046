import Model
import Reports
import SystemPackage

/// Progress where nobody watches: one plain line when a stage has ended, and each notice.
struct PlainProgress: ProgressSink {
  func report(_ event: ProgressEvent) {
    switch event {
    case .stageEnded(let name, let seconds, let note), .stageFailed(let name, let seconds, let note):
      Console.error("\(name): \(Amount.seconds(seconds))" + (note.isEmpty ? "" : ", \(note)"))
    case .notice(let text): Console.error("note: " + VisibleText.escaped(text))
    case .stageStarted, .advanced, .logLine: break
    }
  }
}
