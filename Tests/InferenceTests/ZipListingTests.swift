import SystemPackage
import TestFixtures
import Testing

@testable import Inference

@Suite struct ZipListingTests {
  /// A wheel that Python's zipfile wrote, with what it wrote.
  private static let writer = """
    import sys, zipfile
    with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
        for name, time, mode, system in [
            ("a.py", (2024, 12, 4, 17, 35, 24), 0o100644, 3),
            ("x-1.dist-info/METADATA", (1980, 1, 1, 0, 0, 0), 0o100664, 3),
            ("x-1.dist-info/WHEEL", (2107, 12, 31, 23, 59, 58), 0o666, 0),
        ]:
            info = zipfile.ZipInfo(name, time)
            info.external_attr = mode << 16
            info.create_system = system
            archive.writestr(info, "Name: x\\nVersion: 1\\n", zipfile.ZIP_DEFLATED)
    """

  @Test func entriesAreAsPythonWroteThem() throws {
    let folder = try TemporaryFolder()
    let script = try folder.write("write.py", Self.writer)
    let file = folder.path.appending("x-1-py3-none-any.whl")
    guard let run = try? FixtureProcess.shell("python3 \"$1\" \"$2\"", [script.string, file.string]), run.status == 0
    else {
      print("SKIP: this machine has no python3 to write a wheel with")
      return
    }
    let entries = try ZipListing(try folder.read("x-1-py3-none-any.whl"), name: "x").entries
    #expect(entries.map(\.name) == ["a.py", "x-1.dist-info/METADATA", "x-1.dist-info/WHEEL"])
    #expect(entries.map(\.time) == [1_733_333_724, 315_532_800, 4_354_819_198])
    #expect(entries.map(\.mode) == [0o100644, 0o100664, 0o666])
    #expect(entries.map(\.system) == [3, 3, 0])
    let wheel = try WheelFile(file, fileName: "x-1-py3-none-any.whl")
    #expect(wheel.name == "x" && wheel.version == "1")
  }

  @Test func whatIsNoZipOrCutIsRefused() throws {
    var zip = ZipBuilder()
    zip.member("a.txt", Array("text".utf8))
    let whole = zip.finished()
    #expect(try ZipListing(whole, name: "w").entries.count == 1)
    let error = #expect(throws: InferenceError.self) { try ZipListing(Array("hello".utf8), name: "w.whl") }
    #expect(error?.message == "reading w.whl: it is no zip file, so it is no wheel")
    for count in 0..<whole.count {
      #expect(throws: InferenceError.self) { try ZipListing(Array(whole[..<count]), name: "w") }
    }
  }

  @Test func flippedBytesNeverCrash() throws {
    var zip = ZipBuilder()
    zip.member("a.txt", Array("text".utf8))
    let whole = zip.finished()
    for place in whole.indices {
      for value in [0, 0x7F, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[place] = value
        _ = try? ZipListing(bytes, name: "w")
      }
    }
  }
}
