import Testing

@testable import RecipeFormat

@Suite("Defaults of a build")
struct BuildDefaultsTests {
  private func build(_ text: String, sourceEpoch: Int64? = 5) throws -> LockedBuild {
    BuildDefaults.lockedBuild(try LockTexts.recipe(text), sourceEpoch: sourceEpoch)
  }

  @Test("A recipe that says nothing gets every default")
  func defaults() throws {
    let build = try build(RecipeTexts.recipe())
    #expect(
      build
        == LockedBuild(
          path: "/build/hello/tree",
          variables: [
            "HOME": "/build-home", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "LOGNAME": "builder",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "SOURCE_DATE_EPOCH": "5",
            "TERM": "dumb", "TZ": "UTC", "USER": "builder",
          ], umask: 0o022, host: "verbatim", user: "builder", userID: 1000, processors: 2))
  }

  @Test("What a recipe says goes before the defaults")
  func given() throws {
    let text = RecipeTexts.build(
      "variables: {TZ: CET, X: y}\n  umask: '002'\n  host: builder-1\n  processors: 4\n  epoch: 9")
    let build = try build(text)
    #expect(build.variables["TZ"] == "CET")
    #expect(build.variables["X"] == "y")
    #expect(build.variables["SOURCE_DATE_EPOCH"] == "9")
    #expect(build.umask == 0o002)
    #expect(build.host == "builder-1")
    #expect(build.processors == 4)
    #expect(try self.build(RecipeTexts.build("epoch: unset")).variables["SOURCE_DATE_EPOCH"] == nil)
    #expect(BuildDefaults.takesEpochFromSource(try LockTexts.recipe()))
    #expect(!BuildDefaults.takesEpochFromSource(try LockTexts.recipe(RecipeTexts.build("epoch: unset"))))
  }

  @Test("Debian sources and Python environments have their own")
  func kinds() throws {
    let debian = try build(RecipeTexts.source("debian: catdoc=1"))
    #expect(debian.variables["DEB_BUILD_OPTIONS"] == "parallel=2")
    let python = try build(
      RecipeTexts.recipe(environment: "environment:\n  python: {suite: bookworm, wheels: [flit_core==3.12.0]}"))
    #expect(python.variables["PATH"]?.hasPrefix("/opt/python/bin:/usr/local/sbin:") == true)
    #expect(python.variables["DEB_BUILD_OPTIONS"] == nil)
  }

  @Test("Limits that a recipe leaves out are the defaults")
  func limits() throws {
    let some = BuildDefaults.limits(try LockTexts.recipe(RecipeTexts.build("limits: {time: 90s, memory: 512MiB}")))
    #expect(some == BuildLimits(time: 90, memory: 512 << 20, processes: 4096, output: 8 << 30, openFiles: 4096))
  }
}
