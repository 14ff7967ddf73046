import Digests
import Model
import Testing

/// FIPS 180-4 example values.
@Suite struct StreamingDigestTests {
  @Test(arguments: [
    (StreamingDigest.Algorithm.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      .sha384,
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    ),
    (
      .sha512,
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        + "454d4423643ce80e2a9ac94fa54ca49f"
    ),
  ])
  func knownValue(algorithm: StreamingDigest.Algorithm, expected: String) {
    var digest = StreamingDigest(algorithm)
    digest.update("a")
    digest.update("bc")
    #expect(Hexadecimal.string(digest.finish()) == expected)
  }

  @Test func forkGoesOnAlone() {
    var first = StreamingDigest()
    first.update("a")
    var second = first.fork()
    second.update("x")
    first.update("bc")
    #expect(first.finishSHA256() == .of("abc"))
    #expect(second.finishSHA256() == .of("ax"))
  }
}
