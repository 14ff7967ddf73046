import Comparing
import Model
import SystemPackage
import TestFixtures
import Testing

/// Files that lie in several stretches of another one.
@Suite struct JoinedFileTests {
  /// Files that tools make; nil, and said so, where one is missing.
  private static func files(_ names: [String], needs tools: [String], by script: String) throws -> [[UInt8]]? {
    let folder = try TemporaryFolder()
    let checks = tools.map { "command -v \($0) >/dev/null || { echo \($0); exit 77; }" }.joined(separator: "\n")
    let result = try FixtureProcess.shell("\(checks)\nset -e; cd \"$1\"\n{ \(script)\n} >&2", [folder.path.string])
    if result.status == 77 {
      print("SKIP: \(result.output.split(separator: "\n").first ?? "") is not installed, so no such image is compared")
      return nil
    }
    try #require(result.status == 0, "\(result.errors)")
    return try names.map { try folder.read($0) }
  }

  private static func big(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }

  /// An image whose pixels are in chunks of some length.
  private static func png(_ pixels: [UInt8], chunk: Int) throws -> [UInt8] {
    let stream = try ComparedBytes.filtered(
      pixels, by: "python3 -c 'import sys,zlib;sys.stdout.buffer.write(zlib.compress(sys.stdin.buffer.read(),1))'")
    func chunks(_ kind: String, _ data: [UInt8]) -> [UInt8] {
      big(data.count) + Array(kind.utf8) + data + [0, 0, 0, 0]
    }
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    bytes += chunks("IHDR", big(100) + big(100) + [8, 0, 0, 0, 0])
    for start in stride(from: 0, to: stream.count, by: chunk) {
      bytes += chunks("IDAT", Array(stream[start..<min(stream.count, start + chunk)]))
    }
    return bytes + chunks("IEND", [])
  }

  @Test func pixelsOfSeveralChunksAreOneStream() async throws {
    let pixels = Reconstructed.noise(10_100)
    var other = pixels
    other[5000] ^= 1
    let one = try Self.png(pixels, chunk: 1000)
    for chunk in [1000, 3000, 1 << 20] {
      let found = try await ComparedBytes.differences(one, try Self.png(other, chunk: chunk))
      let inner = found.filter { $0.path == ["pixels"] }
      #expect(inner.count == 1, "\(chunk)")
      #expect(inner.first?.offset == 5000, "\(chunk)")
      #expect(inner.first?.length == 1, "\(chunk)")
    }
    // The same pixels in other chunks are a difference of how they are stored.
    let same = try await ComparedBytes.differences(one, try Self.png(pixels, chunk: 4000))
    #expect(same.filter { $0.region == "pixels" }.map(\.role) == [.compression])
    // What cannot be undone is compared as it is.
    var broken = try Self.png(pixels, chunk: 1000)
    broken[8 + 25 + 8] = 0xFF
    #expect(ComparedBytes.lines(try await ComparedBytes.differences(one, broken)) == ["|pixels|bytes"])
  }

  @Test func aVolumeOfUBIIsComparedAsAFile() async throws {
    let script = """
      mkdir -p t; seq 1 20000 >t/numbers; printf 'one' >t/b; touch -d @1000 t/* t
      printf '[v]\\nmode=ubi\\nimage=fs\\nvol_id=0\\nvol_type=static\\nvol_name=rootfs\\n' >c
      for n in one two; do
        if [ $n = two ]; then printf 'two' >t/b; touch -d @1000 t/b t; fi
        rm -f fs; mksquashfs t fs -quiet -no-progress -all-root -mkfs-time 5000 -noD -noI -noF -no-fragments
        ubinize -Q 1 -p 16KiB -m 512 -o $n c
      done
      """
    guard let images = try Self.files(["one", "two"], needs: ["mksquashfs", "ubinize"], by: script) else { return }
    let found = try await ComparedBytes.differences(images[0], images[1])
    #expect(Set(found.map(\.path)).contains(["rootfs", "b"]))
    let text = found.first { $0.path == ["rootfs", "b"] }
    #expect(text?.shipped?.contains("one") == true)
    #expect(text?.rebuilt?.contains("two") == true)
    // Nothing but the file and the checksums of the parts differs.
    #expect(found.filter { $0.path != ["rootfs", "b"] }.allSatisfy { $0.role == .checksum })
  }

  @Test func aFileInAFATImageIsComparedAsAFile() async throws {
    let script = """
      export MTOOLS_SKIP_CHECK=1 SOURCE_DATE_EPOCH=1577872800
      seq 1 250000 | head -c 1400000 >one.txt; sed 's/^777$/999/' one.txt >two.txt; head -c 1000 one.txt >gone; printf x >x
      touch -d @1577872800 *.txt gone x
      for n in one two three; do
        truncate -s 1440K $n; mkfs.fat -i 1 $n
        if [ $n != three ]; then mcopy -m -i $n x ::x; mcopy -m -i $n gone ::gone; mcopy -m -i $n x ::y; mdel -i $n ::gone
        else mcopy -m -i $n x ::x; mcopy -m -i $n x ::y; fi
        cp $n.txt text 2>/dev/null || cp one.txt text; touch -d @1577872800 text; mcopy -m -i $n text ::text.txt
      done
      """
    guard let images = try Self.files(["one", "two", "three"], needs: ["mkfs.fat", "mcopy"], by: script) else { return }
    let found = try await ComparedBytes.differences(images[0], images[1])
    #expect(ComparedBytes.lines(found) == ["text.txt|line 777|text"], "\(found.map(\.lineForTests))")
    // The same file in one stretch.
    let moved = try await ComparedBytes.differences(images[0], images[2])
    let same = moved.filter { $0.path == ["text.txt"] && $0.region == "content" }
    #expect(same.map(\.shipped) == ["the same contents, in 2 stretches"])
    #expect(same.map(\.rebuilt) == ["the same contents, in 1 stretches"])
  }
}
