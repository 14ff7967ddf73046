@testable import Inference

/// What reads shipped wheels and the texts of their sources, to infer recipes from them.
enum InferenceTargets {
  static let all: [RefusingTarget] = [
    RefusingTarget(name: "zip-directory", read: directory), RefusingTarget(name: "pyproject", read: project),
    RefusingTarget(name: "python-requirement", read: requirement),
  ]

  /// Every entry that is listed stands in the file.
  private static func directory(_ bytes: [UInt8]) throws {
    let listing = try ZipListing(bytes, name: "it.whl")
    guard listing.entries.count <= bytes.count / 46 else { broken("there are more entries than bytes for them") }
    for entry in listing.entries {
      guard let compressed = ZipListing.compressed(entry, in: bytes) else { continue }
      guard compressed.count == entry.compressedSize, compressed.endIndex <= bytes.count else {
        broken("an entry's bytes are not those of the file")
      }
    }
  }

  private static func project(_ bytes: [UInt8]) throws {
    guard let table = BuildSystemTable(String(decoding: bytes, as: UTF8.self)) else { return }
    guard (table.requires ?? []).reduce(0, { $0 + $1.utf8.count }) <= 3 * bytes.count else {
      broken("more was read than there is")
    }
    for text in (table.requires ?? []).prefix(100) { _ = PythonRequirement(text) }
  }

  /// Names that are read are names, and what holds of a version holds of it written otherwise.
  private static func requirement(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    if let requirement = PythonRequirement(text) {
      guard PythonRequirement.normalised(requirement.name) == requirement.name else { broken("a name is not normal") }
      if let marker = requirement.marker {
        var parser = MarkerParser(marker)
        _ = parser.evaluate(["python_version": "3.11", "extra": ""])
      }
    }
    let parts = text.split(separator: "\n", maxSplits: 1)
    if let version = ReleaseVersion(parts.first ?? ""), let specifiers = VersionSpecifiers(parts.last ?? "") {
      guard let again = ReleaseVersion(version.text), again == version,
        specifiers.contains(version) == specifiers.contains(again)
      else { broken("a version is not the same after it was written and read") }
    }
  }
}
