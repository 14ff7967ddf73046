import Model
import SystemPackage
import Testing

@testable import RecipeFormat

@Suite("Locks")
struct LockFileTests {
  @Test("A lock is read as it was written, and is the same text each time")
  func roundTrip() throws {
    let lock = try LockTexts.catdoc()
    let bytes = try LockFile.encode(lock)
    #expect(try LockFile.decode(bytes: bytes, file: "recipe.lock") == lock)
    #expect(try LockFile.encode(lock) == bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("{\n  \"artifacts\" : ["))
    #expect(text.hasSuffix("}\n"))
    #expect(text.contains("\"debian\" : \"catdoc=1:0.95-6~deb12u1\""))
    #expect(!text.contains("\\/"))
  }

  @Test("Every kind of environment, input and epoch survives the lock's JSON")
  func codings() throws {
    let digest = RecipeTexts.digest
    let environments = [
      "debian: {suite: bookworm, packages: [a1=1], mirrors: [{uri: 'http://example.org/d', suites: [b, c/d], components: [main]}]}",
      "python: {suite: bookworm, wheels: [flit_core==3.12.0]}", "rootfs: {path: root.tar, sha256: \(digest)}",
      "oci: {url: 'https://example.org/i', sha256: \(digest), manifest: 'sha256:\(digest)'}",
      "oci: {path: layout, manifest: 'sha256:\(digest)'}",
    ]
    for (index, environment) in environments.enumerated() {
      let text = RecipeTexts.recipe(
        source:
          "source: [{pypi: a==1, file: a-1.zip, into: x/y, strip: false}, {url: 'http://example.org/', sha256: \(digest)}]",
        environment: "environment:\n  \(environment)",
        build:
          "build: {path: /b/c, run: [x], epoch: \(index == 0 ? "unset" : "7"), umask: '027', host: h, processors: 3}")
      let recipe = try LockTexts.recipe(text)
      let data = try JSON.bytes(of: recipe)
      #expect(try JSON.value(Recipe.self, of: data) == recipe)
    }
  }

