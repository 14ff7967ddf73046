import Testing

@testable import Inference

@Suite struct PythonVersionTests {
  @Test(arguments: [
    ("1.0.dev1", "1.0a1"), ("1.0a1", "1.0b1"), ("1.0b2", "1.0rc1"), ("1.0rc1", "1.0"), ("1.0", "1.0.post1"),
    ("1.0.post1.dev2", "1.0.post1"), ("1.9", "1.10"), ("2026.9", "1!1.0"), ("1.0", "1.0+local"), ("0.9", "v1"),
  ])
  func versionsHaveTheOrderOfPEP440(lower: String, higher: String) throws {
    let low = try #require(ReleaseVersion(lower))
    let high = try #require(ReleaseVersion(higher))
    #expect(low < high)
    #expect(!(high < low))
  }

  @Test(arguments: [("1.0", "1"), ("1.0-1", "1.0.post1"), ("1.0alpha", "1.0a0"), ("1.0.RC-1", "1rc1")])
  func spellingsOfOneVersionAreEqual(one: String, other: String) throws {
    #expect(try #require(ReleaseVersion(one)) == #require(ReleaseVersion(other)))
  }

  @Test(arguments: ["", "x", "1..2", "1.0-", "1.0 2", "99999999999999999999", "1.0+", "1.0+../x", "1.0+a b"])
  func whatIsNoVersionIsRefused(text: String) {
    #expect(ReleaseVersion(text) == nil)
  }

  @Test(arguments: [
    ("six", true), ("Jinja2", true), ("zope.interface", true), ("../x", false), ("a/b", false), ("", false),
    ("-x", false), ("x.", false), ("a b", false),
  ])
  func namesAreLettersAndDigits(text: String, isName: Bool) { #expect(PythonRequirement.isName(text) == isName) }

  @Test(arguments: [
    (">=3.11,<4", "3.12.0", true), ("<4", "4.0rc1", false), ("~=1.4.2", "1.4.9", true), ("~=1.4.2", "1.5", false),
    ("~=2.2", "2.9", true), ("==1.*", "1.9", true), ("!=1.3.*", "1.3.2", false), (">1.0", "1.0.post1", false),
    ("==1.0", "1.0+abc", true), ("", "5", true), ("<=0.38.4", "0.38.4", true),
  ])
  func specifiersAreThoseOfPEP440(specifier: String, version: String, fits: Bool) throws {
    let specifiers = try #require(VersionSpecifiers(specifier))
    #expect(specifiers.contains(try #require(ReleaseVersion(version))) == fits)
  }

  @Test(arguments: [
    ("python_version < '3.8'", false), ("python_version >= \"3.10\" and os_name == 'posix'", true),
    ("(sys_platform == 'win32' or extra == 'toml')", true), ("extra == 'other'", false),
    ("'linux' in sys_platform", true), ("platform_machine not in 'arm64 aarch64'", true),
  ])
  func markersAreEvaluated(marker: String, holds: Bool) throws {
    let python = try #require(TargetPython.of(suite: "bookworm"))
    let requirement = try #require(PythonRequirement("thing>=1; \(marker)"))
    #expect(requirement.applies(to: python, extras: ["toml"]) == holds)
  }

  @Test func requirementsAreRead() throws {
    let requirement = try #require(PythonRequirement("Setuptools_SCM[toml] (>=3.4,!=5.0) ; python_version > '3'"))
    #expect(requirement.name == "setuptools-scm")
    #expect(requirement.extras == ["toml"])
    #expect(requirement.versions.description == ">=3.4,!=5.0")
    #expect(PythonRequirement("x @ https://example.org/x.whl") == nil)
  }
}
