// swift-tools-version: 6.2
import PackageDescription

/// The strictest settings that the floor allows; every target of this package gets them.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// A library target of one floor of the house, and the tests that mirror it.
func room(
  _ name: String, imports: [String], products: [Target.Dependency] = [],
  testing: [Target.Dependency] = [], testExclude: [String] = []
) -> [Target] {
  [
    .target(
      name: name,
      dependencies: imports.map { .target(name: $0) } + products + [systemPackage],
      swiftSettings: strict),
    .testTarget(
      name: "\(name)Tests",
      dependencies: [.target(name: name), .target(name: "TestFixtures"), systemPackage]
        + imports.map { .target(name: $0) } + testing,
      exclude: testExclude,
      swiftSettings: strict),
  ]
}

let package = Package(
  name: "verbatim",
  products: [.executable(name: "verbatim", targets: ["verbatim"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    // Floor 0: values and C modules.
    .systemLibrary(name: "CLibArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    .target(
      name: "TestFixtures", dependencies: [systemPackage], path: "Tests/TestFixtures",
      swiftSettings: strict),
    .executableTarget(name: "verbatim", dependencies: ["Commands"], swiftSettings: strict),
    .testTarget(
      name: "HouseTests", dependencies: ["TestFixtures", systemPackage], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests", dependencies: ["Model", "TestFixtures", systemPackage],
      swiftSettings: strict),
  ]
    + room("Model", imports: [])
    // Floor 1: what formats' bytes mean, and what differences come from.
    + room("Formats", imports: ["Model"], testing: ["Archives"])
    + room("Causes", imports: ["Model"])
    // Floor 1 as well: the only callers of OpenSSL and of host processes.
    + room("Digests", imports: ["Model", "COpenSSL"])
    + room("Signatures", imports: ["Model", "COpenSSL"])
    + room("Keys", imports: ["Model", "COpenSSL"])
    + room(
      "Processes", imports: ["Model"],
      products: [.product(name: "Subprocess", package: "swift-subprocess")])
    // Floor 2: the only callers of libarchive, of bubblewrap and of the disk's layout.
    + room("Archives", imports: ["Model", "CLibArchive", "CZlib"])
    + room("Store", imports: ["Model", "Digests"])
    + room("TransparencyLog", imports: ["Model", "Digests", "Keys"], testExclude: ["Vectors"])
    + room("Sandbox", imports: ["Model", "Processes", "CSeccomp"])
    // Floor 3: what a recipe says, what a source is, how bytes differ.
    + room(
      "RecipeFormat", imports: ["Model", "Digests"],
      products: [.product(name: "Yams", package: "Yams")])
    + room("SourceTrees", imports: ["Model", "Digests", "Archives"])
    + room(
      "Comparing", imports: ["Model", "Digests", "Signatures", "Archives", "Formats", "Causes"])
    + room("Evidence", imports: ["Model", "Digests", "Keys", "TransparencyLog"])
    // Floor 4: where inputs come from.
    + room("Fetching", imports: ["Model", "Digests", "Processes", "Store", "RecipeFormat"])
    + room("Drops", imports: ["Model", "Digests", "Archives", "Store", "RecipeFormat"])
    // Floor 4 as well: whose statements count for what.
    + room(
      "Policies", imports: ["Model", "Digests", "Keys", "Store", "TransparencyLog", "RecipeFormat", "Evidence"])
    // Floor 5: root file systems.
    + room(
      "Environments",
      imports: [
        "Model", "Digests", "Processes", "Archives", "Store", "Sandbox", "RecipeFormat", "Fetching",
      ])
    // Floor 6: one rebuild; renderings of one result.
    + room(
      "Rebuilding",
      imports: [
        "Model", "Digests", "Archives", "Store", "Sandbox", "RecipeFormat", "SourceTrees",
        "Environments",
      ])
    + room("Reports", imports: ["Model"], testExclude: ["Browser", "Goldens", "Schemas"])
    // Floor 7: the life of a check.
    + room(
      "Checking",
      imports: [
        "Model", "Digests", "Archives", "Store", "Sandbox", "RecipeFormat", "SourceTrees",
        "Comparing", "Fetching", "Drops", "Environments", "Rebuilding", "Reports", "Keys", "Evidence",
      ])
    // Floor 7 as well: from a shipped artifact to the recipe that should rebuild it.
    + room(
      "Inference", imports: ["Model", "Digests", "Archives", "Formats", "Store", "RecipeFormat", "Fetching"])
    // Floor 8: one file per subcommand.
    + room(
      "Commands",
      imports: [
        "Model", "Digests", "Processes", "Archives", "Store", "Sandbox", "RecipeFormat",
        "SourceTrees", "Causes", "Comparing", "Fetching", "Drops", "Environments", "Reports", "Checking", "Inference",
        "Keys", "TransparencyLog", "Evidence", "Policies",
      ],
      products: [.product(name: "ArgumentParser", package: "swift-argument-parser")]),
  swiftLanguageModes: [.v6]
)
