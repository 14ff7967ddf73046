import FoundationEssentials
import Model
import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// A store that rotted, and one that starts empty where there is no network.
  @Suite(.enabled(if: Requirements.debian)) struct StoreTests {
    /// A lock's files, as far as these tests need them.
    struct Pinned: Decodable {
      struct File: Decodable {
        var name: String
        var sha256: String
      }
      struct Package: Decodable { var file: File }
      struct Environment: Decodable {
        var base: [Package]
        var packages: [Package]
      }
      struct Input: Decodable { var files: [File] }
      var environment: Environment
      var sources: [Input]
      var artifacts: [Input]
    }

    @Test func rottenPackageIsFetchedAgain() throws {
      let delivery = try Delivery(run: ["echo made > out"])
      let before = try Verbatim.check(in: delivery.path).report
      let package = try #require(try pinned(delivery).environment.base.first { $0.file.name.hasPrefix("make_") }).file
      try flipAByte(of: package.sha256)
      let offline = try Verbatim.check(in: delivery.path, flags: ["--offline"])
      #expect(offline.result.status == 2)
      #expect(offline.report.reason?.kind == .missingInput)
      let said = offline.report.reason.map { ([$0.message] + $0.details).joined(separator: "\n") } ?? ""
      for part in [package.name, package.sha256, "rotted"] { #expect(said.contains(part), "\(said)") }

      try FixtureProcess.shell("echo rot > \"$1\"", [object(package.sha256).string]).requireSuccess()
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 0)
      #expect(result.errors.contains("\(package.name) had rotted"), "\(result.errors)")
      #expect(report.artifacts == before.artifacts && report.environment == before.environment)
    }

    /// Files beside the recipe are read each time, so a rotten copy of them does no harm.
    @Test func rottenFileOfTheDelivery() throws {
      let delivery = try Delivery(run: ["echo made > out"])
      _ = try Verbatim.check(in: delivery.path)
      let lock = try pinned(delivery)
      for file in lock.sources.flatMap(\.files) + lock.artifacts.flatMap(\.files) { try flipAByte(of: file.sha256) }
      let (result, report) = try Verbatim.check(in: delivery.path)
      #expect(result.status == 0)
      #expect(report.verdict == .reproduced)
    }

    @Test func verifyFindsRot() throws {
      let store = try TemporaryFolder()
      let delivery = try Delivery(run: ["true"])
      // Fills a small store, and ends because nothing may be fetched.
      _ = try Verbatim.run(["check", "recipe.yaml"], in: delivery.path)
      _ = try Verbatim.run(
        ["check", "recipe.yaml", "--offline"], in: delivery.path, store: store.path.string)
      let file = try #require(try pinned(delivery).sources.first?.files.first)
      try flipAByte(of: file.sha256, store: store.path)
      let result = try Verbatim.run(["store", "verify"], in: delivery.path, store: store.path.string)
      #expect(result.output.contains(file.sha256) && result.output.contains("rotten"), "\(result.output)")
      #expect(
        !(try Verbatim.run(["store", "list"], in: delivery.path, store: store.path.string)).output.contains(file.sha256)
      )
    }

    /// Somebody changed a file of the unpacked environment: it is unpacked again, and the verdict stays.
    @Test func changedEnvironment() throws {
      let delivery = try Delivery(run: ["cat /etc/debian_version > out"])
      let before = try Verbatim.check(in: delivery.path).report
      let layer = try #require(before.environment?.layers.first)
      try FixtureProcess.shell(
        "echo 99 > \"$1\"", ["\(Verbatim.sharedStore)/environments/\(layer)/root/etc/debian_version"]
      ).requireSuccess()
      let after = try Verbatim.check(in: delivery.path, flags: ["--offline"]).report
      #expect(after.artifacts == before.artifacts)
      #expect(after.environment == before.environment)
    }

    /// A store is the same from wherever it is named.
    @Test func relativeStore() throws {
      let delivery = try Delivery(run: ["true"])
      try Verbatim.run(["lock", "recipe.yaml"], in: delivery.path).requireSuccess()
      try Verbatim.run(
        ["lock", "recipe.yaml", "--output", "other.lock"], in: delivery.path, store: "store"
      ).requireSuccess()
      #expect(try delivery.folder.read("other.lock") == (try delivery.folder.read("recipe.lock")))
      #expect(try delivery.names().contains("store"))
    }

    /// An air-gapped site: an empty store, no network, and a folder with what the lock names.
    @Test func inputsFolderWithoutANetwork() throws {
      let delivery = try Delivery(run: ["gcc --version > out"])
      let before = try Verbatim.check(in: delivery.path)
      let lock = try pinned(delivery)
      let inputs = try TemporaryFolder()
      for file in (lock.environment.base + lock.environment.packages).map(\.file) {
        try FixtureProcess.shell(
          "ln \"$1\" \"$2\" 2>/dev/null || cp \"$1\" \"$2\"",
          [object(file.sha256).string, inputs.path.appending(file.name).string]
        ).requireSuccess()
      }
      let store = try TemporaryFolder()
      let arguments = ["check", "recipe.yaml", "--json", "--offline", "--locked", "--inputs", inputs.path.string]
      // Without the folder it says what is missing, all of it.
      let without = try Verbatim.report(
        try Verbatim.run(Array(arguments.dropLast(2)), in: delivery.path, store: store.path.string))
      #expect(without.reason?.kind == .missingInput)
      #expect((without.reason?.details.count { $0.hasPrefix("also missing: ") } ?? 0) > 10)
      let result = try Verbatim.run(
        arguments, in: delivery.path, store: store.path.string, prefix: Requirements.root ? "unshare --net" : "")
      let report = try Verbatim.report(result)
      #expect(result.status == before.result.status)
      #expect(report.artifacts == before.report.artifacts)
      #expect(report.environment == before.report.environment)
      #expect(report.deterministic == before.report.deterministic)
      // A folder that an ordinary user's environment is in has files of others.
      _ = try Verbatim.run(["store", "prune", "--keep", "0"], in: delivery.path, store: store.path.string)
    }

    private func pinned(_ delivery: Delivery) throws -> Pinned {
      try JSONDecoder().decode(Pinned.self, from: Data(try delivery.folder.read("recipe.lock")))
    }

    private func object(_ digest: String, store: FilePath = FilePath(Verbatim.sharedStore)) -> FilePath {
      store.appending("objects/\(digest.prefix(2))/\(digest)")
    }

    private func flipAByte(of digest: String, store: FilePath = FilePath(Verbatim.sharedStore)) throws {
      let path = object(digest, store: store)
      var bytes = try TemporaryFolder.read(path)
      try #require(!bytes.isEmpty)
      bytes[bytes.count / 2] ^= 1
      let folder = try TemporaryFolder()
      let changed = try folder.write("changed", bytes)
      try FixtureProcess.shell("chmod u+w \"$2\" && cat \"$1\" > \"$2\"", [changed.string, path.string])
        .requireSuccess()
    }
  }
}

extension FixtureProcess.Result {
  /// Throws what was said when it failed.
  func requireSuccess() throws {
    guard status == 0 else { throw Verbatim.Unexpected("exit code \(status): \(errors)") }
  }
}
