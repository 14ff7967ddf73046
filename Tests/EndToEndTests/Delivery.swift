import SystemPackage
import TestFixtures

/// A delivery in a folder of its own: a source archive, shipped files and a recipe, in the environment that all share.
struct Delivery {
  let folder: TemporaryFolder
  var path: FilePath { folder.path }

  /// Where the evidence of a check goes unless it is told otherwise.
  var evidence: FilePath { path.appending("evidence/product-1.0") }

  /// Writes a delivery; `shipped` says which built file should have which text.
  init(
    run: [String], shipped: KeyValuePairs<String, String> = ["out": "made\n"], limits: String = "{time: 60s}",
    source: String = ""
  ) throws {
    folder = try TemporaryFolder()
    var tar = TarBuilder()
    tar.file("product-1.0/name", "product\n")
    try folder.write("source.tar", tar.finished())
    var artifacts = ""
    for (index, (built, text)) in shipped.enumerated() {
      try folder.write("shipped-\(index)", text)
      artifacts += "  - {built: \(Self.quoted(built)), shipped: {path: shipped-\(index)}}\n"
    }
    try write(
      recipe: """
        verbatim: 1
        name: product
        version: "1.0"
        source:
          - path: source.tar
        \(source.isEmpty ? "" : "    \(source)\n")environment:
          debian: {suite: bookworm, packages: []}
        build:
          path: /build/product
          run:
        \(run.map { "    - \(Self.quoted($0))\n" }.joined())  limits: \(limits)
        artifacts:
        \(artifacts)
        """)
  }

  /// Puts another recipe in the place of the one that is there.
  func write(recipe: String) throws { try folder.write("recipe.yaml", recipe) }

  /// The recipe as it is.
  func recipe() throws -> String { String(decoding: try folder.read("recipe.yaml"), as: UTF8.self) }

  /// The names in a folder of the delivery, sorted.
  func names(in name: String = ".") throws -> [String] {
    let listing = try FixtureProcess.shell("ls -1A \"$1\"", [path.appending(name).string])
    return listing.output.split(separator: "\n").map(String.init)
  }

  private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
