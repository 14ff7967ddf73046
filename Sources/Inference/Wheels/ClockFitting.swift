import Model

/// Fits the start of a build's clock to the ticks in which the shipped entries were written.
///
/// A build whose clock goes a hundred times as fast shows when each entry is written to a fiftieth of a second. From
/// that follows where between two entries a tick has to fall.
struct ClockFitting {
  let symptoms: WheelSymptoms
  let clock: ClockSetting

  /// How fast the clock of a measuring build goes, in thousandths.
  static let measuringRate = 100_000
  /// How long the back end's start may take, in milliseconds of true time.
  private static let wait: Int64 = 8000

  private struct Point {
    /// The tick in the shipped wheel, in seconds.
    var wanted: Int64
    /// When it was written in the rebuilt one, in milliseconds since the build began.
    var elapsed: Int64
  }

  var moves: [WheelMove] {
    let stamped = symptoms.pairs.filter { $0.shipped.time != $0.rebuilt.time }
    guard !stamped.isEmpty else { return [] }
    let ticks = Set(stamped.map(\.shipped.time)).sorted()
    if clock.rate == Self.measuringRate { return fitted() }
    guard let first = ticks.first, let last = ticks.last, last - first < 600 else { return [] }
    let measuring = ClockSetting(
      start: first * 1000, rate: Self.measuringRate, wait: Self.wait * 100)
    return [
      WheelMove(
        "build.clock", measuring.text,
        evidence: "entries were written in more than one tick; this build measures when each is", confidence: 0.5
      ) { $0.clock = measuring }
    ]
  }

  /// The clock that puts each entry into its tick, from what a measuring build showed.
  private func fitted() -> [WheelMove] {
    let floor = clock.start / 1000 - 2
    // Only what the build's clock stamped moved along with it.
    let points = symptoms.pairs.filter { $0.rebuilt.time >= floor && $0.shipped.time >= floor }
      .map { Point(wanted: $0.shipped.time, elapsed: ($0.rebuilt.time * 1000 - clock.start - clock.wait) / 100) }
    let ticks = Set(points.map(\.wanted)).sorted()
    guard ticks.count > 1, let first = ticks.first else { return [] }
    // The latest entry of a tick and the earliest of the next bound when the tick began.
    var moves: [WheelMove] = []
    for next in ticks.dropFirst().prefix(1) {
      let before = points.filter { $0.wanted < next }.map(\.elapsed).max() ?? 0
      let after = points.filter { $0.wanted >= next }.map(\.elapsed).min() ?? 0
      guard after > before, before >= 0 else { continue }
      // In the middle by ratio, since a slower machine takes so many times as long for both.
      let middle = Int64((Double(max(before, 1)) * Double(after)).squareRoot())
      for boundary in [middle, (before + after) / 2, before + (after - before) / 4] {
        let setting = ClockSetting(start: next * 1000 - boundary - Self.wait, rate: 1000, wait: Self.wait)
        moves.append(
          WheelMove(
            "build.clock", setting.text,
            evidence:
              "entries are of \(TimeText.text(first)) and \(TimeText.text(next)); the back end writes the "
              + "first of the later ones \(Double(after) / 1000) s after it is called"
          ) { $0.clock = setting })
      }
    }
    return moves
  }
}
