import Model

/// Where a build's clock starts and how fast it goes.
struct ClockSetting: Hashable, Sendable {
  /// Milliseconds since 1970.
  var start: Int64
  /// In thousandths of the true time; 0 holds it.
  var rate: Int
  /// How long after the start the back end is called, in milliseconds of this clock; 0 is at once.
  ///
  /// What Python takes to start varies most with the machine, so it is left out of what the clock is fitted to.
  var wait: Int64 = 0

  /// A clock that is held within one tick of zip, which lasts two seconds; its middle, since a held clock moves a little.
  static func held(at tick: Int64) -> ClockSetting { ClockSetting(start: tick * 1000 + 500, rate: 0) }

  /// The same as a recipe has it; nil for times that no clock can be set to.
  var clock: BuildClock? {
    let seconds = start / 1000 - (start % 1000 < 0 ? 1 : 0)
    return BuildClock(seconds: seconds, nanoseconds: (start - seconds * 1000) * 1_000_000, rate: rate)
  }

  /// When the back end is called, in seconds since 1970 with three decimals.
  var callTime: String {
    let time = start + wait
    return "\(time / 1000).\(String(String(1000 + time % 1000).dropFirst()))"
  }

  /// For people.
  var text: String { clock?.text ?? "\(start / 1000) s" }
}
