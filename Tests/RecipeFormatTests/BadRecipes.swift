import Testing

/// A recipe that is refused, and how.
struct BadRecipe: Sendable, CustomTestStringConvertible {
  /// Where and why, as the message has it after the file's name.
  var says: String
  var text: String
  /// Whether JSON Schema can tell as well; not where YAML itself, or several fields together, are at fault.
  var schemaTells = true

  var testDescription: String { says }

  static let all = syntax + top + inputs + environments + builds + artifacts + exceptions

  static let syntax = [
    BadRecipe(says: "1:1: the file is empty", text: "", schemaTells: false),
    BadRecipe(says: "1:1: the file holds no YAML document", text: "# nothing\n\n", schemaTells: false),
    BadRecipe(says: "1:1: found \"hello\" where the recipe belongs", text: "hello\n"),
    BadRecipe(says: "1:1: found a list where the recipe belongs", text: "- hello\n"),
    BadRecipe(says: "2:7: found the control character U+0000", text: "name: a\nname: \u{0}\n", schemaTells: false),
    BadRecipe(says: "1:8: found the invisible character U+202E", text: "name: a\u{202E}b\n", schemaTells: false),
    BadRecipe(says: "1:9: found a carriage return", text: "name: a\rname: b\n", schemaTells: false),
    BadRecipe(says: "1:1: found a YAML directive", text: "%YAML 1.1\n---\nname: a\n", schemaTells: false),
    BadRecipe(says: "3:1: found a second YAML document", text: "---\nname: a\n---\nname: b\n", schemaTells: false),
    BadRecipe(says: "2:10: found an alias", text: "name: a\nversion: *name\n", schemaTells: false),
    BadRecipe(says: "1:7: found an anchor (\"&name a\")", text: "name: &name a\n", schemaTells: false),
    BadRecipe(
      says: "1:14: found an anchor (&)", text: "environment: &e\n  debian: {suite: bookworm}\n", schemaTells: false),
    BadRecipe(says: "1:7: found a tag", text: "name: !!str a\n", schemaTells: false),
    BadRecipe(says: "1:9: found a tag", text: "source: !seq [a]\n", schemaTells: false),
    BadRecipe(says: "1:1: found an anchor", text: "&a name: b\n", schemaTells: false),
    BadRecipe(says: "2:1: found a merge key", text: "name: a\n<<: {version: 1}\n", schemaTells: false),
    BadRecipe(
      says: "1:1: found the key \"name\" more than once in one mapping, again in line 2", text: "name: a\nname: b\n",
      schemaTells: false),
    BadRecipe(says: "2:5: found a list as a key", text: "name:\n  ? [a, b]\n  : c\n", schemaTells: false),
    BadRecipe(says: "2:8: this is not valid YAML", text: "name: [a\nversion: b\n", schemaTells: false),
  ]

  static let top = [
    BadRecipe(
      says: "2:1: found the unknown key \"nmae\" in the recipe; allowed: verbatim, name, version, source, environment, "
        + "build, artifacts; did you mean \"name\"?",
      text: RecipeTexts.recipe(head: "verbatim: 1\nnmae: hello\nversion: 1.0")),
    BadRecipe(
      says: "1:1: the recipe lacks the key \"verbatim\"", text: RecipeTexts.recipe(head: "name: a\nversion: b")),
    BadRecipe(
      says: "1:11: found \"2\" as the version of the recipe's format",
      text: RecipeTexts.recipe(head: "verbatim: 2\nname: a\nversion: b")),
    BadRecipe(
      says: "2:7: found nothing where a name belongs",
      text: RecipeTexts.recipe(head: "verbatim: 1\nname: ~\nversion: b")),
    BadRecipe(
      says: "2:7: found a list where a name belongs",
      text: RecipeTexts.recipe(head: "verbatim: 1\nname: [a]\nversion: b")),
    BadRecipe(
      says: "2:7: found true where a name belongs",
      text: RecipeTexts.recipe(head: "verbatim: 1\nname: true\nversion: b")),
    BadRecipe(
      says: "2:7: found \"-rf\" where a name belongs",
      text: RecipeTexts.recipe(head: "verbatim: 1\nname: -rf\nversion: b")),
    BadRecipe(
      says: "2:7: found \"../x\" where a name belongs",
      text: RecipeTexts.recipe(head: "verbatim: 1\nname: ../x\nversion: b")),
    BadRecipe(
      says: "2:7: found 129 bytes",
      text: RecipeTexts.recipe(head: "verbatim: 1\nname: \(String(repeating: "a", count: 129))\nversion: b")),
    BadRecipe(says: "1:1: the recipe lacks the key \"source\"", text: RecipeTexts.recipe(source: "")),
    BadRecipe(says: "4:9: source has 0 items", text: RecipeTexts.recipe(source: "source: []")),
    BadRecipe(says: "4:9: found \"hello\" where source belongs", text: RecipeTexts.recipe(source: "source: hello")),
  ]

