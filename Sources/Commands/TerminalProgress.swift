import Model
import Reports
import Synchronization
import SystemPackage

/// Progress on a terminal: a line for each finished stage, and one that is redrawn for the running one.
final class TerminalProgress: ProgressSink {
  private struct State {
    var stage: String?
    var started = ContinuousClock.now
    var detail = ""
    var amount: (done: Int64, total: Int64?, unit: ProgressEvent.Unit)?
    var frame = 0
    var drawn = false
  }

  private let state = Mutex(State())
  private let colour: Bool
  private let stream = FileDescriptor.standardError

  init(colour: Bool) { self.colour = colour }

  /// Redraws the running stage until the task is cancelled, so that its clock moves while nothing happens.
  func animate() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(120))
      state.withLock { draw(&$0) }
    }
    state.withLock { erase(&$0) }
  }

  func report(_ event: ProgressEvent) {
    state.withLock { state in
      switch event {
      case .stageStarted(let name):
        state.stage = name
        state.started = .now
        state.detail = ""
        state.amount = nil
      case .advanced(let done, let total, let unit, let detail):
        state.amount = (done, total, unit)
        state.detail = VisibleText.escaped(detail)
      case .logLine(let line):
        let text = VisibleText.escaped(line.replacing("\t", with: " "))
        if !text.allSatisfy(\.isWhitespace) { state.detail = text }
      case .stageEnded(let name, let seconds, let note):
        end(&state, mark: "✓", paint: "32", name, seconds, note)
      case .stageFailed(let name, let seconds, let note):
        end(&state, mark: "✗", paint: "31", name, seconds, note)
      case .notice(let text):
        erase(&state)
        Console.error("  ! " + VisibleText.escaped(text))
      }
    }
  }

  private func end(
    _ state: inout State, mark: String, paint: String, _ name: String, _ seconds: Double, _ note: String
  ) {
    erase(&state)
    state.stage = nil
    let sign = colour ? "\u{1b}[\(paint)m\(mark)\u{1b}[0m" : mark
    Console.error("  \(sign) " + fit(columns(name, seconds) + VisibleText.escaped(note), Console.width(stream) - 5))
  }

  private func columns(_ name: String, _ seconds: Double) -> String {
    let time = Amount.seconds(seconds)
    return name + pad(14 - name.count) + pad(11 - time.count) + time + "  "
  }

  private func draw(_ state: inout State) {
    guard let stage = state.stage else { return }
    let elapsed = state.started.duration(to: .now)
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let frames = Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
    state.frame = (state.frame + 1) % frames.count
    let body = columns(stage, seconds) + amount(state) + state.detail
    Console.write(raw: "\r\u{1b}[K  \(frames[state.frame]) " + fit(body, Console.width(stream) - 5), to: stream)
    state.drawn = true
  }

  private func amount(_ state: State) -> String {
    guard let amount = state.amount else { return "" }
    let text = { (value: Int64) in amount.unit == .bytes ? Amount.size(value) : String(value) }
    guard let total = amount.total, total > 0 else { return text(amount.done) + "  " }
    let share = min(1, max(0, Double(amount.done) / Double(total)))
    let filled = Int(share * 16)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 16 - filled)
    return "\(bar) \(text(amount.done)) of \(text(total))  "
  }

  private func erase(_ state: inout State) {
    guard state.drawn else { return }
    Console.write(raw: "\r\u{1b}[K", to: stream)
    state.drawn = false
  }

  private func fit(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
  }

  private func pad(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
