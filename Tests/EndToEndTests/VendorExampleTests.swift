import Model
import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// The example of a delivery: one program is right, the other is wrong by one byte.
  @Suite(.enabled(if: Requirements.debian)) struct VendorExampleTests {
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      // Without the lock that may stand beside it, whose packages may have left the archive.
      let copied = try FixtureProcess.shell(
        "cp -r \"$1/.\" \"$2\" && rm -f \"$2/recipe.lock\"",
        [Checkout.root.appending("Recipes/examples/vendor-hello/1.0").string, folder.path.string])
      try #require(copied.status == 0, "\(copied.errors)")
    }

    @Test func oneProgramIsWrongByOneByte() throws {
      let (result, report) = try Verbatim.check(".", in: folder.path)
      #expect(result.status == 1)
      #expect(report.verdict == .different)
      #expect(report.deterministic == true)
      #expect(report.reason == nil)
      #expect(report.artifacts.map(\.name) == ["hello", "count"])
      #expect(report.artifacts.map(\.verdict) == [.reproduced, .different])
      #expect(report.artifacts[0].shipped?.sha256 == report.artifacts[0].rebuilt?.sha256)
      #expect(report.artifacts[0].differences.isEmpty)
      let differences = report.artifacts[1].differences
      #expect(differences.count == 1)
      #expect(differences.first?.kind == .bytes && differences.first?.length == 1)

      let evidence = folder.path.appending("evidence/vendor-hello-1.0")
      #expect(differences.first?.offset == (try firstDifference("shipped/count", evidence.appending("rebuilt/count"))))
      #expect(try Verbatim.report(in: evidence) == report)
      #expect(
        String(decoding: try TemporaryFolder.read(evidence.appending("report.json")), as: UTF8.self) == result.output)
      #expect(try TemporaryFolder.read(evidence.appending("recipe.yaml")) == (try folder.read("recipe.yaml")))
      #expect(try TemporaryFolder.read(evidence.appending("recipe.lock")) == (try folder.read("recipe.lock")))
      #expect(try TemporaryFolder.read(evidence.appending("rebuilt/hello")) == (try folder.read("shipped/hello")))
      let log = String(decoding: try TemporaryFolder.read(evidence.appending("build.log")), as: UTF8.self)
      #expect(log.contains("+ [1/1] make\n"))
      #expect(try TemporaryFolder.read(evidence.appending("second-build.log")).count > 0)
      try sealsTheFacts(report)
    }

    /// The digests in a report are those of the files beside it.
    private func sealsTheFacts(_ report: CheckResult) throws {
      let sums = try FixtureProcess.shell(
        "cd \"$1\" && sha256sum recipe.yaml recipe.lock hello-1.0.tar.gz shipped/hello shipped/count | cut -c1-64",
        [folder.path.string])
      let expected: [SHA256Digest?] = [
        report.recipe.digest, report.recipe.lock, report.source.first?.archives.first?.sha256,
        report.artifacts[0].shipped?.sha256, report.artifacts[1].shipped?.sha256,
      ]
      #expect(sums.output.split(separator: "\n").map(String.init) == expected.map { $0?.hex ?? "none" })
      #expect((report.environment?.packages.count ?? 0) > 50)
      #expect(report.stages.map(\.name).contains("build") && report.stages.map(\.name).contains("second build"))
    }

    /// Where two files differ first, as cmp(1) sees it.
    private func firstDifference(_ shipped: String, _ rebuilt: FilePath) throws -> Int64? {
      let found = try FixtureProcess.shell(
        "cmp -l \"$1\" \"$2\" | head -n 1", [folder.path.appending(shipped).string, rebuilt.string])
      return found.output.split(separator: " ").first.flatMap { Int64($0) }.map { $0 - 1 }
    }

    @Test func saysItPlainlyWithoutATerminal() throws {
      for prefix in ["", "NO_COLOR=1 TERM=xterm-256color"] {
        let result = try Verbatim.run(["check", "recipe.yaml"], in: folder.path, prefix: prefix)
        #expect(result.status == 1)
        for text in [result.output, result.errors] {
          #expect(text.utf8.allSatisfy { $0 == 10 || ($0 >= 32 && $0 != 127) }, "\(text)")
        }
        #expect(result.output.contains("DIFFERENT  1 of 2 artifacts"))
        #expect(result.output.contains("evidence/vendor-hello-1.0"))
        #expect(result.errors.contains("\nbuild: "))
      }
      // The evidence of the first check was not thrown away.
      let kept = try FixtureProcess.shell("ls -1d \"$1\"/evidence/*", [folder.path.string])
      #expect(kept.output.split(separator: "\n").count == 2, "\(kept.output)")
    }

    @Test func quietSaysNothingWhileWorking() throws {
      let result = try Verbatim.run(["check", ".", "--quiet", "--evidence", "mine/of it"], in: folder.path)
      #expect(result.status == 1)
      #expect(result.errors.isEmpty)
      #expect(result.output.contains("mine/of it"))
      #expect(try Verbatim.report(in: folder.path.appending("mine/of it")).verdict == .different)
    }

    /// On a terminal there are colours and a line that is redrawn, and with NO_COLOR no colours.
    @Test(arguments: [false, true]) func onATerminal(noColour: Bool) throws {
      let result = try FixtureProcess.shell(
        """
        command -v script >/dev/null || exit 77
        cd "$1" && export TERM=xterm && \(noColour ? "export NO_COLOR=1" : "unset NO_COLOR")
        script -qec "'$2' check . --store '$3'" /dev/null
        """, [folder.path.string, try Checkout.program.string, Verbatim.sharedStore])
      guard result.status != 77 else {
        return Requirements.skip("colours on a terminal", "this machine has no script(1)")
      }
      #expect(result.status == 1)
      #expect(result.output.contains("\u{1b}[K"), "no line is redrawn")
      #expect(result.output.contains("\u{1b}[1;31mDIFFERENT") == !noColour)
      #expect(result.output.firstMatch(of: /\u{1b}\[[0-9;]*m/) == nil || !noColour, "colours in spite of NO_COLOR")
    }

    /// The second run takes the lock and the store as they are.
    @Test func theSecondRunNeedsNoNetwork() throws {
      let first = try Verbatim.check(in: folder.path).report
      let lock = try folder.read("recipe.lock")
      let second = try Verbatim.check(in: folder.path, flags: ["--offline", "--locked"]).report
      #expect(try folder.read("recipe.lock") == lock)
      #expect(second.artifacts == first.artifacts)
      #expect(second.environment == first.environment)
      #expect(second.source == first.source && second.recipe == first.recipe)
    }
  }
}
