import Model
import RecipeFormat

/// Rules on places, people, times and packers.
extension FileRule {
  static let buildPath = FileRule(name: "the folder of the build") { facts, plan in
    if let folder = facts.values(named: " directory").first(where: { $0.hasPrefix("/") && $0.utf8.count < 200 }) {
      plan.path = folder
      return [
        Inference(
          setting: "build.path", value: folder, evidence: "its debug information names it as a unit's directory",
          confidence: Inference.said)
      ]
    }
    guard let most = facts.texts.folders.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return [] }
    plan.path = most.key
    return [
      Inference(
        setting: "build.path", value: most.key, evidence: "\(most.value) of its texts are paths in it",
        confidence: Inference.likely)
    ]
  }

  /// `Linux version 6.1.0 (user@host) (gcc …) #1 SMP …`, and fields for hosts and owners.
  static let builder = FileRule(name: "who built it, and where") { facts, plan in
    var inferences: [Inference] = []
    let banners =
      facts.texts.marks.prefix(50).filter { $0.hasPrefix("Linux version ") || $0.hasPrefix("U-Boot ") }
      + facts.fields(of: .version).map(\.value).filter { $0.contains("@") }
    for text in banners.prefix(10) {
      inferences.append(
        Inference(
          setting: run, value: String(text.prefix(200)), evidence: "it holds this banner", confidence: Inference.said))
      guard let open = text.firstIndex(of: "("), let at = text[open...].firstIndex(of: "@"),
        let close = text[at...].firstIndex(of: ")")
      else { continue }
      let user = String(text[text.index(after: open)..<at])
      let host = String(text[text.index(after: at)..<close])
      guard DebianFile.isWord(user), DebianFile.isWord(host) else { continue }
      plan.variables["KBUILD_BUILD_USER"] = user
      plan.variables["KBUILD_BUILD_HOST"] = host
      for (name, value) in [("USER", user), ("HOST", host)] {
        inferences.append(
          Inference(
            setting: "build.variables.KBUILD_BUILD_\(name)", value: value, evidence: "its banner names \(user)@\(host)",
            confidence: Inference.said))
      }
    }
    for field in facts.fields(of: .host).prefix(3) where DebianFile.isWord(field.value) {
      plan.host = plan.host ?? field.value
      inferences.append(
        Inference(
          setting: "build.host", value: field.value, evidence: "\(field.label) names it", confidence: Inference.said))
    }
    return inferences
  }

  /// Times of the format's own fields, where no archive's entries have any.
  static let time = FileRule(name: "times that the format has") { facts, plan in
    guard facts.listing == nil || facts.fields.count < 100 else { return [] }
    let times = facts.fields(of: .time).compactMap { field in TimeText.seconds(field.value).map { (field, $0) } }
      .filter { $0.1 > 0 }
    guard let (field, first) = times.first else { return [] }
    if times.count == 1 { plan.epoch = .seconds(first) }
    return times.prefix(5).map { field, time in
      Inference(
        setting: "build.epoch", value: String(time),
        evidence: "the \(field.label) of \(facts.format ?? "its format") is \(field.value)",
        confidence: times.count == 1 ? Inference.likely : 0.4)
    }
  }

  /// Method, level and block sizes.
  static let packing = FileRule(name: "how it was packed") { facts, _ in
    facts.fields(of: .compression).filter { !$0.name.hasSuffix("logarithm") }.prefix(10).map { field in
      Inference(
        setting: run, value: "packed with \(field.name) \(field.value.prefix(100))",
        evidence: "\(facts.format ?? "its format") has \(field.label)", confidence: Inference.follows)
    }
  }

  /// Times, owners and modes of what an archive holds.
  static let listing = FileRule(name: "an archive's entries") { facts, plan in
    guard let listing = facts.listing else { return [] }
    var inferences = [
      Inference(
        setting: run, value: "an archive of \(listing.count) entries as \(listing.format)",
        evidence: "it reads as such",
        confidence: Inference.follows)
    ]
    if let least = listing.times.min(), let most = listing.times.max(), most > 0 {
      let isOne = least == most
      let span = isOne ? TimeText.text(least) : "\(TimeText.text(least)) to \(TimeText.text(most))"
      if isOne { plan.epoch = .seconds(most) }
      inferences.append(
        Inference(
          setting: "build.epoch", value: "\(most)", evidence: "its entries are of \(span)",
          confidence: isOne ? Inference.follows : 0.4))
      if !isOne {
        let count = listing.times.count < 1000 ? "\(listing.times.count)" : "1,000 or more"
        plan.questions.append("it holds \(count) times: which of them are of the source, which of the build?")
      }
    }
    if listing.owners != ["0:0"] {
      inferences.append(
        Inference(
          setting: run, value: "owners \(listing.owners.sorted().prefix(5).joined(separator: ", "))",
          evidence: "its entries name them", confidence: Inference.likely))
    }
    if listing.modes.contains(0o664) || listing.modes.contains(0o775) {
      plan.umask = 0o002
      inferences.append(
        Inference(
          setting: "build.umask", value: "002", evidence: "files in it may be written by their group",
          confidence: Inference.likely))
    }
    return inferences
  }
}