  @Test("A lock of another format, or with anything added, is refused with a reason")
  func refused() throws {
    let good = String(decoding: try LockFile.encode(try LockTexts.catdoc()), as: UTF8.self)
    let bad = [
      ("", "it is not JSON"), ("\u{0}\u{1}", "it is not JSON"), ("[]", "wrong type"), ("{}", "lacks \"format\""),
      (
        good.replacing("\"format\" : 1", with: "\"format\" : 2"),
        "it has format 2, and this version of verbatim reads format 1"
      ),
      (good.replacing("\"umask\" : 18", with: "\"umask\" : 18,\n    \"x\" : 1"), "added or changed by hand"),
      (good + " ", "added or changed by hand"),
      (good.replacing("\"umask\" : 18", with: "\"umask\" : 2"), "its values are not those"),
      (good.replacing("\"TZ\" : \"UTC\"", with: "\"TZ\" : \"CET\""), "the variables TZ"),
      (good.replacing("\"size\" : 10", with: "\"size\" : -1"), "-1 bytes"),
      (good.replacing("0707", with: "07zz"), "where 64 hexadecimal digits belong"),
      (String(repeating: "[", count: 100_000), "JSON"),
    ]
    for (text, reason) in bad {
      let error = try #require(throws: RecipeError.self, "\(reason)") {
        try LockFile.decode(bytes: Array(text.utf8), file: "recipe.lock")
      }
      #expect(error.message.hasPrefix("reading the lock recipe.lock: "))
      #expect(error.message.contains(reason), "\(error.message)")
    }
  }

  @Test("Whatever is missing from a lock, or cannot stand together, is found")
  func flaws() throws {
    let changes: [(String, (inout Lock) throws -> Void)] = [
      ("sources: it pins 0 of 1", { $0.sources = [] }),
      ("artifacts: it pins 0 of 1", { $0.artifacts = [] }),
      ("sources[0]: it pins debian: other=1", { $0.sources[0].input = .debian(name: "other", version: "1") }),
      ("a Debian source is a .dsc", { $0.sources[0].files.removeFirst() }),
      ("0 files where one belongs", { $0.artifacts[0].files = [] }),
      ("is not a file's name", { $0.artifacts[0].files[0].name = "../x.deb" }),
      ("is not a file's name", { $0.artifacts[0].files[0].name = "" }),
      ("names a file twice", { $0.sources[0].files[1] = $0.sources[0].files[0] }),
      ("does not pin the packages of a base", { $0.environment.base = [] }),
      ("does not pin the packages of a base", { $0.environment.architecture = nil }),
      ("is there twice", { $0.environment.packages.append($0.environment.base[0]) }),
      ("not for amd64", { $0.environment.packages[0].architecture = "i386" }),
      ("where a Debian package name belongs", { $0.environment.packages[0].name = "-x" }),
      ("where a Debian version belongs", { $0.environment.packages[0].version = "1 2" }),
      ("its wheels are not those", { $0.environment.wheels = $0.environment.packages }),
      ("lacks SOURCE_DATE_EPOCH", { $0.build.variables["SOURCE_DATE_EPOCH"] = nil }),
      ("lacks SOURCE_DATE_EPOCH", { $0.build.variables["SOURCE_DATE_EPOCH"] = "soon" }),
      ("its values are not those", { $0.build.path = "/etc" }),
      ("the variables LD_PRELOAD", { $0.build.variables["LD_PRELOAD"] = "/x" }),
      ("its values are not those", { $0.build.userID = 0 }),
    ]
    #expect(LockFlaws.find(in: try LockTexts.catdoc()) == [])
    for (reason, change) in changes {
      var lock = try LockTexts.catdoc()
      try change(&lock)
      #expect(LockFlaws.find(in: lock).contains { $0.contains(reason) }, "\(reason): \(LockFlaws.find(in: lock))")
      #expect(throws: RecipeError.self) { try LockFile.encode(lock) }
    }
  }

  @Test("A pinned digest must be the locked one")
  func pinned() throws {
    let recipe = try LockTexts.recipe(RecipeTexts.source("{path: a.tar, sha256: \(RecipeTexts.digest)}"))
    let locked = LockedInput(input: recipe.source[0].input, files: [try LockTexts.file("a.tar")])
    let flaws = LockFlaws.input(locked, for: recipe.source[0].input, key: "sources[0]", shipped: false)
    #expect(flaws.count == 1 && flaws[0].contains("and its recipe has abab"))
  }

  @Test("What changed between a lock and its recipe is told in words")
  func changes() throws {
    let lock = try LockTexts.catdoc()
    #expect(LockComparison.changes(recipe: lock.recipe, lock: lock) == [])
    let text = RecipeTexts.catdoc.replacing("0.95-6~deb12u1", with: "0.95-7").replacing("fakeroot, ", with: "")
      .replacing("parallel=2", with: "nocheck").replacing("30m", with: "40m")
    let changes = LockComparison.changes(recipe: try LockTexts.recipe(text), lock: lock)
    #expect(
      changes == [
        "version: locked 0.95-6~deb12u1, the recipe has 0.95-7",
        "source[0]: locked debian: catdoc=1:0.95-6~deb12u1, the recipe has debian: catdoc=1:0.95-7",
        "build.variables.DEB_BUILD_OPTIONS: locked \"parallel=2\", the recipe has \"nocheck\"",
        "build.limits.time: locked 1800, the recipe has 2400",
        "artifacts[0].built: locked ../catdoc_0.95-6~deb12u1_amd64.deb, the recipe has ../catdoc_0.95-7_amd64.deb",
        "artifacts[0].shipped: locked debian: catdoc=1:0.95-6~deb12u1, the recipe has debian: catdoc=1:0.95-7",
        "environment.packages.fakeroot: locked fakeroot, the recipe has nothing",
      ])
    var moved = lock.recipe
    moved.environment = .debian(.init(suite: "bookworm", packages: ["debhelper", "fakeroot", "build-essential"]))
    #expect(LockComparison.changes(recipe: moved, lock: lock).count == 1)
    #expect(throws: RecipeError.self) { try LockComparison.requireFit(recipe: moved, lock: lock, file: "recipe.lock") }
  }

  @Test("Every single change of a recipe is noticed")
  func everyChange() throws {
    let lock = try LockTexts.catdoc()
    let changes: [(inout Recipe) -> Void] = [
      { $0.name = "x" }, { $0.source[0].reviewed = nil }, { $0.source[0].into = "x" }, { $0.source[0].strip = false },
      { $0.source = [] }, { $0.environment = .python(.init(suite: "bookworm", packages: []), wheels: ["a==1"]) },
      { $0.build.path = "/x/y" }, { $0.build.run.append("x") }, { $0.build.variables = [:] },
      { $0.build.epoch = .unset },
      { $0.build.epoch = .seconds(1) }, { $0.build.processors = 1 }, { $0.build.umask = 0 }, { $0.build.host = "h" },
      { $0.build.limits.openFiles = nil }, { $0.build.limits.memory = 1 }, { $0.artifacts[0].built = "x" },
      { $0.artifacts.append($0.artifacts[0]) }, { $0.artifacts[0].shipped = .path("x", sha256: nil) },
    ]
    for change in changes {
      var recipe = lock.recipe
      change(&recipe)
      let said = LockComparison.changes(recipe: recipe, lock: lock)
      #expect(!said.isEmpty && !said.contains { $0.contains("another order") })
    }
  }

  @Test("Files: a missing one, a folder, a FIFO, and a lock written aside")
  func files() throws {
    let folder = FilePath("/tmp/recipeformat-\(UInt64.random(in: 0...UInt64.max))")
    try Folder.make(folder)
    defer { Folder.remove(folder) }
    let lock = try LockTexts.catdoc()
    let recipe = folder.appending("recipe.yaml")
    #expect(throws: RecipeError.self) { try RecipeFile.locate(folder) }
    #expect(throws: RecipeError.self) { try RecipeFile.read(recipe) }
    #expect(throws: RecipeError.self) { try RecipeFile.read(folder) }
    try Folder.write(RecipeTexts.catdoc, to: recipe)
    #expect(try RecipeFile.locate(folder) == recipe)
    #expect(try RecipeFile.read(recipe) == lock.recipe)
    let path = RecipeFile.lock(of: recipe)
    #expect(path == folder.appending("recipe.lock"))
    #expect(try LockFile.read(path) == nil)
    try LockFile.write(lock, to: path)
    try LockFile.write(lock, to: path)
    #expect(try LockFile.read(path) == lock)
    #expect(try Folder.names(folder) == ["recipe.lock", "recipe.yaml"])
    try Folder.makeFIFO(folder.appending("fifo"))
    #expect(throws: RecipeError.self) { try RecipeFile.read(folder.appending("fifo")) }
    let missing = try #require(throws: RecipeError.self) {
      try LockFile.write(lock, to: folder.appending("none").appending("recipe.lock"))
    }
    #expect(missing.message.contains("No such file"))
  }
}
