import Model

/// The time of the build, or of the files that it began with.
struct Clock: CauseRule {
  let name = "clock"
  let summary = "a time that parses: of the build, of a file, near the epoch"

  func finding(_ subject: Subject) -> Finding? {
    guard subject.difference.role == .time else { return binary(subject) }
    let (shipped, rebuilt) = (subject.shippedTimes.first, subject.rebuiltTimes.first)
    if let shipped, let rebuilt {
      return Finding(Self.isZoneShift(shipped, rebuilt) ? 0.8 : 0.95, Self.evidence(shipped, rebuilt, subject))
    }
    guard let only = shipped ?? rebuilt else { return nil }
    return Finding(0.8, "a time field; only one side has a time: \(TimeText.text(only.seconds))")
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    guard let (shipped, rebuilt) = subject.times(at: change), !change.isAnywhereAfter(Self.terms) else { return nil }
    var confidence = shipped.form == .instant && rebuilt.form == .instant ? 0.9 : 0.87
    if shipped.isBare || rebuilt.isBare {
      let isNear = subject.facts.isNear(shipped.seconds) || subject.facts.isNear(rebuilt.seconds)
      let isNamed = change.isAfter(any: ["time", "date", "stamp", "epoch", "built", "build", "created", "modified"])
      let areRecent = [shipped, rebuilt].allSatisfy { (1_000_000_000..<2_050_000_000).contains($0.seconds) }
      guard isNear || isNamed || areRecent else { return nil }
      confidence = isNear ? 0.92 : isNamed ? 0.88 : 0.65
    }
    if subject.facts.isNear(shipped.seconds) || subject.facts.isNear(rebuilt.seconds) { confidence += 0.04 }
    if Self.isZoneShift(shipped, rebuilt) { confidence = min(confidence, 0.8) }
    return Finding(confidence, Self.evidence(shipped, rebuilt, subject))
  }

  /// Until when something holds is for somebody to decide, and no clock of a build tells it.
  private static let terms = [
    "expir", "valid until", "valid to", "not after", "notafter", "deadline", "end of life", "until ", "birth",
  ]

  /// Four or eight bytes that are seconds near the epoch or the build.
  private func binary(_ subject: Subject) -> Finding? {
    guard subject.facts.epoch != nil || subject.facts.buildTimes != nil, let shippedBytes = subject.shipped.excerpt,
      let rebuiltBytes = subject.rebuilt.excerpt
    else { return nil }
    for isBig in [false, true] {
      let (shipped, rebuilt) = (Self.seconds(shippedBytes, isBig), Self.seconds(rebuiltBytes, isBig))
      guard let shipped, let rebuilt, shipped != rebuilt else { continue }
      if subject.facts.isNear(shipped) || subject.facts.isNear(rebuilt), abs(shipped - rebuilt) < 40 * 31_556_952 {
        return Finding(
          0.8, "binary seconds near the build's time: \(TimeText.text(shipped)) / \(TimeText.text(rebuilt))")
      }
    }
    return nil
  }

  private static func seconds(_ bytes: [UInt8], _ isBig: Bool) -> Int64? {
    guard bytes.count == 4 || bytes.count == 8 else { return nil }
    let four = isBig ? bytes.suffix(4) : bytes.prefix(4)
    return (isBig ? Array(four) : four.reversed()).reduce(0) { $0 << 8 | Int64($1) }
  }

  private static func evidence(_ shipped: TimeMark, _ rebuilt: TimeMark, _ subject: Subject) -> String {
    if shipped.form == .timeOfDay || rebuilt.form == .timeOfDay { return "times of day that differ" }
    let near =
      subject.facts.isNear(shipped.seconds) || subject.facts.isNear(rebuilt.seconds)
      ? ", near the build's own time" : ""
    return "times that differ: \(TimeText.text(shipped.seconds)) / \(TimeText.text(rebuilt.seconds))\(near)"
  }

  /// Whether two times are apart by what two time zones are apart, or are one instant in two zones.
  static func isZoneShift(_ shipped: TimeMark, _ rebuilt: TimeMark) -> Bool {
    if let zone = shipped.zone, let other = rebuilt.zone, zone != other, shipped.form == .instant {
      return shipped.seconds == rebuilt.seconds
    }
    guard shipped.form == rebuilt.form, shipped.form != .date else { return false }
    var apart = abs(shipped.local - rebuilt.local)
    if shipped.form == .timeOfDay { apart = min(apart, 86_400 - apart) }
    return apart > 0 && apart <= 14 * 3600 && apart % 900 == 0
  }

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "tar": "tar --sort=name --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime"
    case "gzip": "gzip -n, which stores no time"
    case "ar": "ar D (ARFLAGS=Dcr), or dpkg-deb with SOURCE_DATE_EPOCH set"
    case "zip":
      "set SOURCE_DATE_EPOCH, or give the files that time before zip -X; for jars jar --date=…"
    case "cpio": "touch the files to SOURCE_DATE_EPOCH, then cpio --reproducible"
    case "Python bytecode": "PYTHONHASHSEED=0 and python -m compileall --invalidation-mode checked-hash"
    case "uImage", "device tree": "set SOURCE_DATE_EPOCH for mkimage"
    case "PE": "link with /Brepro or -Wl,--no-insert-timestamp"
    case "ISO 9660": "set SOURCE_DATE_EPOCH for xorriso"
    case "squashfs": "mksquashfs with SOURCE_DATE_EPOCH set, or -mkfs-time and -all-time"
    case "ELF": "set SOURCE_DATE_EPOCH (gcc and clang honour it for __DATE__ and __TIME__)"
    default: "set SOURCE_DATE_EPOCH and let the tool use it in place of the clock"
    }
  }
}
