import SystemPackage
import TestFixtures
import Testing

@testable import Inference

/// What compressed a wheel's entries, from wheels that Python wrote at each level, and from bytes of nobody.
@Suite struct CompressorTests {
  private static func wheel(level: Int, in folder: TemporaryFolder) throws -> WheelFile? {
    let script = """
      import sys, zipfile
      with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
          text = "".join(f"line {n} of {n * n}, {n % 7 * 'ab'} and {n ** 3}\\n" for n in range(3000))
          for name, data in [("x/a.py", text), ("x/b.py", text[9:]), ("x-1.dist-info/METADATA", "Name: x\\n"),
                             ("x-1.dist-info/WHEEL", "Wheel-Version: 1.0\\n")]:
              z.writestr(name, data, zipfile.ZIP_DEFLATED, int(sys.argv[2]))
      """
    let path = folder.path.appending("x-1-py3-none-any.whl")
    let run = try FixtureProcess.shell("python3 -c \"$@\"", [script, path.string, String(level)])
    guard run.status == 0 else {
      print("SKIP: this machine has no python3 to write a wheel with")
      return nil
    }
    return try WheelFile(path, fileName: "x-1-py3-none-any.whl")
  }

  @Test(arguments: [1, 4, 6, 9]) func levelsAreFound(level: Int) throws {
    let folder = try TemporaryFolder()
    guard let wheel = try Self.wheel(level: level, in: folder) else { return }
    #expect(wheel.compressor == .zlib(level: level))
  }

  @Test func storedBlocksAreNoZlibs() throws {
    // One stored block, as nobody compresses text.
    let contents = Array(String(repeating: "abc ", count: 100).utf8)
    let size = UInt16(contents.count)
    let stored =
      [1, UInt8(size & 0xFF), UInt8(size >> 8), UInt8(~size & 0xFF), UInt8(~size >> 8)] + contents
    #expect(Compressor.of([.init(contents: contents, compressed: stored[...])]) == .zlib(level: 0))
    #expect(Compressor.of([.init(contents: contents, compressed: (stored + [0])[...])]) == .other)
    #expect(Compressor.of([.init(contents: contents, compressed: [])]) == .other)
    #expect(Compressor.of([]) == nil)
  }

  /// Places and sizes of a directory that lead out of the file give nothing.
  @Test(arguments: [(0, Int.max), (Int.max, 4), (1 << 32, 1), (0, 0xFFFF_FFFF), (10, 1)])
  func placesOutOfTheFileAreNone(place: Int, size: Int) {
    var zip = ZipBuilder()
    zip.member("a", [1, 2, 3])
    let entry = ZipListing.Entry(
      name: "a", time: 0, mode: 0, system: 3, method: 8, crc32: 0, size: 3, compressedSize: size, place: place)
    #expect(ZipListing.compressed(entry, in: zip.finished()) == nil)
  }
}
