import Model
import Synchronization
import Testing

@testable import Checking

@Suite struct StageClockTests {
  private final class Recorder: ProgressSink {
    let events = Mutex<[ProgressEvent]>([])
    func report(_ event: ProgressEvent) { events.withLock { $0.append(event) } }
  }

  private struct Broken: Error {}

  @Test func timesWhatEndsAndWhatFails() async throws {
    let recorder = Recorder()
    let clock = StageClock(progress: recorder)
    #expect(try await clock.run("lock") { (7, note: "fine") } == 7)
    await #expect(throws: Broken.self) { try await clock.run("fetch") { () -> (Int, note: String) in throw Broken() } }
    #expect(clock.stages.map(\.name) == ["lock", "fetch"])
    #expect(clock.stages.map(\.note) == ["fine", "failed"])
    let kinds = recorder.events.withLock { events in
      events.map { event in
        switch event {
        case .stageStarted(let name): "started \(name)"
        case .stageEnded(let name, _, let note): "ended \(name) \(note)"
        case .stageFailed(let name, _, let note): "failed \(name) \(note)"
        default: "other"
        }
      }
    }
    #expect(kinds == ["started lock", "ended lock fine", "started fetch", "failed fetch failed"])
  }
}
