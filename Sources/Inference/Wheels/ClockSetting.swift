import Model

/// Where a build's clock starts and how fast it goes.
struct ClockSetting: Hashable, Sendable {
  /// Milliseconds since 1970.
  var start: Int64
  /// In thousandths of the true time; 0 holds it.
  var rate: Int

  /// A clock that is held within one tick of zip, which lasts two seconds; its middle, since a held clock moves a little.
  static func held(at tick: Int64) -> ClockSetting { ClockSetting(start: tick * 1000 + 500, rate: 0) }

  /// The same as a recipe has it; nil for times that no clock can be set to.
  var clock: BuildClock? {
    let seconds = start / 1000 - (start % 1000 < 0 ? 1 : 0)
    return BuildClock(seconds: seconds, nanoseconds: (start - seconds * 1000) * 1_000_000, rate: rate)
  }

  /// For people.
  var text: String { clock?.text ?? "\(start / 1000) s" }
}
