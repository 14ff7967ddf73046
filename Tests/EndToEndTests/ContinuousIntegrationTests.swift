import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// The commands of the jobs in Documentation/CI.md, run as they stand; what the services themselves do is not there.
  @Suite(.enabled(if: Requirements.debian)) struct ContinuousIntegrationTests {
    @Test(arguments: [
      ("GitHub Actions", ["summary.md", "verbatim.sarif", "junit.xml", "step-summary"]), ("GitLab CI", ["junit.xml"]),
      ("Jenkins", ["junit.xml"]),
    ])
    func commandsRun(service: String, files: [String]) throws {
      let commands = try Self.commands(of: service)
      try #require(commands.count >= 2, "\(commands)")
      let folder = try TemporaryFolder()
      // Stands for the clone of this program; building it once more would show nothing about the job.
      try folder.write("verbatim", "#!/bin/sh\nexec \"$PROGRAM\" \"$@\" --store \"$STORE\"\n")
      try folder.write("job.sh", commands.map { "(set -e; \($0)) || status=$?\n" }.joined() + "exit $status\n")
      let result = try FixtureProcess.shell(
        """
        cd "$1" && export PROGRAM="$2" STORE="$3" VERBATIM_REPOSITORY="$1/repository" GITHUB_STEP_SUMMARY="$1/step-summary"
        mkdir -p repository/Scripts && mv verbatim repository/Scripts/ && chmod 755 repository/Scripts/verbatim
        (cd repository && git init -q && git add . && git -c user.name=a -c user.email=a@example.org commit -qm one) &&
        cp -r "$4" product && status=0 exec timeout -k 20 300 bash job.sh
        """,
        [
          folder.path.string, try Checkout.program.string, Verbatim.sharedStore,
          Checkout.root.appending("Recipes/examples/vendor-hello/1.0").string,
        ])
      // One of the two programs is different on purpose: the job fails, and its reports are there.
      #expect(result.status == 1, "\(result.output.suffix(2000)) \(result.errors.suffix(2000))")
      for file in files + ["evidence/report.json", "evidence/report.html"] {
        #expect(try !folder.read(file).isEmpty, "\(file)")
      }
    }

    /// The shell commands of one job, in their order.
    private static func commands(of service: String) throws -> [String] {
      let text = String(
        decoding: try TemporaryFolder.read(Checkout.root.appending("Documentation/CI.md")), as: UTF8.self)
      let section = text.split(separator: "\n## ").first { $0.hasPrefix(service) } ?? ""
      let lines = section.split(separator: "\n", omittingEmptySubsequences: false)
      var commands: [String] = []
      for (place, line) in lines.enumerated() {
        let words = line.drop { $0 == " " || $0 == "-" }
        if words == "run: >" {
          let indentation = line.prefix { $0 == " " || $0 == "-" }.count
          let folded = lines[(place + 1)...].prefix { $0.prefix { $0 == " " }.count > indentation }
          commands.append(folded.map { $0.drop { $0 == " " } }.joined(separator: " "))
        } else if words.hasPrefix("run: ") {
          commands.append(String(words.dropFirst(5)))
        } else if words.hasPrefix("git ") || words.hasPrefix("verbatim/") {
          commands.append(String(words))
        } else if words.hasPrefix("sh '"), words.hasSuffix("'") {
          commands.append(String(words.dropFirst(4).dropLast()))
        }
      }
      return commands.filter { !$0.isEmpty }.map {
        $0.replacing("${{ vars.VERBATIM_REPOSITORY }}", with: "$VERBATIM_REPOSITORY")
      }
    }
  }
}
