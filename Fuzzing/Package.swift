// swift-tools-version: 6.2
import PackageDescription

// The rooms that read hostile bytes, built for libFuzzer by `Scripts/fuzz`, which says `--sanitize fuzzer`. A package of
// its own, for libFuzzer brings its own `main`, and nothing else is to be built with its counters.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  // Optimised, but what is internal can be imported, and there is no `main`.
  .unsafeFlags(["-enable-testing", "-parse-as-library"]),
]

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

func room(_ name: String, imports: [String] = [], products: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: imports.map { .target(name: $0) } + products + [systemPackage], swiftSettings: settings)
}

let package = Package(
  name: "verbatim-fuzzing",
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    room("Model"),
    room("Formats", imports: ["Model"]),
    room("Causes", imports: ["Model"]),
    room("Digests", imports: ["Model", "COpenSSL"]),
    room("Signatures", imports: ["Model", "COpenSSL"]),
    room("RecipeFormat", imports: ["Model", "Digests"], products: [.product(name: "Yams", package: "Yams")]),
    room("Keys", imports: ["Model", "COpenSSL"]),
    room("Store", imports: ["Model", "Digests"]),
    room("TransparencyLog", imports: ["Model", "Digests", "Keys"]),
    room("Evidence", imports: ["Model", "Digests", "Keys", "TransparencyLog"]),
    room(
      "Policies", imports: ["Model", "Digests", "Keys", "Store", "TransparencyLog", "RecipeFormat", "Evidence"]),
    room("Archives", imports: ["Model", "CLibArchive", "CZlib"]),
    room("Comparing", imports: ["Model", "Digests", "Signatures", "Archives", "Formats", "Causes"]),
    // Of inferring only what reads texts and tables; the rest asks indexes and builds.
    .target(
      name: "Inference", dependencies: ["Model", systemPackage], path: "Sources/Inference",
      sources: [
        "InferenceError.swift", "Wheels/ZipListing.swift", "Wheels/WheelTime.swift",
        "Python/BuildSystemTable.swift", "Python/MarkerParser.swift", "Python/PythonRequirement.swift",
        "Python/ReleaseVersion.swift", "Python/VersionSpecifiers.swift",
      ], swiftSettings: settings),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "Model", "Formats", "Archives", "Causes", "Signatures", "RecipeFormat", "Comparing", "Keys", "TransparencyLog",
        "Evidence", "Policies", "Inference",
      ],
      path: "Targets", swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
