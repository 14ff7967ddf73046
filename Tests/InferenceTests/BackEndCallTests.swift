import Testing

@testable import Inference

/// The commands that call a back end.
@Suite struct BackEndCallTests {
  private func command(_ clock: ClockSetting?) -> String {
    var plan = WheelPlan()
    plan.backend = "setuptools.build_meta"
    plan.clock = clock
    return BackEndCall.command("build_wheel", plan)
  }

  @Test func withoutAClockNothingIsWaitedFor() {
    let plain = "python3 -P -c 'import setuptools.build_meta as backend; backend.build_wheel(\"../dist\")'"
    #expect(command(nil) == plain)
    #expect(command(.held(at: 1_700_000_000)) == plain)
  }

  /// Sleeping goes by the true time, so a clock a hundred times as fast is waited for a hundredth as long.
  @Test(arguments: [(1000, "time.sleep(max(0, 1700000008.000 - time.time()))"), (100_000, " * 1000 / 100000)")])
  func whatIsWaitedForIsTheClock(rate: Int, words: String) {
    let text = command(ClockSetting(start: 1_700_000_000_000, rate: rate, wait: 8000))
    #expect(text.contains(words))
    #expect(text.contains("1700000008.000"))
  }

  @Test(arguments: ["x; import os", "x:y:z", "", "x'y", "a b"]) func whatIsNoObjectIsRefused(backend: String) {
    var plan = WheelPlan()
    plan.backend = backend
    #expect(throws: InferenceError.self) { try BackEndCall.check(plan) }
  }
}
