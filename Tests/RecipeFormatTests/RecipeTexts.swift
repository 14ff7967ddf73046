/// Recipes as text, for the tests of this room.
enum RecipeTexts {
  /// As the design sketches it.
  static let catdoc = """
    verbatim: 1
    name: catdoc
    version: 0.95-6~deb12u1
    source:
      - debian: catdoc=1:0.95-6~deb12u1
        reviewed: swh:1:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904
    environment:
      debian: {suite: bookworm, packages: [build-essential, fakeroot, debhelper]}
    build:
      path: /build/reproducible-path/catdoc-0.95
      run: [dpkg-buildpackage -us -uc -b]
      variables: {DEB_BUILD_OPTIONS: parallel=2}
      limits: {time: 30m, memory: 4GiB, processes: 4096, output: 8GiB, open-files: 1024}
    artifacts:
      - built: ../catdoc_0.95-6~deb12u1_amd64.deb
        shipped: {debian: catdoc=1:0.95-6~deb12u1}
        exceptions: []

    """

  static let digest = String(repeating: "ab", count: 32)

  /// A recipe whose sections can be exchanged for others.
  static func recipe(
    head: String = "verbatim: 1\nname: hello\nversion: 1.0",
    source: String = "source:\n  - path: hello.tar.gz",
    environment: String = "environment:\n  debian: {suite: bookworm}",
    build: String = "build:\n  path: /build/hello/tree\n  run: [make]",
    artifacts: String = "artifacts:\n  - built: hello\n    shipped: {path: shipped/hello}"
  ) -> String {
    [head, source, environment, build, artifacts].filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
  }

  /// A recipe with more keys under `build`.
  static func build(_ lines: String) -> String {
    recipe(build: "build:\n  path: /build/hello/tree\n  run: [make]\n  \(lines)")
  }

  /// A recipe with another place to build.
  static func path(_ path: String) -> String {
    recipe(build: "build:\n  run: [make]\n  path: \(path)")
  }

  /// A recipe with another artifact.
  static func built(_ path: String) -> String {
    recipe(artifacts: "artifacts:\n  - built: \(path)\n    shipped: {path: shipped/hello}")
  }

  /// A recipe with an exception; its keys but for the kind are given as they stand in braces.
  static func exception(_ kind: String, _ keys: String) -> String {
    recipe(
      artifacts: "artifacts:\n  - built: a\n    shipped: {path: b}\n    exceptions:\n      - {kind: \(kind), \(keys)}")
  }

  /// A recipe with another source.
  static func source(_ item: String) -> String { recipe(source: "source:\n  - \(item)") }
}
