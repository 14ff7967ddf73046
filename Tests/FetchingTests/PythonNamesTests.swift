import Testing

@testable import Fetching

@Suite struct PythonNamesTests {
  @Test(arguments: [
    ("1.0", "1.0.0"), ("1.0", "v1"), ("1.0RC1", "1.0rc1"), ("1.0-rc.1", "1.0c1"), ("1.0alpha", "1a0"),
    ("1.0-1", "1.0.post1"), ("1.0.post", "1.0-post0"), ("1.0.dev3", "1.0-dev_3"), ("0!1.2", "1.2"),
    ("1.0+Ubuntu-1", "1.0+ubuntu.1"), ("2020.01.02", "2020.1.2"), ("4.6.2.post1", "4.6.2-1"),
    ("1.0b2.post345.dev456", "1.0beta2-345.dev456"),
  ])
  func spellingsOfOneVersionAreEqual(left: String, right: String) {
    #expect(PythonVersion(left) == PythonVersion(right))
  }

  @Test(arguments: [
    ("1.0", "1.0.1"), ("1.0", "1.0rc1"), ("1.0", "1!1.0"), ("1.0", "1.0+local"), ("1.0.post1", "1.0.dev1"),
    ("1.10", "1.1"), ("abc", "abd"), ("1.0a1", "1.0b1"), ("", "0"), ("1..0", "1.0"),
  ])
  func otherVersionsDiffer(left: String, right: String) {
    #expect(PythonVersion(left) != PythonVersion(right))
  }

  @Test(arguments: [
    ("Flask", "flask"), ("typing_extensions", "typing-extensions"), ("a.-_b", "a-b"),
    ("zope.interface", "zope-interface"),
  ])
  func projectNamesAreNormalised(name: String, normal: String) { #expect(PythonNames.normalised(name) == normal) }

  @Test(arguments: ["", "-a", "a-", "a/b", "..", "a b", "a%2f", "é", "a\n"])
  func oddProjectNamesAreRefused(name: String) { #expect(!PythonNames.isProject(name)) }

  @Test func fileNamesTellReleaseAndKind() {
    #expect(
      PythonFileName("flask-3.1.3.tar.gz", project: "Flask")
        == .sdist(version: PythonVersion("3.1.3"), suffix: ".tar.gz"))
    #expect(
      PythonFileName("python-dateutil-2.8.2.zip", project: "python_dateutil")
        == .sdist(version: PythonVersion("2.8.2"), suffix: ".zip"))
    #expect(
      PythonFileName("flask-3.1.3-py3-none-any.whl", project: "flask")
        == .wheel(version: PythonVersion("3.1.3"), tag: "py3-none-any"))
    #expect(
      PythonFileName("a_b-1.0-2-cp311-cp311-manylinux_2_17_x86_64.whl", project: "a.b")
        == .wheel(version: PythonVersion("1.0"), tag: "cp311-cp311-manylinux_2_17_x86_64"))
    for other in [
      "flask-3.1.3.tar.gz.asc", "flask-3.1.3.exe", "flaskx-3.1.3.tar.gz", "flask.tar.gz", "-.whl", "a-b-c-d-e.whl",
      "flask-sqlalchemy-3.0.tar.gz",
    ] {
      #expect(PythonFileName(other, project: "flask") == nil, "\(other)")
    }
  }
}
