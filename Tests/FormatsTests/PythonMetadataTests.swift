import Formats
import Model
import Testing

@Suite struct PythonMetadataTests {
  private static let wheel =
    "Wheel-Version: 1.0\nGenerator: setuptools (75.1.0)\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
  private static let metadata =
    "Metadata-Version: 2.1\nName: flask\nVersion: 3.0\nClassifier: A\nClassifier: B\n\n# Flask\n\nText: no field\n"
  private static let record =
    "flask/__init__.py,sha256=abc,12\n\"a,b.py\",sha256=def,3\nflask-3.0.dist-info/RECORD,,\n"

  @Test func fieldsAreNamed() throws {
    #expect(
      try LayoutCheck.lines(of: Array(Self.wheel.utf8)) == [
        "Wheel-Version 19 1.0", "Generator 31 setuptools (75.1.0)", "Root-Is-Purelib 22 true", "Tag 18 py3-none-any",
      ])
    #expect(
      try LayoutCheck.lines(of: Array(Self.metadata.utf8), name: "METADATA") == [
        "Metadata-Version 22 2.1", "Name 12 flask", "Version 13 3.0", "Classifier 14 A", "Classifier #2 14 B",
        "empty line 1 0a", "description 24 file description",
      ])
    for text in [Self.wheel, Self.metadata] {
      try LayoutCheck.layout(of: Array(text.utf8), as: "Python metadata")
      try LayoutCheck.survives(Array(text.utf8))
    }
  }

  @Test func theGeneratorIsWhatDiffers() throws {
    let other = Self.wheel.replacing("75.1.0", with: "75.2.0")
    #expect(try LayoutCheck.differences(Array(Self.wheel.utf8), Array(other.utf8)) == ["Generator"])
    let layout = try LayoutCheck.layout(of: Array(Self.wheel.utf8), as: "Python metadata")
    #expect(layout.regions.map(\.role) == [.version, .generator, .platform, .platform])
  }

  @Test func aRecordHasAGroupForEachFile() throws {
    let bytes = Array(Self.record.utf8)
    #expect(
      try LayoutCheck.lines(of: bytes, name: "RECORD") == [
        "flask/__init__.py: path 17 flask/__init__.py", "flask/__init__.py: hash 11 sha256=abc",
        "flask/__init__.py: size 4 12", "a,b.py: path 8 \"a,b.py\"", "a,b.py: hash 11 sha256=def",
        "a,b.py: size 3 3", "flask-3.0.dist-info/RECORD: path 26 flask-3.0.dist-info/RECORD",
        "flask-3.0.dist-info/RECORD: hash 1 ", "flask-3.0.dist-info/RECORD: size 2 ",
      ])
    let other = Self.record.replacing("def,3", with: "dee,4")
    #expect(
      try LayoutCheck.differences(bytes, Array(other.utf8), name: "RECORD") == ["a,b.py: hash", "a,b.py: size"])
    try LayoutCheck.layout(of: bytes, name: "RECORD", as: "wheel RECORD")
    try LayoutCheck.survives(bytes, name: "RECORD")
  }
}
