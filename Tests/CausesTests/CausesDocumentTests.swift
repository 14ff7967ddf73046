import SystemPackage
import TestFixtures
import Testing

@testable import Causes

/// The document and the list name the same causes.
@Suite struct CausesDocumentTests {
  @Test func everyCauseHasARow() throws {
    let text = try FixtureProcess.shell("cat \"$1\"", [Checkout.root.appending("Documentation/Causes.md").string])
      .output
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
    let documented = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    let names = CauseList.rules.map(\.name) + [CauseList.content.name]
    #expect(Set(documented) == Set(names))
    #expect(documented.count == names.count)
    for rule in CauseList.rules {
      #expect(rows.contains { $0.contains(rule.summary) }, "\(rule.name): \(rule.summary)")
    }
  }
}
