import SystemPackage
import Testing

@testable import Inference

@Suite struct ShippedReferenceTests {
  @Test func allFormsAreRead() throws {
    #expect(try ShippedReference("pypi:six==1.17.0") == .pypi(name: "six", version: "1.17.0"))
    #expect(try ShippedReference("pypi: six==1.17.0") == .pypi(name: "six", version: "1.17.0"))
    #expect(try ShippedReference("debian: hello=2.10-3") == .debian(name: "hello", version: "2.10-3"))
    #expect(try ShippedReference("dist/x-1-py3-none-any.whl") == .file(FilePath("dist/x-1-py3-none-any.whl")))
  }

  @Test(arguments: [
    "", "pypi:", "pypi:six", "pypi:six==", "pypi:==1", "pypi:six=1", "debian:x", "pypi:a b==1", "pypi:a;rm==1",
  ])
  func whatNamesNothingIsRefused(text: String) {
    #expect(throws: InferenceError.self) { try ShippedReference(text) }
  }
}
