import Model
import RecipeFormat

/// Rules on the builder's clock and time zone.
extension WheelRule {
  static let epoch = WheelRule(
    name: "epoch", evidence: "one time of all entries, or several",
    conclusion: "SOURCE_DATE_EPOCH: that time, unset where it is the back end's own, and unset where they differ"
  ) { facts, plan in
    let times = facts.times
    guard let time = times.first else { return [] }
    if times.count > 1 {
      plan.epoch = .unset
      return [
        Inference(
          setting: "build.epoch", value: "unset",
          evidence: "entries are of \(times.count) times, so SOURCE_DATE_EPOCH was not set",
          confidence: Inference.follows)
      ]
    }
    if time == facts.backend?.ownTime {
      plan.epoch = .unset
      return [
        Inference(
          setting: "build.epoch", value: "unset",
          evidence: "all entries are of \(TimeText.text(time)), which \(facts.backend?.project ?? "the back end") "
            + "writes where SOURCE_DATE_EPOCH is not set", confidence: Inference.follows)
      ]
    }
    plan.epoch = .seconds(time)
    return [
      Inference(
        setting: "build.epoch", value: String(time),
        evidence: "all entries are of \(TimeText.text(time))", confidence: Inference.follows)
    ]
  }

  static let timeZone = WheelRule(
    name: "time-zone", evidence: "times that are a constant offset off those of the source",
    conclusion: "the builder's time zone; with two offsets one that has daylight saving"
  ) { facts, plan in
    guard plan.epoch == .unset, facts.times.count > 1 else { return [] }
    let offsets = facts.zoneOffsets
    let total = offsets.reduce(0) { $0 + $1.count }
    guard let first = offsets.first, total * 2 > facts.payload.count else { return [] }
    let all = offsets.prefix(2).map(\.offset).sorted()
    guard all != [0] else { return [] }
    if all.count == 2, all[1] - all[0] == 3600, let zone = DaylightSaving.zone(standard: all[0], facts.payload) {
      plan.zone = zone
      return [
        Inference(
          setting: "build.variables.TZ", value: zone,
          evidence: "files are \(WheelTime.offset(all[0])) in winter and \(WheelTime.offset(all[1])) in summer off "
            + "those of the source", confidence: Inference.follows)
      ]
    }
    guard first.offset != 0 else { return [] }
    plan.zone = DaylightSaving.fixed(first.offset)
    return [
      Inference(
        setting: "build.variables.TZ", value: plan.zone ?? "UTC",
        evidence: "\(first.count) files are \(WheelTime.offset(first.offset)) off those of the source",
        confidence: Inference.follows)
    ]
  }

  static let treeTime = WheelRule(
    name: "tree-time", evidence: "one time of all entries that were copied, which is none of the source archive's",
    conclusion: "the files of a checkout, all of that time"
  ) { facts, plan in
    guard plan.epoch == .unset, facts.backend?.ownTime == nil, let time = facts.checkoutTime else { return [] }
    plan.treeTime = time
    return [
      Inference(
        setting: "build.run", value: "the files of the tree are of \(TimeText.text(time))",
        evidence: "all \(facts.payload.count) entries that the source has are of that time, as a checkout leaves them",
        confidence: Inference.likely)
    ]
  }

  static let clock = WheelRule(
    name: "clock", evidence: "entries that the build made, with times of their own",
    conclusion: "the build's clock when it began"
  ) { facts, plan in
    guard plan.epoch == .unset, facts.backend?.ownTime == nil, facts.times.count > 1 else { return [] }
    let stamped = facts.stamped
    guard let first = stamped.map(\.time).min(), let last = stamped.map(\.time).max() else { return [] }
    let clock = ClockSetting.held(at: first)
    plan.clock = clock
    return [
      Inference(
        setting: "build.clock", value: clock.text,
        evidence: "\(stamped.count) entries that the build wrote are of \(TimeText.text(first))"
          + (last > first ? " to \(TimeText.text(last))" : ""), confidence: Inference.follows)
    ]
  }
}

/// Time zones as TZ has them.
enum DaylightSaving {
  private struct Zone {
    var standard: Int64
    var names: [String]
  }

  private static let zones = [
    Zone(standard: 0, names: ["Europe/London"]), Zone(standard: 3600, names: ["Europe/Berlin"]),
    Zone(standard: 7200, names: ["Europe/Helsinki"]), Zone(standard: -18_000, names: ["America/New_York"]),
    Zone(standard: -21_600, names: ["America/Chicago"]), Zone(standard: -25_200, names: ["America/Denver"]),
    Zone(standard: -28_800, names: ["America/Los_Angeles"]), Zone(standard: -14_400, names: ["America/Halifax"]),
    Zone(standard: 36_000, names: ["Australia/Sydney"]), Zone(standard: 34_200, names: ["Australia/Adelaide"]),
    Zone(standard: 43_200, names: ["Pacific/Auckland"]), Zone(standard: -10_800, names: ["America/Sao_Paulo"]),
  ]

  /// A zone with daylight saving whose standard time is this offset.
  static func zone(standard: Int64, _ copied: [WheelFacts.Copied]) -> String? {
    zones.first { $0.standard == standard }?.names.first
  }

  /// A zone of one offset in POSIX's form, whose sign counts west of Greenwich: `<+0530>-5:30`.
  static func fixed(_ offset: Int64) -> String {
    let text = WheelTime.offset(offset)
    let name = text.replacing(":", with: "")
    let hours = text.dropFirst().replacing(":00", with: "")
    return "<\(name)>\(offset < 0 ? "" : "-")\(hours)"
  }
}
