import Archives
import Glibc
import SystemPackage
import TestFixtures
import Testing

/// `Documentation/Unpacking.md` shows the rules and limits as they are in code.
///
/// With `VERBATIM_RECORD=1` the document is rewritten, and the test still fails.
@Suite struct UnpackingDocumentTests {
  private static let opening = "<!-- from here on written by UnpackingDocumentTests -->\n"

  private static func generated() -> String {
    var text = opening
    for action in [UnpackRule.Action.refused, .recorded] {
      text += "\n## What is \(action.rawValue)\n\n| rule | what | why |\n|---|---|---|\n"
      for rule in UnpackRule.all where rule.action == action {
        text += "| `\(rule.name.rawValue)` | \(rule.meaning) | \(rule.reason) |\n"
      }
    }
    let limits = UnpackLimits.standard
    text += """

      ## Limits

      | limit | default | what |
      |---|---|---|
      | bytes | \(limits.bytes >> 30) GiB | all files together, holes of sparse files included |
      | entries | \(limits.entries) | files, folders and links, implied folders included |
      | ratio | \(limits.ratio) | size of the files against that of the archive, from 64 MiB on |
      | depth | \(limits.depth) | folders above an entry |
      | names | \(limits.nameBytes >> 20) MiB | all names together |

      """
    return text
  }

  @Test func documentIsUpToDate() throws {
    let path = Checkout.root.appending("Documentation/Unpacking.md")
    let text = String(decoding: try TemporaryFolder.read(path), as: UTF8.self)
    let written = text.range(of: Self.opening).map { String(text[$0.lowerBound...]) } ?? ""
    if written != Self.generated(), unsafe getenv("VERBATIM_RECORD") != nil {
      let head = text.range(of: Self.opening).map { text[..<$0.lowerBound] } ?? text[...]
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter { _ = try file.writeAll(Array((head + Self.generated()).utf8)) }
    }
    #expect(written == Self.generated(), "run once with VERBATIM_RECORD=1")
  }
}

extension String {
  /// The first place of a text, without the whole of Foundation.
  fileprivate func range(of other: String) -> Range<Index>? { firstRange(of: other) }
}
