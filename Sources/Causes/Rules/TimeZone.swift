import Model

/// The time zone of the builder.
struct TimeZone: CauseRule {
  let name = "time-zone"
  let summary = "the same times in another zone: whole quarters of an hour apart, or another offset"

  func finding(_ subject: Subject) -> Finding? {
    guard subject.difference.role == .time, let shipped = subject.shippedTimes.first,
      let rebuilt = subject.rebuiltTimes.first
    else { return nil }
    return judge(shipped, rebuilt)
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    if let (shipped, rebuilt) = subject.times(at: change) { return judge(shipped, rebuilt) }
    if change.isNamed(["tz", "timezone", "time zone", "time_zone", "localtime"]), change.eitherWord(Self.isZone) {
      return Finding(0.93, "names of time zones: \(change.shown)")
    }
    // Two digits with a sign are any number.
    guard change.bothWords({ Self.isZone($0) && $0.count > 2 && !($0.count == 3 && $0.contains(where: \.isDigit)) })
    else { return nil }
    return Finding(0.85, "names of time zones: \(change.shown)")
  }

  private func judge(_ shipped: TimeMark, _ rebuilt: TimeMark) -> Finding? {
    guard Clock.isZoneShift(shipped, rebuilt) else { return nil }
    if shipped.zone != rebuilt.zone, shipped.seconds == rebuilt.seconds {
      return Finding(0.97, "one instant in two zones: \(TimeText.text(shipped.seconds))")
    }
    let apart = abs(shipped.local - rebuilt.local)
    let text = apart % 3600 == 0 ? "\(apart / 3600) h" : "\(apart / 60) min"
    let confidence = shipped.form == .timeOfDay ? 0.88 : apart % 1800 == 0 ? 0.96 : 0.82
    return Finding(confidence, "times exactly \(text) apart, as zones are")
  }

  /// `CEST`, `+0200`, `Europe/Berlin`.
  private static func isZone(_ word: ArraySlice<UInt8>) -> Bool {
    if let (length, _) = TimeZoneName.read(Array(word), 0), length == word.count { return word.count > 1 }
    return ["Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Etc/", "US/"].contains {
      word.begins($0)
    }
  }

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "zip", "wheel", "jar", "apk": "build with TZ=UTC: zip stores local times"
    default: "build with TZ=UTC"
    }
  }
}
