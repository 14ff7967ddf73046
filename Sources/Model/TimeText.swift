/// Points in time as people read them.
public enum TimeText {
  /// UTC as in RFC 3339, with as many decimals as are needed; bare seconds for years beyond four digits.
  public static func text(_ seconds: Int64, nanoseconds: Int64 = 0) -> String {
    var fraction = ""
    if nanoseconds != 0 {
      let digits = String(nanoseconds)
      fraction = "." + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
      while fraction.last == "0" { fraction.removeLast() }
    }
    // The years 0 to 9999.
    guard (-62_167_219_200..<253_402_300_800).contains(seconds) else { return "\(seconds)\(fraction) s" }
    let days = Int((seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400)
    let time = Int((seconds % 86_400 + 86_400) % 86_400)
    let (year, month, day) = date(days)
    return "\(padded(year, 4))-\(padded(month))-\(padded(day)) "
      + "\(padded(time / 3600)):\(padded(time / 60 % 60)):\(padded(time % 60))\(fraction)Z"
  }

  /// The civil date of a count of days since 1970, by eras of 400 years that begin in March.
  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }

  private static func padded(_ number: Int, _ count: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
