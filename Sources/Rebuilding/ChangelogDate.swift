/// The date in the trailer line of a Debian changelog entry (deb-changelog(5)): ` -- Name <mail>  Mon, 02 Jan 2006 …`.
enum ChangelogDate {
  /// The date of the first entry, in seconds since 1970.
  static func first(in changelog: String) -> Int64? {
    for line in changelog.split(separator: "\n") where line.hasPrefix(" -- ") {
      return seconds(ofTrailer: line)
    }
    return nil
  }

  /// The date of the first entry of the changelog that a unified diff adds.
  static func first(inDiff diff: String) -> Int64? {
    var inside = false
    for line in diff.split(separator: "\n") {
      if line.hasPrefix("+++ ") {
        inside = line.hasSuffix("/debian/changelog")
      } else if inside, line.hasPrefix("+ -- ") {
        return seconds(ofTrailer: line.dropFirst())
      }
    }
    return nil
  }

  /// The seconds since 1970 of `… <mail>  Mon, 02 Jan 2006 15:04:05 +0100`; nil for anything else.
  static func seconds(ofTrailer line: Substring) -> Int64? {
    guard let end = line.lastIndex(of: ">") else { return nil }
    let words = line[line.index(after: end)...].split(whereSeparator: { $0 == " " || $0 == "," || $0 == "\t" })
    let fields = words.count == 6 ? Array(words.dropFirst()) : Array(words)
    guard fields.count == 5, let day = Int64(fields[0]), (1...31).contains(day),
      let month = months.firstIndex(of: fields[1].prefix(3).lowercased()), let year = Int64(fields[2]),
      (1970...9999).contains(year), let time = clock(fields[3]), let offset = zone(fields[4])
    else { return nil }
    return days(year: year, month: Int64(month) + 1, day: day) * 86_400 + time - offset
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func clock(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":").compactMap { Int64($0) }
    guard parts.count == 3, (0...23).contains(parts[0]), (0...59).contains(parts[1]), (0...60).contains(parts[2])
    else { return nil }
    return parts[0] * 3600 + parts[1] * 60 + parts[2]
  }

  private static func zone(_ text: Substring) -> Int64? {
    guard text.utf8.count == 5, text.first == "+" || text.first == "-", let value = Int64(text.dropFirst()) else {
      return nil
    }
    return (value / 100 * 3600 + value % 100 * 60) * (text.first == "-" ? -1 : 1)
  }

  /// Days from 1970 to a date of the Gregorian calendar.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
