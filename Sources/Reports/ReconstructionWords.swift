import Model

/// What came of putting the shipped bytes together from the rebuilt ones, in words.
///
/// Reasons come from recipes and names from artifacts, so renderers have to set them off.
struct ReconstructionWords {
  /// How many lines of one sort a report has; `report.json` has all.
  static let limit = 20

  private let reconstruction: Reconstruction

  /// Nil where no exceptions are declared or no bytes differ.
  init?(_ artifact: ArtifactResult) {
    guard let reconstruction = artifact.reconstruction else { return nil }
    self.reconstruction = reconstruction
  }

  /// Whether all that was declared accounts for all that differs.
  var isComplete: Bool { reconstruction.isComplete }

  /// In one line what was done, and what was patched.
  var line: String {
    guard isComplete else { return "not reconstructed, for \(Amount.count(reconstruction.refusals.count, "reason"))" }
    let what = reconstruction.ofDecodedContents ? "decoded contents reconstructed" : "reconstructed byte for byte"
    return "\(what) from the rebuilt ones and a patch of \(reconstruction.summary)"
  }

  /// Who signed, what could not be repeated, and why something was refused, a line each.
  func details(limit: Int? = Self.limit) -> [String] {
    var lines: [String] = []
    func add(_ found: [String], _ what: String) {
      let shown = limit.map { Array(found.prefix($0)) } ?? found
      lines += shown
      if shown.count < found.count { lines.append("… and \(Amount.count(found.count - shown.count, what))") }
    }
    var signatures: [String: Int] = [:]
    for patch in reconstruction.patches {
      if let signer = patch.signer { signatures[signer, default: 0] += 1 }
    }
    add(
      signatures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { signer, count in
        "\(Amount.count(count, "signature")), \(signer)"
      }, "more signer")
    add(
      reconstruction.decodedOnly.map { "the compression of \(Self.place($0)) could not be repeated" },
      "more such file")
    add(reconstruction.refusals.map { "\(Self.place($0.path)): \($0.reason)" }, "more reason")
    return lines
  }

  private static func place(_ path: [String]) -> String {
    path.isEmpty ? "the whole" : path.joined(separator: " › ")
  }
}
