import Model

/// Points in time as wheels and their build tools know them.
enum WheelTime {
  /// What tools write where SOURCE_DATE_EPOCH is not set.
  static let hatchling: Int64 = 1_580_601_600
  /// flit_core, poetry-core and pdm-backend write 2016-01-01.
  static let fixed2016: Int64 = 1_451_606_400
  /// The first second that zip can write.
  static let zipEpoch: Int64 = 315_532_800

  static func seconds(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> Int64 {
    TimeText.days(year: year, month: month, day: day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  /// The tick of two seconds that a time falls into.
  static func tick(_ seconds: Int64) -> Int64 { seconds - (seconds % 2 + 2) % 2 }

  /// An offset as `+05:30`.
  static func offset(_ seconds: Int64) -> String {
    let minutes = abs(seconds) / 60
    func padded(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
    return (seconds < 0 ? "-" : "+") + padded(minutes / 60) + ":" + padded(minutes % 60)
  }
}
