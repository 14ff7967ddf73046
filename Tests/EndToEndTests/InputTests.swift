import Model
import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// Inputs that are not what they were, and locks that do not fit.
  @Suite(.enabled(if: Requirements.debian)) struct InputTests {
    @Test(arguments: ["shipped-0", "source.tar"]) func fileThatChangedAfterLocking(name: String) throws {
      let delivery = try locked()
      let before = try sum(of: name, in: delivery)
      var other = TarBuilder()
      other.file("product-1.0/name", "other\n")
      try delivery.folder.write(name, other.finished())
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 2)
      let reason = try #require(report.reason)
      #expect(reason.kind == .missingInput)
      #expect(reason.message.contains(name))
      let after = try sum(of: name, in: delivery)
      for digest in [before, after] { #expect(reason.details.contains { $0.contains(digest) }, "\(reason.details)") }
      // `lock --update` shows the change, and the check goes on from it.
      let update = try Verbatim.run(["lock", "recipe.yaml", "--update"], in: delivery.path)
      #expect(update.status == 0)
      #expect(update.output.contains(name) && update.output.contains(String(after.prefix(12))), "\(update.output)")
    }

    @Test(arguments: ["shipped-0", "source.tar"]) func fileThatIsGoneOrAFolder(name: String) throws {
      let delivery = try Delivery(run: ["echo made > out"])
      _ = try FixtureProcess.shell("rm \"$1\"", [delivery.path.appending(name).string])
      let gone = try Verbatim.run(["check", "recipe.yaml"], in: delivery.path)
      #expect(gone.status == 2)
      #expect((gone.output + gone.errors).contains(name), "\(gone.output) \(gone.errors)")
      _ = try FixtureProcess.shell("mkdir \"$1\"", [delivery.path.appending(name).string])
      let folder = try Verbatim.run(["check", "recipe.yaml"], in: delivery.path)
      #expect(folder.status == 2)
      let said = (folder.output + folder.errors).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(said.contains("\(name): it is a folder"), "\(said)")
      #expect(!(try delivery.names().contains("recipe.lock")))
    }

    /// A pipe in the place of a file is no reason to wait for its other end.
    @Test func shippedPipe() throws {
      let delivery = try Delivery(run: ["echo made > out"])
      _ = try FixtureProcess.shell("rm \"$1\" && mkfifo \"$1\"", [delivery.path.appending("shipped-0").string])
      let result = try Verbatim.run(["check", "recipe.yaml"], in: delivery.path, seconds: 60)
      #expect(result.status == 2)
      #expect((result.output + result.errors).contains("shipped-0"))
    }

    @Test func lockThatDoesNotFit() throws {
      let delivery = try locked()
      let lock = try delivery.folder.read("recipe.lock")
      try delivery.write(recipe: try delivery.recipe().replacing("echo made > out", with: "echo other > out"))
      for flags in [[], ["--locked"], ["--offline"]] {
        let result = try Verbatim.run(["check", "recipe.yaml"] + flags, in: delivery.path)
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        for part in ["recipe.lock", "echo made > out", "echo other > out", "--update"] {
          #expect(result.errors.contains(part), "\(result.errors)")
        }
      }
      #expect(try delivery.folder.read("recipe.lock") == lock)
      #expect(!(try delivery.names().contains("evidence")))
    }

    /// Neither a comment nor layout makes another recipe.
    @Test func lockStillFitsAfterAComment() throws {
      let delivery = try locked()
      try delivery.write(recipe: "# reviewed twice\n" + (try delivery.recipe()))
      let (result, _) = try Verbatim.check(in: delivery.path, flags: ["--locked", "--offline"])
      #expect(result.status == 0)
    }

    @Test(arguments: ["", "{}", "not JSON", "trailing"]) func lockThatIsNone(text: String) throws {
      let delivery = try locked()
      let lock = String(decoding: try delivery.folder.read("recipe.lock"), as: UTF8.self)
      try delivery.folder.write("recipe.lock", text == "trailing" ? lock + "\n" : text)
      let result = try Verbatim.run(["check", "recipe.yaml"], in: delivery.path)
      #expect(result.status == 2)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("recipe.lock"), "\(result.errors)")
    }

    @Test func treeThatWasNotReviewed() throws {
      let reviewed = "swh:1:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904"
      let delivery = try Delivery(run: ["echo made > out"], source: "reviewed: \(reviewed)")
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 2)
      let reason = try #require(report.reason)
      #expect(reason.kind == .missingInput)
      #expect(reason.details.contains { $0.contains(reviewed) })
      let identity = try Verbatim.run(["identify", "source.tar", "--strip", "--json"], in: delivery.path, store: nil)
      let found = try #require(identity.output.firstMatch(of: /swh:1:dir:[0-9a-f]{40}/), "\(identity.errors)")
      #expect(reason.details.contains { $0.contains(found.0) }, "\(reason.details) \(identity.output)")
      #expect(!report.stages.contains { $0.name == "build" })
    }

    /// A download that is cut off is taken up where it ended, and other bytes than the recipe's are refused.
    @Test func downloadThatIsCutOff() throws {
      guard let server = try LocalServer() else {
        return Requirements.skip("a download that is cut off", "this machine has no python3")
      }
      let delivery = try Delivery(run: ["echo made > out"])
      let source = try delivery.folder.read("source.tar")
      try server.folder.write("source.tar", source)
      let digest = try sum(of: "source.tar", in: delivery)
      let recipe = try delivery.recipe()
      func fetched(_ path: String, sha256: String) throws -> (result: FixtureProcess.Result, report: CheckResult) {
        try delivery.write(
          recipe: recipe.replacing(
            "- path: source.tar", with: "- {url: \"\(server.address)/\(path)\", sha256: \(sha256)}"))
        return try Verbatim.check(in: delivery.path)
      }
      let other = String(digest.reversed())
      let wrong = try fetched("file/source.tar", sha256: other)
      #expect(wrong.result.status == 2)
      #expect(wrong.report.reason?.kind == .missingInput)
      let details = wrong.report.reason?.details.joined(separator: "\n") ?? ""
      #expect(details.contains(other) && details.contains(digest), "\(details)")
      // Not asked of the store, which has these bytes from the other tests: it is told by the server's record.
      let store = try TemporaryFolder()
      try delivery.write(
        recipe: try delivery.recipe().replacing(other, with: digest).replacing("/file/", with: "/cut/1000/"))
      let resumed = try Verbatim.run(["lock", "recipe.yaml"], in: delivery.path, store: store.path.string)
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(server.requests.contains { $0.contains("bytes=1000-") }, "\(server.requests)")
    }

    /// A delivery that was checked once, so that its lock is there.
    private func locked() throws -> Delivery {
      let delivery = try Delivery(run: ["echo made > out"])
      let result = try Verbatim.run(["lock", "recipe.yaml"], in: delivery.path)
      try #require(result.status == 0, "\(result.errors)")
      return delivery
    }

    private func sum(of name: String, in delivery: Delivery) throws -> String {
      String(try FixtureProcess.shell("sha256sum < \"$1\"", [delivery.path.appending(name).string]).output.prefix(64))
    }
  }
}
