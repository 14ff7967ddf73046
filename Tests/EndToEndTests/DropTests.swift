import FoundationEssentials
import Model
import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// A recipe with all its inputs in one file, taken to a machine without a network.
  @Suite(.enabled(if: Requirements.debian)) struct DropTests {
    /// The store of that machine: its inputs are forgotten, so that each drop must bring its own, and only the
    /// environment that was assembled from them stays.
    private func otherStore() throws -> String {
      let path = Checkout.root.appending(".build/test-store-of-drops").string
      _ = try FixtureProcess.shell("rm -rf \"$1/objects\"", [path])
      return path
    }

    private static let variables = "SOURCE_DATE_EPOCH=1700000000 P=secret"
    private static let withoutNetwork = variables + (Requirements.root ? " unshare --net" : "")

    @Test(arguments: ["made\n", "other\n"]) func givesTheSameVerdictAndEvidence(shipped: String) throws {
      let delivery = try Delivery(run: ["echo made > out"], shipped: ["out": shipped])
      let pack = try Verbatim.run(["pack", "recipe.yaml", "-o", "drop.verbatim"], in: delivery.path)
      try #require(pack.status == 0, "\(pack.errors)")
      let packed = try FixtureProcess.shell(
        "tar -xOf \"$1/drop.verbatim\" index.json", [delivery.path.string])
      let printed = try #require(pack.output.firstMatch(of: /sha256:[0-9a-f]{64}/))
      #expect(packed.output.contains(printed.0), "\(pack.output)")

      let there = try TemporaryFolder()
      let key = there.path.appending("key").string
      let made = try Verbatim.run(
        ["key", "new", key, "--algorithm", "ed25519", "--passphrase-env", "P"], in: there.path, store: nil,
        prefix: "P=secret")
      try #require(made.status == 0, "\(made.errors)")
      _ = try FixtureProcess.shell("cp \"$1/drop.verbatim\" \"$2\"", [delivery.path.string, there.path.string])
      let (store, flags) = (try otherStore(), ["--key", key, "--passphrase-env", "P"])
      let drop = try Verbatim.run(
        ["check", "drop.verbatim"] + flags, in: there.path, store: store, prefix: Self.withoutNetwork)
      let recipe = try Verbatim.run(
        ["check", "recipe.yaml"] + flags, in: delivery.path, prefix: Self.variables)
      #expect(drop.status == (shipped == "made\n" ? 0 : 1), "\(drop.errors) \(drop.output)")
      #expect(drop.status == recipe.status)
      let evidence = there.path.appending("evidence/product-1.0")
      // With SOURCE_DATE_EPOCH the evidence has no times, and Ed25519 signs the same bytes alike: all of it is the same.
      #expect(try FixtureProcess.shell("ls \"$1\"/*.intoto.jsonl", [evidence.string]).status == 0)
      let others = try FixtureProcess.shell("diff -r \"$1\" \"$2\"", [evidence.string, delivery.evidence.string])
      #expect(others.status == 0, "\(others.output)")
      #expect(try FixtureProcess.shell("ls -A \"$1\"/aside", [store]).output.isEmpty)
    }

    @Test func isTheSameFromAnotherFolderAndUmask() throws {
      let delivery = try Delivery(run: ["echo made > out"])
      let first = try Verbatim.run(["pack", "recipe.yaml", "-o", "drop"], in: delivery.path)
      try #require(first.status == 0, "\(first.errors)")
      let other = try TemporaryFolder()
      _ = try FixtureProcess.shell(
        """
        mkdir "$2/deep" && cp "$1"/recipe.* "$1"/source.tar "$1"/shipped-0 "$2/deep"
        touch -d 2001-01-01 "$2"/deep/* && chmod 600 "$2"/deep/*
        """, [delivery.path.string, other.path.string])
      let second = try Verbatim.run(
        ["pack", "deep", "--locked", "--offline"], in: other.path,
        prefix: "TZ=Asia/Tokyo sh -c 'umask 077; exec \"$@\"' sh")
      #expect(second.status == 0, "\(second.errors)")
      let same = try FixtureProcess.shell(
        "cmp \"$1/drop\" \"$2/product-1.0.verbatim\"", [delivery.path.string, other.path.string])
      #expect(same.status == 0, "\(same.output) \(same.errors)")
    }

    @Test func whatWasLeftOutIsAskedForByDigest() throws {
      let delivery = try Delivery(run: ["echo left behind > out"], shipped: ["out": "left behind\n"])
      let pack = try Verbatim.run(
        ["pack", "recipe.yaml", "-o", "drop", "--without", "shipped-*", "--json"], in: delivery.path)
      try #require(pack.status == 0, "\(pack.errors)")
      #expect(pack.output.contains("shipped-0"))
      let bytes = try FixtureProcess.shell("grep -c -a 'left behind$' \"$1/drop\"", [delivery.path.string])
      #expect(bytes.output == "0\n")
      let digest = try FixtureProcess.shell("sha256sum < \"$1/shipped-0\"", [delivery.path.string]).output.prefix(64)

      let there = try TemporaryFolder()
      try there.makeFolder("inputs")
      _ = try FixtureProcess.shell(
        "cp \"$1/drop\" \"$2\"; mv \"$1/shipped-0\" \"$2/elsewhere\"", [delivery.path.string, there.path.string])
      let store = try otherStore()
      let (missing, report) = try Verbatim.check("drop", in: there.path, store: store)
      #expect(missing.status == 2)
      let reason = try #require(report.reason)
      #expect(reason.kind == .missingInput)
      #expect(reason.message.contains("shipped-0"), "\(reason.message)")
      #expect(reason.details.contains { $0.contains(digest) }, "\(reason.details)")
      _ = try FixtureProcess.shell("mv \"$1/elsewhere\" \"$1/inputs\"", [there.path.string])
      let given = try Verbatim.check("drop", in: there.path, store: store, flags: ["--inputs", "inputs"])
      #expect(given.result.status == 0, "\(given.result.errors)")
    }

    @Test func aDropThatWasChangedIsNotChecked() throws {
      let delivery = try Delivery(run: ["echo made > out"])
      let pack = try Verbatim.run(["pack", "recipe.yaml", "-o", "drop"], in: delivery.path)
      try #require(pack.status == 0, "\(pack.errors)")
      _ = try FixtureProcess.shell(
        """
        cd "$1" && rm -r recipe.* && mkdir none && head -c 1000000 drop > none/cut
        printf xxxxxxxxxxxxxxxx | dd of=drop bs=1 seek=1000000 conv=notrunc status=none
        """, [delivery.path.string])
      for (name, text) in [("none/cut", "it is cut off after 1000000 bytes"), ("drop", "expected SHA-256")] {
        let result = try Verbatim.run(["check", name], in: delivery.path)
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("reading the drop \(name)") && result.errors.contains(text), "\(result.errors)")
      }
      #expect(!(try delivery.names().contains("evidence")))
    }

    @Test func whatIsMissingIsNotPacked() throws {
      let delivery = try Delivery(run: ["echo made > out"])
      let unlocked = try Verbatim.run(["pack", "recipe.yaml", "--locked"], in: delivery.path)
      #expect(unlocked.status == 2 && unlocked.errors.contains("recipe.lock"), "\(unlocked.errors)")
      try #require(try Verbatim.run(["lock", "recipe.yaml"], in: delivery.path).status == 0)
      let none = try Verbatim.run(["pack", "recipe.yaml", "--without", "nothing"], in: delivery.path)
      #expect(none.status == 2 && none.errors.contains("\"nothing\""), "\(none.errors)")
      let before = try delivery.names()
      _ = try FixtureProcess.shell("rm \"$1/source.tar\"", [delivery.path.string])
      let missing = try Verbatim.run(["pack", "recipe.yaml"], in: delivery.path)
      #expect(missing.status == 2 && missing.errors.contains("source.tar"), "\(missing.errors)")
      #expect(try delivery.names() == before.filter { $0 != "source.tar" })
    }
  }
}