  static let inputs = [
    BadRecipe(
      says: "5:5: source[0] does not say what it is: exactly one of debian, pypi, url, path",
      text: RecipeTexts.source("strip: true")),
    BadRecipe(
      says: "5:20: found \"path\" beside \"debian\"",
      text: RecipeTexts.source("{debian: a1=1, path: x}")),
    BadRecipe(says: "found \"catdoc\" where NAME=VERSION belongs", text: RecipeTexts.source("debian: catdoc")),
    BadRecipe(
      says: "found \"--yes\" where a Debian package name belongs", text: RecipeTexts.source("debian: --yes=1")),
    BadRecipe(
      says: "found \"cat;doc\" where a Debian package name belongs", text: RecipeTexts.source("debian: cat;doc=1")),
    BadRecipe(says: "found \"*\" where a Debian version belongs", text: RecipeTexts.source("debian: catdoc=*")),
    BadRecipe(
      says: "found \"1 -o X=y\" where a Debian version belongs", text: RecipeTexts.source("debian: catdoc=1 -o X=y")),
    BadRecipe(
      says: "found \"sha256\" in source[0], which has no meaning beside \"debian\"",
      text: RecipeTexts.source("{debian: catdoc=1, sha256: \(RecipeTexts.digest)}")),
    BadRecipe(says: "found \"flask=3.1.3\" where NAME==VERSION belongs", text: RecipeTexts.source("pypi: flask=3.1.3")),
    BadRecipe(
      says: "found \"-r\" where a Python project's name belongs", text: RecipeTexts.source("pypi: -r==1")),
    BadRecipe(
      says: "found \"../x.tar.gz\" where a file name belongs",
      text: RecipeTexts.source("{pypi: flask==3.1.3, file: ../x.tar.gz}")),
    BadRecipe(says: "source[0] lacks the key \"sha256\"", text: RecipeTexts.source("url: https://example.org/a.tar")),
    BadRecipe(
      says: "found \"file:///etc/passwd\" where an address belongs",
      text: RecipeTexts.source("{url: 'file:///etc/passwd', sha256: \(RecipeTexts.digest)}")),
    BadRecipe(
      says: "where an address belongs",
      text: RecipeTexts.source("{url: 'https://me:secret@example.org/a', sha256: \(RecipeTexts.digest)}")),
    BadRecipe(
      says: "where an address belongs",
      text: RecipeTexts.source("{url: 'https://example.org/[1-9]', sha256: \(RecipeTexts.digest)}")),
    BadRecipe(
      says: "found \"abc\" where a SHA-256 digest belongs", text: RecipeTexts.source("{path: a, sha256: abc}")),
    BadRecipe(says: "found the absolute path \"/etc/passwd\"", text: RecipeTexts.source("path: /etc/passwd")),
    BadRecipe(says: "found \"a/../../b\", a path that escapes", text: RecipeTexts.source("path: a/../../b")),
    BadRecipe(says: "without control characters", text: RecipeTexts.source("path: \"a\\u001b[2Jb\"")),
    BadRecipe(
      says: "an over-long path", text: RecipeTexts.source("path: \(String(repeating: "a", count: 256))"),
      schemaTells: false),
    BadRecipe(says: "found \"../x\", a path that escapes", text: RecipeTexts.source("{path: a, into: ../x}")),
    BadRecipe(says: "found the absolute path \"/x\"", text: RecipeTexts.source("{path: a, into: /x}")),
    BadRecipe(says: "found \"maybe\" where whether to leave out", text: RecipeTexts.source("{path: a, strip: maybe}")),
    BadRecipe(
      says: "where the reviewed tree's identifier belongs",
      text: RecipeTexts.source("{path: a, reviewed: 'swh:1:cnt:4b825dc642cb6eb9a060e54bf8d69288fbee4904'}")),
  ]

