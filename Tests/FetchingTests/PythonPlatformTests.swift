import Testing

@testable import Fetching

/// Which wheels a suite's Python takes, by the tags of PEP 425 and PEP 600.
@Suite struct PythonPlatformTests {
  private static let bookworm = PythonPlatform.of(suite: "bookworm", architecture: "amd64")

  @Test(
    arguments: [
      ("py3-none-any", 0), ("py2.py3-none-any", 0), ("py311-none-any", 0), ("cp311-none-any", 0), ("py2-none-any", nil),
      ("cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", 1), ("cp311-cp311-linux_x86_64", 1),
      ("cp311-cp311-manylinux_2_36_x86_64", 1), ("cp311-cp311-manylinux_2_37_x86_64", nil),
      ("cp311-cp311-manylinux1_x86_64", 1), ("cp38-abi3-manylinux2014_x86_64", 2),
      ("cp311-abi3-manylinux2014_x86_64", 2), ("cp312-abi3-manylinux2014_x86_64", nil),
      ("cp312-cp312-manylinux2014_x86_64", nil), ("py3-none-manylinux_2_5_x86_64.manylinux1_x86_64", 3),
      ("cp311-cp311-manylinux2014_aarch64", nil), ("cp311-cp311-musllinux_1_2_x86_64", nil),
      ("cp311-cp311-win_amd64", nil), ("cp311-cp311-macosx_11_0_arm64", nil), ("pp311-pypy311_pp73-linux_x86_64", nil),
      ("cp311-cp311t-linux_x86_64", nil), ("py3-none", nil), ("", nil), ("----", nil),
      ("cp3-abi3-linux_x86_64", nil), ("cp3x-abi3-linux_x86_64", nil), ("cp311-cp311-manylinux_2_x_x86_64", nil),
    ] as [(String, Int?)])
  func tagsHaveTheirRank(tag: String, rank: Int?) throws {
    #expect(try #require(Self.bookworm).rank(of: tag) == rank)
  }

  @Test func otherMachinesAndSuitesHaveTheirOwn() throws {
    let arm = try #require(PythonPlatform.of(suite: "trixie", architecture: "arm64"))
    #expect(arm.series == "3.13" && arm.rank(of: "cp313-cp313-manylinux_2_41_aarch64") == 1)
    #expect(arm.rank(of: "cp313-cp313-manylinux2014_x86_64") == nil)
    #expect(PythonPlatform.of(suite: "nowhere", architecture: "amd64") == nil)
  }
}
