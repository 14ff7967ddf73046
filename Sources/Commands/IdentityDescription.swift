import Archives
import Model
import Reports
import SourceTrees

/// What `unpack` and `identify` say of an archive, a folder or a file.
struct IdentityDescription: Encodable {
  let path: String
  /// `archive`, `folder` or `file`.
  let kind: String
  /// Of the file's bytes; nil for a folder.
  let sha256: SHA256Digest?
  /// Of the file's bytes; nil for a folder.
  let size: Int64?
  let swhid: SWHID
  /// The digest of the tree's manifest; nil for a single file.
  let manifest: SHA256Digest?
  /// Nil for a single file.
  let entries: Int?
  /// The archive's format; nil for what is none.
  let format: String?
  let findings: [String]

  init(path: String, _ unpacked: UnpackedSource) {
    self.path = path
    kind = "archive"
    sha256 = unpacked.archive.sha256
    size = unpacked.archive.size
    swhid = unpacked.identity.swhid
    manifest = unpacked.identity.sha256
    entries = unpacked.identity.entries
    format = unpacked.formatName
    findings = unpacked.findings.map(\.description)
  }

  init(path: String, folder: TreeIdentity) {
    self.path = path
    kind = "folder"
    sha256 = nil
    size = nil
    swhid = folder.swhid
    manifest = folder.sha256
    entries = folder.entries
    format = nil
    findings = []
  }

  init(path: String, file: TreeIdentity) {
    self.path = path
    kind = "file"
    sha256 = file.sha256
    size = file.bytes
    swhid = file.swhid
    manifest = nil
    entries = nil
    format = nil
    findings = []
  }

  func printLines() {
    let facts: [(String, String?)] = [
      ("kind", format.map { "archive, \($0)" } ?? kind), ("sha256", sha256?.hex), ("size", size.map(Amount.size)),
      ("swhid", swhid.description), ("manifest", manifest.map { "sha256 \($0)" }), ("entries", entries.map { "\($0)" }),
    ]
    for case (let name, let value?) in facts {
      Console.output(name + String(repeating: " ", count: 10 - name.count) + VisibleText.escaped(value))
    }
    for finding in findings { Console.output("note      " + VisibleText.escaped(finding)) }
  }
}
