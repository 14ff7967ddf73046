import Model
import RecipeFormat
import Store
import SystemPackage
import TestFixtures
import Testing

@testable import Fetching

@Suite struct PythonNetworkTests {
  private static let environment = EnvironmentRecipe.rootfs(.path("none", sha256: nil))

  /// The newest release of a project that has both kinds of file, as the machine's index lists it today.
  private func newest(_ project: String, _ fetcher: Fetcher) async throws -> String? {
    do {
      // A version that cannot be is answered with those that are.
      _ = try await fetcher.resolve(
        source: .pypi(name: project, version: "0.0.0.dev999", file: nil), for: Self.environment)
      return nil
    } catch {
      guard error.code == .notListed, let line = error.details.first else {
        print("SKIP: \(error.message)")
        return nil
      }
      return line.dropFirst("there now: ".count).split(separator: ",").first.map(String.init)
    }
  }

  @Test func sourceAndWheelOfTheMachinesIndex() async throws {
    let folder = try TemporaryFolder()
    let store = try Store(root: folder.path.appending("store"))
    let fetcher = Fetcher(store: store, inputs: try InputFolders(), recipeFolder: folder.path)
    guard let version = try await newest("six", fetcher) else { return }
    let reference = InputReference.pypi(name: "six", version: version, file: nil)
    let source = try await fetcher.resolve(source: reference, for: Self.environment)
    let shipped = try await fetcher.resolve(shipped: reference, for: Self.environment)
    #expect(source.files.first?.name.hasPrefix("six-") == true && source.files.first?.name.hasSuffix(".tar.gz") == true)
    #expect(shipped.files.first?.name.hasSuffix("-none-any.whl") == true)
    let lock = Locks.make(sources: [source], artifacts: [shipped])
    try await fetcher.fetch(lock)
    for file in source.files + shipped.files {
      let path = try #require(try store.verified(file.sha256))
      #expect(LocalFiles.size(path) == file.size && file.size > 1000)
    }
  }

  @Test func unknownProjectIsExplained() async throws {
    let folder = try TemporaryFolder()
    let store = try Store(root: folder.path.appending("store"))
    let fetcher = Fetcher(store: store, inputs: try InputFolders(), recipeFolder: folder.path)
    guard try await newest("six", fetcher) != nil else { return }
    let error = await #expect(throws: FetchError.self) {
      _ = try await fetcher.resolve(
        source: .pypi(name: "no-such-project-of-verbatim-tests", version: "1", file: nil), for: Self.environment)
    }
    #expect(error?.code == .notListed)
  }
}
