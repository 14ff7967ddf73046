import SystemPackage
import TestFixtures
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Files that hold what a renderer is expected to write.
///
/// With `VERBATIM_RECORD=1` the files are rewritten; the test fails even so, lest a run that checks nothing
/// passes for one that does.
enum Golden {
  static func expect(_ text: String, matches name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let path = Checkout.root.appending("Tests/ReportsTests/Goldens").appending(name)
    if unsafe getenv("VERBATIM_RECORD") != nil {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter { _ = try file.writeAll(Array(text.utf8)) }
      Issue.record("recorded \(name); read it, then run again without recording", sourceLocation: sourceLocation)
      return
    }
    let expected = String(decoding: try TemporaryFolder.read(path), as: UTF8.self)
    #expect(text == expected, "differs from Goldens/\(name)", sourceLocation: sourceLocation)
  }
}
