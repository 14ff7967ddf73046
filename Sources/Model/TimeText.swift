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

  /// UTC to the second as RFC 3339 has it in other people's formats, with a T.
  public static func rfc3339(_ seconds: Int64) -> String { text(seconds).replacing(" ", with: "T") }

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

  /// The days from 1970 to a civil date, which need not exist in its month.
  public static func days(year: Int, month: Int, day: Int) -> Int64 {
    let fromMarch = month <= 2 ? year - 1 : year
    let era = (fromMarch >= 0 ? fromMarch : fromMarch - 399) / 400
    let yearOfEra = fromMarch - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return Int64(era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
  }

  /// The seconds since 1970 of what `text` wrote, decimals left out; nil for any other form.
  public static func seconds(_ text: some StringProtocol) -> Int64? {
    if text.hasSuffix(" s") { return Int64(text.dropLast(2).prefix { $0 != "." }) }
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
    func number(_ start: Int, _ count: Int) -> Int? {
      let digits = bytes[start..<start + count]
      guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    let marks = [bytes[4], bytes[7], bytes[10], bytes[13], bytes[16]]
    let isFraction =
      bytes.count == 20
      || (bytes[19] == 0x2E && bytes.count > 21
        && bytes[20..<bytes.count - 1].allSatisfy { (0x30...0x39).contains($0) })
    guard marks == Array("-- ::".utf8), isFraction, let year = number(0, 4), let month = number(5, 2),
      let day = number(8, 2), let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    return days(year: year, month: month, day: day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  private static func padded(_ number: Int, _ count: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