  static let environments = [
    BadRecipe(
      says: "7:3: found the unknown key \"debain\" in environment; allowed: debian, python, rootfs, oci; did you mean "
        + "\"debian\"?", text: RecipeTexts.recipe(environment: "environment:\n  debain: {suite: bookworm}")),
    BadRecipe(
      says: "7:11: environment.debian lacks the key \"suite\"",
      text: RecipeTexts.recipe(environment: "environment:\n  debian: {packages: []}")),
    BadRecipe(
      says: "found \"-bookworm\" where a suite belongs",
      text: RecipeTexts.recipe(environment: "environment:\n  debian: {suite: -bookworm}")),
    BadRecipe(
      says: "found \"?essential\" where a Debian package name belongs",
      text: RecipeTexts.recipe(environment: "environment:\n  debian: {suite: bookworm, packages: ['?essential']}")),
    BadRecipe(
      says: "found \"GCC\" where a Debian package name belongs",
      text: RecipeTexts.recipe(environment: "environment:\n  debian: {suite: bookworm, packages: [GCC]}")),
    BadRecipe(
      says: "found \"copy:/etc\" where an address belongs",
      text: RecipeTexts.recipe(
        environment: "environment:\n  debian: {suite: bookworm, mirrors: [{uri: 'copy:/etc', suites: [bookworm]}]}")),
    BadRecipe(
      says: "found \"[trusted=yes]\" where a suite or component belongs",
      text: RecipeTexts.recipe(
        environment:
          "environment:\n  debian: {suite: bookworm, mirrors: [{uri: 'http://example.org/d', suites: ['[trusted=yes]']}]}"
      )),
    BadRecipe(
      says: "environment.python lacks the key \"wheels\"",
      text: RecipeTexts.recipe(environment: "environment:\n  python: {suite: bookworm}")),
    BadRecipe(
      says: "found \"flit_core>=3\" where NAME==VERSION belongs",
      text: RecipeTexts.recipe(environment: "environment:\n  python: {suite: bookworm, wheels: [flit_core>=3]}")),
    BadRecipe(
      says: "environment.rootfs lacks the key \"sha256\"",
      text: RecipeTexts.recipe(environment: "environment:\n  rootfs: {path: root.tar}")),
    BadRecipe(
      says: "environment.oci lacks the key \"manifest\"",
      text: RecipeTexts.recipe(environment: "environment:\n  oci: {path: image.tar}")),
    BadRecipe(
      says: "where a SHA-256 digest belongs: sha256: and 64",
      text: RecipeTexts.recipe(environment: "environment:\n  oci: {path: a, manifest: \(RecipeTexts.digest)}")),
  ]

