/// Amounts, written for people.
enum Quantity {
  /// Bytes with a binary prefix, for example `61.9 MiB`.
  static func bytes(_ count: Int64) -> String {
    guard count >= 1024 else { return "\(count) B" }
    var value = Double(count)
    var unit = 0
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while value >= 1024 && unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return decimal(value) + " " + units[unit]
  }

  /// Seconds with one decimal, or minutes and seconds from a minute on.
  static func seconds(_ value: Double) -> String {
    guard value >= 60 else { return decimal(value) + " s" }
    let whole = Int(value.rounded())
    return "\(whole / 60) min \(whole % 60) s"
  }

  /// One decimal, without a locale.
  static func decimal(_ value: Double) -> String {
    let tenths = Int64((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
