import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// Full disks and missing permissions; only root can make them.
  @Suite(.enabled(if: Requirements.root && Requirements.debian)) struct MachineTests {
    /// Runs the program beside a small disk that this run alone sees.
    private func onDisk(
      _ size: String, _ delivery: Delivery, _ arguments: [String], store: String, then: String = "true"
    ) throws -> FixtureProcess.Result {
      try FixtureProcess.shell(
        """
        cd "$1" && mkdir -p disk && program=$2 && shift 2
        exec unshare --mount sh -c '
          mount -t tmpfs -o size=\(size) none disk || exit 98
          timeout -k 20 300 "$0" "$@"; status=$?
          { \(then); } >&2
          exit $status' "$program" "$@"
        """,
        [delivery.path.string, try Checkout.program.string] + arguments + ["--store", store])
    }

    /// From no space for the store's folders up to none for the last packages.
    @Test(arguments: ["64k", "24m", "120m"]) func storeOnAFullDisk(size: String) throws {
      let delivery = try Delivery(run: ["echo made > out"])
      // With the lock, packages are what does not fit.
      if size == "120m" {
        try Verbatim.run(["lock", "recipe.yaml"], in: delivery.path).requireSuccess()
      }
      let result = try onDisk(
        size, delivery, ["check", "recipe.yaml"], store: "disk/store",
        then: "find disk/store/objects -type f | while read file; do "
          + "test \"$(sha256sum < $file | cut -c1-64)\" = ${file##*/} || echo HALF $file; done; "
          + "ls -A disk/store/aside | sed s/^/LEFT./")
      #expect(result.status == 2, "\(result.errors)")
      let said = (result.errors + result.output).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(said.lowercased().contains("no space left on"), "\(said)")
      #expect(said.contains("disk/store"), "\(said)")
      #expect(!said.contains("HALF") && !said.contains("LEFT."), "\(said)")
    }

    @Test func evidenceOnAFullDisk() throws {
      let delivery = try Delivery(run: ["echo made > out"])
      let result = try onDisk(
        "16k", delivery, ["check", "recipe.yaml", "--evidence", "disk/mine"], store: Verbatim.sharedStore,
        then: "ls -A disk | sed s/^/LEFT./")
      #expect(result.status == 2)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("disk/") && result.errors.contains("No space left on device"), "\(result.errors)")
      #expect(!result.errors.contains("LEFT."), "\(result.errors)")
    }

    @Test func lockOnAFullDisk() throws {
      let delivery = try Delivery(run: ["echo made > out"])
      let result = try onDisk(
        "16k", delivery, ["lock", "recipe.yaml", "--output", "disk/recipe.lock"], store: Verbatim.sharedStore,
        then: "ls -A disk | sed s/^/LEFT./")
      #expect(result.status == 2)
      #expect(result.errors.contains("disk/recipe.lock") && result.errors.contains("No space left on device"))
      #expect(!result.errors.contains("LEFT."), "\(result.errors)")
    }

    /// What somebody else may not write or read is named.
    @Test(arguments: [
      ("check", "chmod 755 . && mkdir -m 700 store", "store/s"),
      ("check", "chmod 755 . && chmod 600 recipe.yaml && mkdir -m 777 store", "recipe.yaml"),
      (
        "lock", "chmod 777 . && chmod 600 shipped-0 && chmod 644 source.tar recipe.yaml && mkdir -m 777 store",
        "shipped-0"
      ),
      ("check", "chmod 755 . && chmod 644 source.tar shipped-0 recipe.yaml && mkdir -m 777 store", "evidence"),
    ])
    func noPermission(command: String, preparation: String, named: String) throws {
      let delivery = try Delivery(run: ["echo made > out"])
      try FixtureProcess.shell("cd \"$1\" && \(preparation)", [delivery.path.string]).requireSuccess()
      let program = try FixtureProcess.shell(
        "setpriv --reuid 65534 --regid 65534 --clear-groups test -x \"$1\"", [try Checkout.program.string])
      guard program.status == 0 else {
        return Requirements.skip("missing permissions", "another user cannot run the program where it was built")
      }
      let result = try FixtureProcess.shell(
        "cd \"$1\" && shift && exec timeout 120 setpriv --reuid 65534 --regid 65534 --clear-groups \"$@\"",
        [delivery.path.string, try Checkout.program.string, command, "recipe.yaml", "--store", "store/s"])
      #expect(result.status == 2)
      let said = result.errors + result.output
      #expect(said.contains(named) && said.lowercased().contains("permission denied"), "\(said)")
      #expect(!(try delivery.names().contains("recipe.lock")))
    }
  }
}
