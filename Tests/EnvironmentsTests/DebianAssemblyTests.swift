import Model
import RecipeFormat
import Sandbox
import Store
import SystemPackage
import TestFixtures
import Testing

@testable import Environments

/// One real environment from real packages; takes half a minute.
@Suite struct DebianAssemblyTests {
  @Test func realPackagesGiveTheSameEnvironmentTwice() async throws {
    guard let assembly = try await AssemblyFixture(), let debian = try await DebianFixture.make() else { return }
    let builder = EnvironmentBuilder(store: debian.store, engine: assembly.engine)
    let lock = debian.lock(wheels: ["pip", "flit-core"])
    async let one = builder.assemble(lock, progress: SilentProgress())
    // Another store in another place, which has nothing but the packages.
    let other = try Store(root: assembly.folder.path.appending("other"))
    for package in debian.environment.base {
      let path = try #require(try debian.store.verified(package.file.sha256))
      try other.insert(file: path, expecting: package.file.sha256)
    }
    let two = try await EnvironmentBuilder(store: other, engine: assembly.engine)
      .assemble(debian.lock(), progress: SilentProgress())
    let made = try await one
    #expect(made.identity.layers.count == 3 && two.identity.layers.count == 1)
    #expect(made.identity.layers.first == two.identity.layers.first)
    #expect(made.programFolders == ["/opt/python/bin"])

    try await checkCancellation(debian, assembly)
    try await checkRoot(made, assembly)
    try await checkMissingWheel(debian, builder)
    try await checkSecondStart(lock, builder, made)
  }

  /// A check that is stopped in the middle leaves nothing, and the next one goes on.
  private func checkCancellation(_ debian: DebianFixture, _ assembly: AssemblyFixture) async throws {
    let store = try Store(root: assembly.folder.path.appending("stopped"))
    for package in debian.environment.base {
      try store.insert(file: try #require(try debian.store.verified(package.file.sha256)))
    }
    let lock = debian.lock()
    let task = Task {
      try await EnvironmentBuilder(store: store, engine: assembly.engine).assemble(lock, progress: SilentProgress())
    }
    // Stopped as soon as it has begun to write, however fast the machine is.
    let aside = store.root.appending("aside")
    for _ in 0..<3000 where ((try? Disk.names(in: aside)) ?? []).isEmpty {
      try await Task.sleep(for: .milliseconds(10))
    }
    try await Task.sleep(for: .milliseconds(200))
    task.cancel()
    let result = await task.result
    #expect(throws: EnvironmentError.self) { try result.get() }
    #expect(try assembly.shell("ls \"$1\"/aside \"$1\"/environments", store.root).contains("layer") == false)
    #expect(try assembly.shell("ls \"$1\"/aside", store.root) == "")
    #expect(try assembly.shell("mount | grep -c \"$1\"", store.root) == "0\n")
  }

  /// What the host has left, and what a build finds.
  private func checkRoot(_ made: AssembledEnvironment, _ assembly: AssemblyFixture) async throws {
    let base = made.layerFolders[0]
    let leaks = try assembly.shell(
      """
      cd "$1" && ls -A dev proc sys tmp run var/tmp; find var/log var/cache/apt var/lib/apt/lists -type f
      ls etc/resolv.conf etc/apt/sources.list etc/passwd- 2>/dev/null; find . -type b -o -type c -o -type s
      """, base)
    #expect(leaks.split(separator: "\n").allSatisfy { $0.hasSuffix(":") }, "\(leaks)")
    let days = try assembly.shell("cut -d: -f3 \"$1\"/etc/shadow | sort -u", base)
    let newest = try assembly.shell("find \"$1\" -printf '%T@\\n' | sort -n | tail -1 | cut -d. -f1", base)
    #expect(Int64(days.dropLast()).map { $0 * 86400 } ?? .max <= Int64(newest.dropLast()) ?? 0, "\(days) \(newest)")
    let log = assembly.folder.path.appending("log")
    let outcome = try await assembly.engine.run(
      SandboxRequest(
        root: .layers(made.layerFolders),
        command: ["python3", "-c", "import sys, flit_core; print(sys.prefix, flit_core.__version__)"],
        variables: ["PATH": "/opt/python/bin:/usr/bin"], log: log))
    #expect(outcome.succeeded)
    #expect(String(decoding: try TemporaryFolder.read(log), as: UTF8.self) == "/opt/python 3.9.0\n")
  }

  private func checkMissingWheel(_ debian: DebianFixture, _ builder: EnvironmentBuilder) async throws {
    await #expect(throws: EnvironmentError.self) {
      try await builder.assemble(debian.lock(wheels: ["flit-core"]), progress: SilentProgress())
    }
    do {
      _ = try await builder.assemble(debian.lock(wheels: ["pip", "hatchling"]), progress: SilentProgress())
      Issue.record("hatchling was installed without what it needs")
    } catch {
      #expect(error.details.contains("hatchling 1.25.0 needs pathspec: add it to the recipe's wheels"), "\(error)")
    }
  }

  private func checkSecondStart(
    _ lock: Lock, _ builder: EnvironmentBuilder, _ made: AssembledEnvironment
  ) async throws {
    let notices = NoticeKeeper()
    let again = try await builder.assemble(lock, progress: notices)
    #expect(again.identity == made.identity && again.layerFolders == made.layerFolders)
    #expect(notices.lines.lastLines.isEmpty)
  }
}
