/// Recipes that are right, one for each thing that a recipe may say.
enum GoodRecipes {
  static let all =
    [RecipeTexts.catdoc, RecipeTexts.recipe()] + sources.map(RecipeTexts.source)
    + environments.map { RecipeTexts.recipe(environment: "environment:\n  \($0)") } + builds.map(RecipeTexts.build)
    + paths.map(RecipeTexts.path) + built.map(RecipeTexts.built)
    + exceptions.map { RecipeTexts.exception($0, $1) }
    + versions.map { RecipeTexts.recipe(head: "verbatim: 1\nname: hello\nversion: \($0)") }

  static let versions = ["1", "1.10", "2024-01-01", "1:2~rc1+b2", "1!2.0", "\"7\"", "0x1f"]

  static let sources = [
    "debian: a1=1:2.0~rc1+dfsg-3+b1", "pypi: zope.interface==7.0.post1", "{pypi: a==1!2.0, file: a-1!2.0.tar.gz}",
    "{url: 'https://user.example.org:8443/a%20b/c.tar.gz?x=1&y=2#z', sha256: \(RecipeTexts.digest)}",
    "{path: delivery/äöü 1.tar.gz, sha256: \(RecipeTexts.digest)}", "{path: ..a/...b, into: vendor/lib, strip: false}",
    "{path: a, reviewed: 'swh:1:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904'}",
  ]

  static let environments = [
    "debian: {suite: bookworm, packages: [g++-12, libc6-dev=2.36-9+deb12u13, 7zip]}",
    "debian: {suite: bookworm, mirrors: [{uri: 'http://example.org/debian/20260101T000000Z', suites: [bookworm, bookworm-updates, bookworm/updates], components: [main, contrib]}]}",
    "python: {suite: bookworm, packages: [gcc], wheels: [flit_core==3.12.0, pip==25.3]}",
    "rootfs: {path: root.tar.xz, sha256: \(RecipeTexts.digest)}",
    "rootfs: {url: 'https://example.org/root.tar.xz', sha256: \(RecipeTexts.digest)}",
    "oci: {path: layout, manifest: 'sha256:\(RecipeTexts.digest)'}",
    "oci: {url: 'https://example.org/i.tar', sha256: \(RecipeTexts.digest), manifest: 'sha256:\(RecipeTexts.digest)'}",
  ]

  static let builds = [
    "variables: {A: 1, B_2: 1.5, _C: \"\", D: \"yes\", PATH: /usr/bin, TZ: 'Europe/Berlin', DEB_BUILD_OPTIONS: nocheck}",
    "limits: {time: 90s}", "limits: {time: 168h, memory: 1MiB, output: 64TiB, processes: 1, open-files: 16}",
    "epoch: 0", "epoch: 253402300799", "epoch: unset", "processors: 1024", "umask: 022", "umask: '0002'",
    "host: build-1.example", "clock: 2024-02-29T23:59:59Z", "clock: '1980-01-01T00:00:00.123456789Z'",
    "clock: {start: 2024-05-01T12:00:00.5Z}", "clock: {rate: 0.25, start: 2024-05-01T12:00:00Z}",
    "clock: {rate: 0, start: 2024-05-01T12:00:00Z}", "clock: {rate: 1000, start: 2024-05-01T12:00:00Z}",
  ]

  static let paths = [
    "/build/reproducible-path/x-1.0+b~1", "/home/user/x", "/usr/src/packages/x", "/var/lib/jenkins/workspace/x",
    "/builds/group/project", "/opt/vendor/x", "/root/x", "/tmpfs/x",
  ]

  private static let certificate = "\"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n\""

  static let exceptions: [(String, String)] =
    [
      "authenticode", "module-signature", "apk-signature", "jar-signature", "detached-signature", "appended-signature",
      "macho-signature",
    ].flatMap { [($0, "place: a, reason: b, verify: nothing"), ($0, "place: ., reason: b, verify: \(certificate)")] }
    + [
      ("header", "place: 'fw/**/*.bin', reason: b, shipped: 16, rebuilt: 0"),
      ("trailer", "place: data.tar.xz/./usr/x, reason: b, shipped: 0, rebuilt: 16"),
      ("range", "place: '*', reason: b, offset: 0, length: 1125899906842624"),
      ("field", "place: a b/ä, reason: b, field: gzip mtime"),
    ]

  static let built = ["a", "../a", "dist/a b.whl", "../a_1:2_amd64.deb", "..a/b", ".hidden/...", "ä"]
}
