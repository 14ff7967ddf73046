import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// The guides' commands, run as they stand.
  @Suite(.enabled(if: Requirements.debian)) struct GuideTests {
    @Test(arguments: ["ThreeParties"]) func commandsRun(name: String) throws {
      let path = Checkout.root.appending("Documentation/Guides/\(name).md")
      let script = Self.script(String(decoding: try TemporaryFolder.read(path), as: UTF8.self))
      try #require(script.contains("verbatim "))
      let folder = try TemporaryFolder()
      try folder.write("guide.sh", "set -eux\n" + script)
      // Whatever uses a store uses the one of all tests.
      try folder.write(
        "program.sh",
        "#!/bin/sh\ncase $1 in check|pack) exec \"$PROGRAM\" \"$@\" --store \"$STORE\";; esac\nexec \"$PROGRAM\" \"$@\"\n"
      )
      let result = try FixtureProcess.shell(
        """
        cd "$1" && mkdir bin && mv program.sh bin/verbatim && chmod 755 bin/verbatim && export PATH="$1/bin:$PATH" PROGRAM="$2" STORE="$3" EXAMPLE="$4"
        exec timeout -k 20 600 sh guide.sh
        """,
        [
          folder.path.string, try Checkout.program.string, Verbatim.sharedStore,
          Checkout.root.appending("Recipes/examples/vendor-hello/1.0").string,
        ])
      #expect(result.status == 0, "\(result.output.suffix(3000)) \(result.errors.suffix(3000))")
      #expect(result.output.contains("SLSA_BUILD_REPRODUCED"))
    }

    /// What stands between the marks of shell commands.
    private static func script(_ text: String) -> String {
      var isCommand = false
      var lines: [Substring] = []
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("```") {
          isCommand = line == "```sh"
        } else if isCommand {
          lines.append(line)
        }
      }
      return lines.joined(separator: "\n") + "\n"
    }
  }
}
