import Model

/// A time that stands in a value.
struct TimeMark {
  /// How it is written.
  enum Form {
    /// A date with a time of day.
    case instant
    /// A date alone.
    case date
    /// A time of day alone.
    case timeOfDay
    /// A count of seconds or milliseconds since 1970.
    case count
  }

  /// Where it is.
  let range: Range<Int>
  /// How it is written.
  let form: Form
  /// Seconds since 1970 as its clock shows, whatever the zone; of the day for a time of day alone.
  let local: Int64
  /// Seconds east of Greenwich; nil where it is not written.
  let zone: Int64?
  /// Whether only digits make it, which a number may have by chance.
  var isBare = false

  /// Seconds since 1970, the zone taken as UTC where it is not written.
  var seconds: Int64 { local - (zone ?? 0) }
}

/// Finds times in text in the forms that compilers, shells, mail and programs write.
struct TimeScanner {
  private let bytes: [UInt8]
  private var place = 0

  /// All times in a value, in order, without overlap.
  static func times(in bytes: [UInt8]) -> [TimeMark] {
    guard bytes.count >= 6, bytes.contains(where: \.isDigit) else { return [] }
    var scanner = TimeScanner(bytes: bytes)
    var found: [TimeMark] = []
    while scanner.place < bytes.count {
      let start = scanner.place
      let byte = bytes[start]
      let previous = start > 0 ? bytes[start - 1] : 0x20
      if byte.isDigit, !previous.isDigit {
        if let mark = scanner.numeric() {
          found.append(mark)
          continue
        }
      } else if byte.isUpper, !previous.isLetter, let mark = scanner.named() {
        found.append(mark)
        continue
      }
      scanner.place = start + 1
    }
    return found
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  /// The number of exactly or at most so many digits, and nothing but a non-digit after it.
  private mutating func number(_ count: ClosedRange<Int>) -> Int64? {
    var (value, length) = (Int64(0), 0)
    while length < count.upperBound, byte(place + length).isDigit {
      value = value * 10 + Int64(byte(place + length) - 0x30)
      length += 1
    }
    guard length >= count.lowerBound, !byte(place + length).isDigit else { return nil }
    place += length
    return value
  }

  private mutating func skip(_ character: Character) -> Bool {
    guard let wanted = character.asciiValue, byte(place) == wanted else { return false }
    place += 1
    return true
  }

  private mutating func skipSpaces() {
    while byte(place) == 0x20 { place += 1 }
  }

  // MARK: what begins with a digit

  private mutating func numeric() -> TimeMark? {
    let start = place
    var length = 0
    while byte(start + length).isDigit, length < 20 { length += 1 }
    var mark: TimeMark?
    switch length {
    case 4: mark = dashed(start)
    case 8, 12, 14: mark = compact(start, length)
    case 10, 13: mark = count(start, length)
    case 1, 2: mark = timeOfDay(start) ?? dayFirst(start) ?? slashed(start)
    default: break
    }
    if mark == nil { place = start + max(1, length) }
    return mark
  }

  /// `2024-05-01`, `2024/05/01`, with or without a time of day.
  private mutating func dashed(_ start: Int) -> TimeMark? {
    guard let year = number(4...4), byte(place) == 0x2D || byte(place) == 0x2F else { return nil }
    let separator = byte(place)
    place += 1
    guard let month = number(1...2), byte(place) == separator else { return nil }
    place += 1
    var length = 0
    while byte(place + length).isDigit { length += 1 }
    guard (1...2).contains(length), let day = number(1...2), let date = Self.day(year, month, day) else { return nil }
    return withTime(start, date)
  }

  /// `20240501`, `20240501T120000Z`, `20240501120000`.
  private mutating func compact(_ start: Int, _ length: Int) -> TimeMark? {
    func digits(_ from: Int, _ count: Int) -> Int64 {
      bytes[start + from..<start + from + count].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
    guard let date = Self.day(digits(0, 4), digits(4, 2), digits(6, 2)), (1980..<2100).contains(digits(0, 4)) else {
      return nil
    }
    var time: Int64?
    var end = start + length
    if length > 8 {
      time = Self.time(digits(8, 2), digits(10, 2), length == 14 ? digits(12, 2) : 0)
      if time == nil { return nil }
    } else if "T-_.".utf8.contains(byte(end)) {
      var following = 0
      while byte(end + 1 + following).isDigit, following < 7 { following += 1 }
      if following == 6 || following == 4 {
        let from = length + 1
        time = Self.time(digits(from, 2), digits(from + 2, 2), following == 6 ? digits(from + 4, 2) : 0)
        if time != nil { end += 1 + following }
      }
    }
    place = end
    guard let time else { return TimeMark(range: start..<end, form: .date, local: date, zone: nil, isBare: true) }
    let zone = self.zone()
    return TimeMark(range: start..<place, form: .instant, local: date + time, zone: zone, isBare: length > 8)
  }

  /// Seconds or milliseconds since 1970, from 1990 to 2100.
  private mutating func count(_ start: Int, _ length: Int) -> TimeMark? {
    guard let value = number(length...length) else { return nil }
    let seconds = length == 13 ? value / 1000 : value
    guard (631_152_000..<4_102_444_800).contains(seconds) else { return nil }
    if byte(place) == 0x2E, byte(place + 1).isDigit {
      place += 1
      while byte(place).isDigit { place += 1 }
    }
    return TimeMark(range: start..<place, form: .count, local: seconds, zone: 0, isBare: true)
  }

  /// `12:00:00`, not within more colons.
  private mutating func timeOfDay(_ start: Int) -> TimeMark? {
    let before = start > 0 ? bytes[start - 1] : 0x20
    guard before != 0x3A, !before.isWord, let time = clock(), byte(place) != 0x3A else {
      place = start
      return nil
    }
    return TimeMark(range: start..<place, form: .timeOfDay, local: time, zone: zone())
  }

  /// `1 May 2024`, `01-May-2024`, with or without a time of day.
  private mutating func dayFirst(_ start: Int) -> TimeMark? {
    place = start
    guard let day = number(1...2), byte(place) == 0x20 || byte(place) == 0x2D else { return failed(start) }
    place += 1
    guard let month = month() else { return failed(start) }
    guard skip(" ") || skip("-"), let year = number(4...4), let date = Self.day(year, month, day) else {
      return failed(start)
    }
    return withTime(start, date)
  }

  /// `05/01/2024` and `1.5.2024`, the day first or the month.
  private mutating func slashed(_ start: Int) -> TimeMark? {
    place = start
    guard let first = number(1...2), byte(place) == 0x2F || byte(place) == 0x2E else { return failed(start) }
    let separator = byte(place)
    place += 1
    guard let second = number(1...2), byte(place) == separator else { return failed(start) }
    place += 1
    guard let year = number(4...4), (1980..<2100).contains(year),
      let date = Self.day(year, second, first) ?? Self.day(year, first, second)
    else { return failed(start) }
    return withTime(start, date)
  }

  private mutating func failed(_ start: Int) -> TimeMark? {
    place = start
    return nil
  }

  // MARK: what begins with a name

  /// `Wed, 01 May 2024 12:00:00 +0000`, `Wed May  1 12:00:00 UTC 2024`, `May  1 2024`, `May 1, 2024`.
  private mutating func named() -> TimeMark? {
    let start = place
    if let length = Self.weekday(bytes, place) {
      place += length
      _ = skip(",")
      skipSpaces()
      if byte(place).isDigit, let mark = dayFirst(place) {
        return TimeMark(range: start..<mark.range.upperBound, form: mark.form, local: mark.local, zone: mark.zone)
      }
    }
    guard let month = month() else { return failed(start) }
    skipSpaces()
    guard let day = number(1...2) else { return failed(start) }
    _ = skip(",")
    skipSpaces()
    let afterDay = place
    if let time = clock() {
      skipSpaces()
      let zone = self.zone()
      skipSpaces()
      guard let year = number(4...4), let date = Self.day(year, month, day) else { return failed(start) }
      return TimeMark(range: start..<place, form: .instant, local: date + time, zone: zone)
    }
    place = afterDay
    guard let year = number(4...4), let date = Self.day(year, month, day) else { return failed(start) }
    return withTime(start, date)
  }

  private mutating func month() -> Int64? {
    guard let (length, number) = Self.month(bytes, place) else { return nil }
    place += length
    return number
  }

  // MARK: times of day and zones

  /// A date, and the time of day that may follow it.
  private mutating func withTime(_ start: Int, _ date: Int64) -> TimeMark {
    let end = place
    if "T _-:".utf8.contains(byte(place)) {
      place += 1
      skipSpaces()
      if let time = clock() {
        let zone = self.zone()
        return TimeMark(range: start..<place, form: .instant, local: date + time, zone: zone)
      }
    }
    place = end
    return TimeMark(range: start..<end, form: .date, local: date, zone: nil)
  }

  /// `12:00:00` with decimals, or `12:00` where a zone or the end of a word follows a date.
  private mutating func clock() -> Int64? {
    let start = place
    guard let hour = number(1...2), skip(":"), byte(place + 1).isDigit, let minute = number(2...2), skip(":"),
      byte(place + 1).isDigit, let second = number(2...2), var time = Self.time(hour, minute, second)
    else {
      place = start
      return nil
    }
    if byte(place) == 0x2E || byte(place) == 0x2C, byte(place + 1).isDigit {
      place += 1
      while byte(place).isDigit { place += 1 }
    }
    if byte(place) == 0x20, byte(place + 1) == 0x41 || byte(place + 1) == 0x50, byte(place + 2) == 0x4D,
      !byte(place + 3).isWord
    {
      time = time % 43_200 + (byte(place + 1) == 0x50 ? 43_200 : 0)
      place += 3
    }
    return time
  }

  /// `Z`, `UTC`, `CEST`, `+0200`, `-05:30`, after a space or none.
  private mutating func zone() -> Int64? {
    let start = place
    skipSpaces()
    if let (length, seconds) = TimeZoneName.read(bytes, place) {
      place += length
      return seconds
    }
    place = start
    return nil
  }

  // MARK: the calendar

  /// Seconds since 1970 of a day's beginning; nil where there is no such day.
  static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
    guard (1970..<2200).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    return TimeText.days(year: Int(year), month: Int(month), day: Int(day)) * 86_400
  }

  private static func time(_ hour: Int64, _ minute: Int64, _ second: Int64) -> Int64? {
    guard hour < 25, minute < 60, second < 61 else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    .map { Array($0.utf8) }
  private static let longMonths = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ].map { Array($0.utf8) }
  private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map { Array($0.utf8) }

  /// The length and number of an English month's name.
  private static func month(_ bytes: [UInt8], _ place: Int) -> (Int, Int64)? {
    let length = word(bytes, place)
    guard (3...9).contains(length) else { return nil }
    let lowered = bytes[place..<place + length].map(\.lowered)
    for (index, name) in (length == 3 ? months : longMonths).enumerated() where name == lowered {
      return (length, Int64(index + 1))
    }
    return nil
  }

  /// The length of an English weekday's name.
  private static func weekday(_ bytes: [UInt8], _ place: Int) -> Int? {
    let length = word(bytes, place)
    guard (3...9).contains(length) else { return nil }
    let lowered = bytes[place..<place + 3].map(\.lowered)
    guard weekdays.contains(lowered) else { return nil }
    return length == 3 || bytes[place..<place + length].suffix(3).map(\.lowered) == Array("day".utf8) ? length : nil
  }

  private static func word(_ bytes: [UInt8], _ place: Int) -> Int {
    var length = 0
    while place + length < bytes.count, length < 10, bytes[place + length].isLetter { length += 1 }
    return length
  }
}