  static let builds = [
    BadRecipe(says: "build lacks the key \"run\"", text: RecipeTexts.recipe(build: "build:\n  path: /build/a/b")),
    BadRecipe(says: "build.run has 0 items", text: RecipeTexts.recipe(build: "build: {path: /build/a/b, run: []}")),
    BadRecipe(
      says: "found nothing where a shell command belongs",
      text: RecipeTexts.recipe(build: "build: {path: /build/a/b, run: ['']}")),
    BadRecipe(says: "found \"build/x\" where an absolute path belongs", text: RecipeTexts.path("build/x")),
    BadRecipe(says: "the path needs at least two parts", text: RecipeTexts.path("/build")),
    BadRecipe(says: "an absolute path without ..", text: RecipeTexts.path("/build/../etc")),
    BadRecipe(says: "a path without empty parts", text: RecipeTexts.path("/build//x")),
    BadRecipe(says: "a path without empty parts", text: RecipeTexts.path("/build/x/")),
    BadRecipe(says: "a build cannot be under /proc", text: RecipeTexts.path("/proc/self/x")),
    BadRecipe(says: "a build cannot be under /tmp", text: RecipeTexts.path("/tmp/x")),
    BadRecipe(says: "a build cannot be under /usr/lib", text: RecipeTexts.path("/usr/lib/x")),
    BadRecipe(says: "and /usr is the system's", text: RecipeTexts.path("/usr/x")),
    BadRecipe(says: "as the build's path: letters", text: RecipeTexts.path("'/build/a:b/c'")),
    BadRecipe(
      says: "found the unknown key \"script\" in build", text: RecipeTexts.build("script: x")),
    BadRecipe(says: "where a variable's name belongs", text: RecipeTexts.build("variables: {A-B: x}")),
    BadRecipe(says: "it is given by build.epoch", text: RecipeTexts.build("variables: {SOURCE_DATE_EPOCH: 1}")),
    BadRecipe(says: "found the variable LD_PRELOAD", text: RecipeTexts.build("variables: {LD_PRELOAD: x}")),
    BadRecipe(says: "found the variable BASH_ENV", text: RecipeTexts.build("variables: {BASH_ENV: x}")),
    BadRecipe(says: "found yes where the value of A belongs", text: RecipeTexts.build("variables: {A: yes}")),
    BadRecipe(says: "found a list where the value of A belongs", text: RecipeTexts.build("variables: {A: [b]}")),
    BadRecipe(says: "found a control character in the value of A", text: RecipeTexts.build("variables: {A: \"\\0\"}")),
    BadRecipe(says: "found \"30\" where a time belongs", text: RecipeTexts.build("limits: {time: 30}")),
    BadRecipe(says: "found \"0m\" where a time belongs", text: RecipeTexts.build("limits: {time: 0m}")),
    BadRecipe(
      says: "found \"169h\" where a time belongs", text: RecipeTexts.build("limits: {time: 169h}"), schemaTells: false),
    BadRecipe(says: "found \"4GB\" where an amount of memory", text: RecipeTexts.build("limits: {memory: 4GB}")),
    BadRecipe(
      says: "found \"99999999TiB\" where an amount of output", text: RecipeTexts.build("limits: {output: 99999999TiB}"),
      schemaTells: false),
    BadRecipe(says: "found \"-1\" where a count of processes", text: RecipeTexts.build("limits: {processes: -1}")),
    BadRecipe(says: "found the unknown key \"disk\"", text: RecipeTexts.build("limits: {disk: 1GiB}")),
    BadRecipe(says: "found \"now\" where seconds since 1970", text: RecipeTexts.build("epoch: now")),
    BadRecipe(says: "found \"-5\" where seconds since 1970", text: RecipeTexts.build("epoch: -5")),
    BadRecipe(says: "found \"2.5\" where a count of processors", text: RecipeTexts.build("processors: 2.5")),
    BadRecipe(says: "found \"0\" where a count of processors", text: RecipeTexts.build("processors: 0")),
    BadRecipe(says: "found \"099\" where a umask belongs", text: RecipeTexts.build("umask: '099'")),
    BadRecipe(says: "found \"22\" where a umask belongs", text: RecipeTexts.build("umask: '22'")),
    clock("now", "found \"now\" where a time belongs: UTC"), clock("2024-05-01T12:00:00", "where a time belongs"),
    clock("2024-05-01 12:00:00Z", "where a time belongs"), clock("2024-05-01T12:00:00.Z", "where a time belongs"),
    clock("2023-02-29T12:00:00Z", "where a time belongs", schemaTells: false),
    clock("1970-01-01T00:00:00Z", "where a time belongs", schemaTells: false),
    clock("{rate: 2}", "lacks the key \"start\""),
    clock("{start: 2024-05-01T12:00:00Z, rate: -1}", "found \"-1\" where the clock's rate belongs"),
    clock("{start: 2024-05-01T12:00:00Z, rate: 1001}", "found \"1001\" where the clock's rate belongs"),
    clock("{start: 2024-05-01T12:00:00Z, frozen: true}", "found the unknown key \"frozen\""),
    BadRecipe(says: "found \"a_b\" where a host name belongs", text: RecipeTexts.build("host: a_b")),
  ]

  private static func clock(_ text: String, _ says: String, schemaTells: Bool = true) -> BadRecipe {
    BadRecipe(says: says, text: RecipeTexts.build("clock: \(text)"), schemaTells: schemaTells)
  }

