import Fetching
import Model
import RecipeFormat
import Store
import SystemPackage
import TestFixtures

@testable import Environments

/// Real packages of the Debian archive that this machine uses, as few as make a root with Python in it.
struct DebianFixture {
  let store: Store
  let folder: TemporaryFolder
  let environment: LockedEnvironment
  private let controls: [String: DebianControl]

  /// Nil, with the reason printed, where the packages are not to be had.
  ///
  /// What is in the archive is asked each time, since versions leave it.
  static func make() async throws -> DebianFixture? {
    let folder = try TemporaryFolder()
    let store = try Store(root: folder.path.appending("store"))
    let fetcher = Fetcher(store: store, inputs: try InputFolders(), recipeFolder: folder.path)
    let debian = DebianEnvironment(suite: "bookworm", packages: ["python3", "python3-venv"])
    let recipe = EnvironmentRecipe.python(debian, wheels: ["pip==24.0", "flit-core==3.9.0", "hatchling==1.25.0"])
    do {
      let environment = try await fetcher.resolve(recipe)
      try await fetcher.fetch(AssemblyFixture.lock(recipe, environment), [.environment])
      return try DebianFixture(store, folder, environment)
    } catch let error as any ExplainedError where error.inconclusive != nil {
      print("SKIP: no Debian environment was assembled, since its packages are not to be had: \(error.message)")
      return nil
    }
  }

  private init(_ store: Store, _ folder: TemporaryFolder, _ environment: LockedEnvironment) throws {
    self.store = store
    self.folder = folder
    var controls: [String: DebianControl] = [:]
    for package in environment.base + environment.packages {
      let path = try StoredInput.path(of: package.file, in: store, for: package.name)
      controls[package.name] = try DebianPackageFile(path, expecting: package).control
    }
    self.controls = controls
    let all = environment.base + environment.packages
    let essential = controls.filter { $0.value["Essential"] == "yes" }.keys
    let base = Self.closure(of: Set(essential).union(["apt"]), controls)
    let python = Self.closure(of: ["python3", "python3-venv"], controls).subtracting(base)
    var reduced = environment
    reduced.base = all.filter { base.contains($0.name) }
    reduced.packages = all.filter { python.contains($0.name) }
    self.environment = reduced
  }

  /// The lock of the environment with some of its wheels; without any it has no Python layer.
  func lock(wheels: [String] = []) -> Lock {
    var locked = environment
    locked.wheels = environment.wheels.filter { wheels.contains($0.name) }
    if wheels.isEmpty { locked.packages = [] }
    return AssemblyFixture.lock(.debian(DebianEnvironment(suite: "bookworm", packages: [])), locked)
  }

  /// The packages and all that they depend on.
  private static func closure(of names: Set<String>, _ controls: [String: DebianControl]) -> Set<String> {
    var pending = Array(names)
    var found: Set<String> = []
    while let name = pending.popLast() {
      guard let control = controls[name], found.insert(name).inserted else { continue }
      for field in ["Depends", "Pre-Depends"] {
        for choice in (control[field] ?? "").split(separator: ",") {
          let names = choice.split(separator: "|").map { alternative in
            String(alternative.drop { $0 == " " || $0 == "\n" }.prefix { $0 != " " && $0 != ":" && $0 != "(" })
          }
          // All alternatives that are there, and whoever provides one that is not a package itself.
          pending += names.filter { controls[$0] != nil }
          for name in names where controls[name] == nil { pending += providers(of: name, controls) }
        }
      }
    }
    return found
  }

  private static func providers(of name: String, _ controls: [String: DebianControl]) -> [String] {
    controls.filter { control in
      (control.value["Provides"] ?? "").split(whereSeparator: { " ,\n".contains($0) }).contains { $0 == name }
    }.map(\.key)
  }
}
