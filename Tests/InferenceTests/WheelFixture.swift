import Model
import RecipeFormat

@testable import Inference

/// A wheel and its source as values, for rules; the defaults are those of a setuptools build without an epoch.
struct WheelFixture {
  static let built: Int64 = 1_733_333_724
  static let sourced: Int64 = 1_733_329_206

  var fileName = "thing-1.0-py3-none-any.whl"
  var generator = "setuptools (75.6.0)"
  var metadata = "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n"
  var entries: [ZipListing.Entry] = []
  var members: [SourceListing.Member] = []
  var sources: [String: String] = [:]
  var texts: [String: String] = [:]
  var uploaded: Int64? = built + 2
  var compressor: Compressor? = .zlib(level: 6)
  var hasZlibReplacement = true
  var releases: [String: [WheelFacts.Release]] = [:]

  /// A module that has the source's bytes, and METADATA, WHEEL and RECORD that the build made.
  init() {
    copied("thing.py", from: "src/thing.py", crc32: 1)
    for name in ["METADATA", "WHEEL", "RECORD"] { made("thing-1.0.dist-info/\(name)") }
  }

  mutating func copied(
    _ name: String, from path: String, crc32: UInt32, offset: Int64 = 0, time: Int64 = sourced, mode: UInt16 = 0o644,
    sourceMode: UInt32 = 0o644
  ) {
    members.append(.init(path: path, time: time, mode: sourceMode, size: 10, crc32: crc32))
    entries.append(
      .init(
        name: name, time: WheelTime.tick(time) + offset, mode: 0o100000 | mode, system: 3, method: 8, crc32: crc32,
        size: 10))
  }

  mutating func made(_ name: String, time: Int64 = built, mode: UInt16 = 0o100644, system: UInt8 = 3) {
    entries.append(
      .init(name: name, time: time, mode: mode, system: system, method: 8, crc32: 99, size: Int64(name.utf8.count)))
  }

  mutating func setAll(time: Int64) {
    for index in entries.indices { entries[index].time = time }
  }

  mutating func change(_ suffix: String, _ body: (inout ZipListing.Entry) -> Void) {
    for index in entries.indices where entries[index].name.hasSuffix(suffix) { body(&entries[index]) }
  }

  var facts: WheelFacts {
    get throws {
      guard let python = TargetPython.of(suite: "bookworm") else { throw InferenceError("no Python") }
      return WheelFacts(
        wheel: WheelFile(
          fileName: fileName, entries: entries, metadata: metadata,
          wheel: "Wheel-Version: 1.0\nGenerator: \(generator)\n", texts: texts,
          compressor: compressor),
        source: SourceListing(members: members, texts: sources), uploaded: uploaded, python: python, releases: releases,
        hasZlibReplacement: hasZlibReplacement)
    }
  }

  /// The plan and inferences of all rules.
  func inferred() throws -> (plan: WheelPlan, inferences: [Inference]) {
    let facts = try facts
    var plan = WheelPlan()
    var inferences: [Inference] = []
    for rule in WheelRule.all { inferences += rule.apply(facts, &plan) }
    return (plan, inferences)
  }

  static func release(_ version: String, _ uploaded: Int64) -> WheelFacts.Release? {
    ReleaseVersion(version).map { WheelFacts.Release(version: $0, uploaded: uploaded) }
  }
}
