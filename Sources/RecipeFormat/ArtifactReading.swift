/// Reads `artifacts`.
enum ArtifactReading {
  static func artifacts(_ value: YAMLValue, problems: inout ProblemList) -> [ArtifactRecipe]? {
    var seen: Set<String> = []
    return value.list("artifacts", of: "artifacts", count: 1...1000, problems: &problems) { value, name, problems in
      artifact(value, name: name, seen: &seen, problems: &problems)
    }
  }

  private static func artifact(
    _ value: YAMLValue, name: String, seen: inout Set<String>, problems: inout ProblemList
  ) -> ArtifactRecipe? {
    guard
      let item = MappingReader(value, name: name, allowed: ["built", "shipped", "exceptions"], problems: &problems)
    else { return nil }
    var built: String?
    if let value = item.required("built", "the built file's path, relative to build.path", problems: &problems) {
      built = path(value, seen: &seen, problems: &problems)
    }
    let shipped = item.required("shipped", "where the shipped file comes from", problems: &problems)
      .flatMap { SourceReading.shipped($0, name: "\(name).shipped", problems: &problems) }
    let exceptions = item.optional("exceptions")
      .flatMap { ExceptionReading.exceptions($0, name: "\(name).exceptions", problems: &problems) }
    guard let built, let shipped else { return nil }
    return ArtifactRecipe(built: built, shipped: shipped, exceptions: exceptions ?? [])
  }

  private static func path(
    _ value: YAMLValue, seen: inout Set<String>, problems: inout ProblemList
  ) -> String? {
    guard let text = value.text("the built file's path", problems: &problems),
      let path = text.accepted(PathRules.refusalOfBuilt(text), at: value.place, problems: &problems)
    else { return nil }
    let refusal = seen.insert(path).inserted ? nil : "found the artifact \(path.quotedForMessage) a second time"
    return path.accepted(refusal, at: value.place, problems: &problems)
  }
}