  static let exceptions = [
    BadRecipe(
      says: "15:9: artifacts[0].exceptions[0] lacks the key \"reason\"",
      text: RecipeTexts.exception("authenticode", "place: a, verify: nothing")),
    BadRecipe(
      says: "found nothing where a reason belongs",
      text: RecipeTexts.exception("field", "place: a, reason: '  ', field: b")),
    BadRecipe(
      says: "lacks the key \"place\"", text: RecipeTexts.exception("field", "reason: a, field: b")),
    BadRecipe(
      says: "lacks the key \"verify\": certificates in PEM",
      text: RecipeTexts.exception("module-signature", "place: a, reason: b")),
    BadRecipe(
      says: "found \"anything\" where certificates in PEM, an armoured block",
      text: RecipeTexts.exception("module-signature", "place: a, reason: b, verify: anything")),
    BadRecipe(
      says: "found \"modul-signature\" where the kind of an exception belongs",
      text: RecipeTexts.exception("modul-signature", "place: a, reason: b, verify: nothing")),
    BadRecipe(
      says: "did you mean \"module-signature\"?",
      text: RecipeTexts.exception("modul-signature", "place: a, reason: b, verify: nothing")),
    BadRecipe(
      says: "found \"verify\" in artifacts[0].exceptions[0], which has no meaning beside \"kind: field\"",
      text: RecipeTexts.exception("field", "place: a, reason: b, field: c, verify: nothing")),
    BadRecipe(
      says: "lacks the key \"length\"", text: RecipeTexts.exception("range", "place: a, reason: b, offset: 0")),
    BadRecipe(
      says: "a whole number from 1 to",
      text: RecipeTexts.exception("range", "place: a, reason: b, offset: 0, length: 0")),
    BadRecipe(
      says: "a whole number from 0 to",
      text: RecipeTexts.exception("range", "place: a, reason: b, offset: -1, length: 5")),
    BadRecipe(
      says: "a whole number from 0 to",
      text: RecipeTexts.exception("header", "place: a, reason: b, shipped: 99999999999999999999, rebuilt: 0")),
    BadRecipe(
      says: "lacks the key \"rebuilt\"", text: RecipeTexts.exception("trailer", "place: a, reason: b, shipped: 5")),
    BadRecipe(
      says: "found the absolute path", text: RecipeTexts.exception("field", "place: /etc, reason: b, field: c")),
    BadRecipe(
      says: "a path that escapes the artifact",
      text: RecipeTexts.exception("field", "place: a/../b, reason: b, field: c")),
    BadRecipe(
      says: "a place without empty parts", text: RecipeTexts.exception("field", "place: a//b, reason: b, field: c")),
    BadRecipe(
      says: "found the unknown key \"why\"",
      text: RecipeTexts.exception("field", "place: a, reason: b, field: c, why: d")),
  ]

  static let artifacts = [
    BadRecipe(says: "artifacts has 0 items", text: RecipeTexts.recipe(artifacts: "artifacts: []")),
    BadRecipe(says: "a path that escapes: the build's tree ends", text: RecipeTexts.built("../../x")),
    BadRecipe(says: "a path that escapes: the build's tree ends", text: RecipeTexts.built("a/../../x")),
    BadRecipe(says: "found the absolute path \"/etc/shadow\"", text: RecipeTexts.built("/etc/shadow")),
    BadRecipe(says: "found \"..\" where the built file's path", text: RecipeTexts.built("..")),
    BadRecipe(says: "a path without empty parts", text: RecipeTexts.built("a/./b")),
    BadRecipe(
      says: "found the artifact \"a\" a second time",
      text: RecipeTexts.recipe(
        artifacts: "artifacts:\n  - {built: a, shipped: {path: a}}\n  - {built: a, shipped: {path: b}}"),
      schemaTells: false),
    BadRecipe(
      says: "artifacts[0] lacks the key \"shipped\"", text: RecipeTexts.recipe(artifacts: "artifacts:\n  - built: a")),
    BadRecipe(
      says: "found the unknown key \"reviewed\" in artifacts[0].shipped",
      text: RecipeTexts.recipe(
        artifacts:
          "artifacts:\n  - {built: a, shipped: {path: a, reviewed: 'swh:1:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904'}}"
      )),
  ]
}
