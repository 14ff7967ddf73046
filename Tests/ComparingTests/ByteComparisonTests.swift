import Digests
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Comparing

@Suite struct ByteComparisonTests {
  /// Small, so that many buffers are passed on in little time.
  static let buffer = 8192

  /// Sizes around the buffers that the comparison works in.
  static let sizes = [0, 1, 2, 4095, 4096, 4097, buffer, buffer + 1, 3 * buffer + 17]

  @Test(arguments: sizes)
  func equalFiles(size: Int) async throws {
    let (folder, bytes) = (try TemporaryFolder(), pattern(size))
    let result = try await ByteComparison.compare(
      shipped: try folder.write("a", bytes), rebuilt: try folder.write("b", bytes))
    #expect(result.equal)
    #expect(result.differingBytes == 0)
    #expect(result.shippedSize == Int64(size))
    #expect(result.shippedDigest == .of(bytes))
    #expect(result.rebuiltDigest == .of(bytes))
  }

  @Test(arguments: sizes.filter { $0 > 0 })
  func changedBytes(size: Int) async throws {
    let (folder, bytes) = (try TemporaryFolder(), pattern(size))
    for places in [[0], [size - 1], [size / 2], [0, size - 1], [size / 3, size / 2, size - 1]] {
      var changed = bytes
      for place in Set(places) { changed[place] ^= 0x40 }
      try await check(bytes, changed, in: folder)
    }
  }

  @Test(arguments: [(0, 1), (1, 0), (5, 9), (buffer, buffer + 1), (2 * buffer + 5, 5)])
  func otherSizes(shipped: Int, rebuilt: Int) async throws {
    let folder = try TemporaryFolder()
    try await check(pattern(shipped), pattern(rebuilt), in: folder)
    var changed = pattern(rebuilt)
    if !changed.isEmpty { changed[0] ^= 1 }
    try await check(pattern(shipped), changed, in: folder)
  }

  @Test func everyByteDiffers() async throws {
    let bytes = pattern(2 * Self.buffer + 3)
    try await check(bytes, bytes.map { ~$0 }, in: try TemporaryFolder())
  }

  @Test func contentsInMemoryNeedNoDigest() async throws {
    let result = try await ByteComparison.compare(Content([1, 2, 3]), Content([1, 9, 3]), hashing: false)
    #expect(result.firstDifference == 1)
    #expect(result.shippedDigest == nil)
  }

  @Test(arguments: ["folder", "link", "fifo", "/dev/null", "absent", "file/below"])
  func refusesWhatIsNoRegularFile(name: String) async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("file", "x")
    _ = try FixtureProcess.shell(
      "cd \"$1\" && mkdir folder && ln -s file link && mkfifo fifo", [folder.path.string])
    let path = name.hasPrefix("/") ? FilePath(name) : folder.path.appending(name)
    for (shipped, rebuilt) in [(path, file), (file, path)] {
      let error = await #expect(throws: ComparisonError.self) {
        try await ByteComparison.compare(shipped: shipped, rebuilt: rebuilt)
      }
      #expect(error?.step == .opening)
      #expect(error?.message.contains(path.string) == true)
      #expect(error?.inconclusive == .missingInput)
    }
  }

  @Test(arguments: ["truncate -s 100 \"$1\"", "printf more >>\"$1\"", "touch -d @5 \"$1\""])
  func aFileThatChangesMeanwhileIsAnError(change: String) async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a", pattern(3 << 10))
    let file = try OpenFile.artifact(path)
    _ = try FixtureProcess.shell(change, [path.string])
    let error = await #expect(throws: ComparisonError.self) {
      try await ByteComparison.compare(Content(file), Content(self.pattern(3 << 10)), hashing: true)
    }
    #expect(error?.step == .changed)
    #expect(error?.inconclusive == .machineFailed)
  }

  @Test func stopsWhenCancelled() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a", pattern(1 << 10))
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await ByteComparison.compare(shipped: path, rebuilt: path)
    }
    task.cancel()
    await #expect(throws: ComparisonError.cancelled) { try await task.value }
  }

  private func check(_ shipped: [UInt8], _ rebuilt: [UInt8], in folder: TemporaryFolder) async throws {
    let result = try await ByteComparison.compare(
      Content(try OpenFile.artifact(try folder.write("a", shipped))),
      Content(try OpenFile.artifact(try folder.write("b", rebuilt))), hashing: true, bufferSize: Self.buffer)
    let common = zip(shipped, rebuilt)
    let longer = max(shipped.count, rebuilt.count)
    let shorter = min(shipped.count, rebuilt.count)
    let first = common.enumerated().first { $1.0 != $1.1 }?.offset ?? (longer > shorter ? shorter : nil)
    #expect(result.firstDifference == first.map(Int64.init))
    #expect(result.differingBytes == Int64(common.count { $0 != $1 } + longer - shorter))
    #expect(result.shippedDigest == .of(shipped))
    #expect(result.rebuiltDigest == .of(rebuilt))
  }

  private func pattern(_ count: Int) -> [UInt8] {
    var state: UInt32 = 12345
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }
}
