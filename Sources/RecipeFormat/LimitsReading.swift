/// Reads `build.limits`.
enum LimitsReading {
  static let keys = ["time", "memory", "processes", "output", "open-files"]

  static func limits(_ value: YAMLValue, problems: inout ProblemList) -> LimitsRecipe {
    var limits = LimitsRecipe()
    guard let item = MappingReader(value, name: "build.limits", allowed: keys, problems: &problems) else {
      return limits
    }
    limits.time = item.optional("time").flatMap { seconds($0, problems: &problems) }
    limits.memory = item.optional("memory").flatMap { bytes($0, "an amount of memory", problems: &problems) }
    limits.output = item.optional("output").flatMap { bytes($0, "an amount of output", problems: &problems) }
    limits.processes = item.optional("processes")?
      .number("a count of processes and threads", in: 1...1_000_000, problems: &problems)
    limits.openFiles = item.optional("open-files")?
      .number("a count of open files", in: 16...1_000_000, problems: &problems)
    return limits
  }

  /// `90s`, `30m` or `2h`, up to a week.
  private static func seconds(_ value: YAMLValue, problems: inout ProblemList) -> Int? {
    let units = [("s", 1), ("m", 60), ("h", 3600)]
    if let (count, factor) = quantity(value, units: units), count <= 604_800 / Int64(factor) {
      return Int(count) * factor
    }
    problems.add(
      value.place,
      "found \(value.found) where a time belongs: a whole number and s, m or h, such as 30m, up to a week (168h)")
    return nil
  }

  /// `512MiB` or `4GiB`, from 1 MiB up to 64 TiB.
  private static func bytes(_ value: YAMLValue, _ what: String, problems: inout ProblemList) -> Int64? {
    let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)]
    if let (count, factor) = quantity(value, units: units), count <= (64 << 40) / Int64(factor),
      count * Int64(factor) >= 1 << 20
    {
      return count * Int64(factor)
    }
    problems.add(
      value.place,
      "found \(value.found) where \(what) belongs: a whole number and KiB, MiB, GiB or TiB, such as 4GiB, from 1MiB to 64TiB"
    )
    return nil
  }

  /// A positive number and one of the units.
  private static func quantity(_ value: YAMLValue, units: [(String, Int)]) -> (count: Int64, factor: Int)? {
    guard case .scalar(let text, _) = value.content, let unit = units.first(where: { text.hasSuffix($0.0) }) else {
      return nil
    }
    let digits = text.dropLast(unit.0.count)
    guard digits.utf8.allSatisfy(TextPattern.digit), !digits.hasPrefix("0"), digits.utf8.count <= 15,
      let count = Int64(digits)
    else { return nil }
    return (count, unit.1)
  }
}
