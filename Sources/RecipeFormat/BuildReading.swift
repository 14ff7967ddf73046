import Model

/// Reads `build`.
enum BuildReading {
  static let keys = ["path", "run", "variables", "limits", "epoch", "processors", "umask", "host", "clock"]
  /// The last second of the year 9999, after which nobody's file formats go on.
  static let lastSecond: Int64 = 253_402_300_799

  static func build(_ value: YAMLValue, problems: inout ProblemList) -> BuildRecipe? {
    guard let item = MappingReader(value, name: "build", allowed: keys, problems: &problems) else { return nil }
    let path = item.required("path", "the absolute path of the source tree", problems: &problems)
      .flatMap { buildPath($0, problems: &problems) }
    let run = item.required("run", "the shell commands", problems: &problems)?
      .list("build.run", of: "shell commands", count: 1...100, problems: &problems, read: command)
    var build = BuildRecipe(path: path ?? "", run: run ?? [])
    build.variables = item.optional("variables").flatMap { variables($0, problems: &problems) } ?? [:]
    build.limits = item.optional("limits").map { LimitsReading.limits($0, problems: &problems) } ?? .init()
    build.epoch = item.optional("epoch").flatMap { epoch($0, problems: &problems) }
    build.processors = item.optional("processors")?.number("a count of processors", in: 1...1024, problems: &problems)
    build.umask = item.optional("umask").flatMap { umask($0, problems: &problems) }
    build.host = item.optional("host")?.text(.hostName, problems: &problems)
    build.clock = item.optional("clock").flatMap { clock($0, problems: &problems) }
    return path == nil || run == nil ? nil : build
  }

  private static func buildPath(_ value: YAMLValue, problems: inout ProblemList) -> String? {
    guard let text = value.text("the source tree's path", problems: &problems) else { return nil }
    return text.accepted(PathRules.refusalOfBuildPath(text), at: value.place, problems: &problems)
  }

  private static func command(_ value: YAMLValue, name: String, problems: inout ProblemList) -> String? {
    guard let text = value.text("a shell command", problems: &problems) else { return nil }
    var refusal: String?
    if text.allSatisfy(\.isWhitespace) { refusal = "found nothing where a shell command belongs" }
    if text.utf8.count > 64 << 10 { refusal = "found a shell command of more than 64 KiB" }
    if hasControls(text) { refusal = "found a control character in the shell command \(text.quotedForMessage)" }
    return text.accepted(refusal, at: value.place, problems: &problems)
  }

  private static func variables(_ value: YAMLValue, problems: inout ProblemList) -> [String: String]? {
    guard let entries = MappingReader.freeEntries(value, name: "build.variables", problems: &problems) else {
      return nil
    }
    if entries.count > 200 { problems.add(value.place, "build.variables has \(entries.count) entries; at most 200") }
    var variables: [String: String] = [:]
    for entry in entries {
      let refusal = TextPattern.variableName.refusal(of: entry.key) ?? BuildDefaults.refusal(ofVariable: entry.key)
      if let refusal { problems.add(entry.place, refusal) }
      variables[entry.key] = variable(entry.value, name: entry.key, problems: &problems)
    }
    return variables
  }

  private static func variable(_ value: YAMLValue, name: String, problems: inout ProblemList) -> String? {
    if value.content == .scalar("", quoted: true) { return "" }
    guard let text = value.text("the value of \(name)", problems: &problems) else { return nil }
    var refusal: String?
    if text.utf8.count > 32 << 10 { refusal = "found more than 32 KiB as the value of \(name)" }
    if hasControls(text) { refusal = "found a control character in the value of \(name), \(text.quotedForMessage)" }
    return text.accepted(refusal, at: value.place, problems: &problems)
  }

  /// Whether a text holds a control character other than a line feed and a tab.
  private static func hasControls(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" }
  }

  private static func epoch(_ value: YAMLValue, problems: inout ProblemList) -> Epoch? {
    if case .scalar("unset", _) = value.content { return .unset }
    return value.number("seconds since 1970, or \"unset\",", in: 0...lastSecond, problems: &problems)
      .map { .seconds($0) }
  }

  /// A time, or a mapping of one and a rate.
  private static func clock(_ value: YAMLValue, problems: inout ProblemList) -> BuildClock? {
    guard case .mapping = value.content else { return start(value, rate: 1000, problems: &problems) }
    guard let item = MappingReader(value, name: "build.clock", allowed: ["start", "rate"], problems: &problems) else {
      return nil
    }
    let rate = item.optional("rate").map { self.rate($0, problems: &problems) } ?? 1000
    let start = item.required("start", "a time", problems: &problems)
      .flatMap { self.start($0, rate: rate ?? 1000, problems: &problems) }
    return rate == nil ? nil : start
  }

  private static func start(_ value: YAMLValue, rate: Int, problems: inout ProblemList) -> BuildClock? {
    if case .scalar(let text, _) = value.content, let clock = BuildClock(start: text, rate: rate) { return clock }
    problems.add(
      value.place,
      "found \(value.found) where a time belongs: UTC such as 2024-05-01T12:00:00Z, decimals of a second allowed, from 1971 to 2199"
    )
    return nil
  }

  private static func rate(_ value: YAMLValue, problems: inout ProblemList) -> Int? {
    if case .scalar(let text, quoted: false) = value.content, let rate = BuildClock.rate(text) { return rate }
    problems.add(
      value.place,
      "found \(value.found) where the clock's rate belongs: a number from 0 to 1000 with at most three decimals")
    return nil
  }

  private static func umask(_ value: YAMLValue, problems: inout ProblemList) -> UInt16? {
    if case .scalar(let text, _) = value.content, (3...4).contains(text.utf8.count),
      text.utf8.allSatisfy(TextPattern.digit), let mask = UInt16(text, radix: 8), mask <= 0o777
    {
      return mask
    }
    problems.add(value.place, "found \(value.found) where a umask belongs: three octal digits such as \"022\"")
    return nil
  }
}
