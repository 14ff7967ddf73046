import Formats
import Model
import Testing

@Suite struct JarManifestTests {
  private static let manifest =
    "Manifest-Version: 1.0\r\nCreated-By: 17.0.9 (Debian)\r\nBuilt-By: jane\r\nBnd-LastModified: 1700000000000\r\n\r\n"
    + "Name: org/example/a-very-long-name-of-a-class-that-needs-a-second-line-o\r\n f-text.class\r\nSHA-256-Digest: AAAA\r\n\r\n"

  @Test func sectionsAreGroups() throws {
    let bytes = Array(Self.manifest.utf8)
    let name = "org/example/a-very-long-name-of-a-class-that-needs-a-second-line-of-text.class"
    #expect(
      try LayoutCheck.lines(of: bytes) == [
        "Manifest-Version 23 1.0", "Created-By 29 17.0.9 (Debian)", "Built-By 16 jane",
        "Bnd-LastModified 33 1700000000000", "empty line 2 0d0a", "\(name): Name 89 \(name)",
        "\(name): SHA-256-Digest 22 AAAA", "\(name): empty line 2 0d0a",
      ])
    let layout = try LayoutCheck.layout(of: bytes, name: "MANIFEST.MF", as: "jar manifest")
    #expect(layout.regions.prefix(4).map(\.role) == [.version, .generator, .owner, .time])
    try LayoutCheck.survives(bytes)
  }

  @Test func aDigestDiffers() throws {
    let other = Self.manifest.replacing("AAAA", with: "AAAB")
    let names = try LayoutCheck.differences(Array(Self.manifest.utf8), Array(other.utf8))
    #expect(names.count == 1 && names.first?.hasSuffix(": SHA-256-Digest") == true)
  }
}
