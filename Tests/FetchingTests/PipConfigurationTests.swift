import SystemPackage
import TestFixtures
import Testing

@testable import Fetching

@Suite struct PipConfigurationTests {
  @Test func sectionsAndContinuationsAreRead() {
    let values = PipConfiguration.parse(
      """
      [global]
      # comment
      index-url = https://a.example/simple
      extra_index_url =
          https://b.example/simple
          https://c.example/simple
      cert: /x.pem
      [install]
      index-url=https://i.example/simple
      [freeze]
      index-url=https://f.example/simple
      """)
    #expect(values["index-url"] == "https://i.example/simple")
    #expect(values["extra-index-url"]?.split(whereSeparator: \.isWhitespace).count == 2)
    #expect(values["cert"] == "/x.pem")
  }

  @Test func laterPlacesOverruleEarlierOnes() throws {
    let folder = try TemporaryFolder()
    let own = try folder.write("own.conf", "[global]\nindex-url=https://own.example/s\nproxy=http://p.example\n")
    var environment = ["PIP_CONFIG_FILE": own.string, "HOME": folder.path.string, "XDG_CONFIG_DIRS": "/nonexistent"]
    #expect(PipConfiguration.read(Machine(environment: environment)).indexes == ["https://own.example/s"])
    environment["PIP_INDEX_URL"] = "https://env.example/s"
    environment["PIP_EXTRA_INDEX_URL"] = "https://x.example/s file:///etc https://y.example/s"
    let read = PipConfiguration.read(Machine(environment: environment))
    #expect(read.indexes == ["https://env.example/s", "https://x.example/s", "https://y.example/s"])
    #expect(read.proxy == "http://p.example")
    environment["PIP_CONFIG_FILE"] = "/dev/null"
    #expect(PipConfiguration.read(Machine(environment: environment)).proxy == nil)
  }

  @Test func missingConfigurationIsExplained() async {
    let machine = Machine(environment: ["PIP_CONFIG_FILE": "/dev/null", "PIP_NO_INDEX": "1"])
    let error = await #expect(throws: FetchError.self) {
      try await PipConfiguration.read(machine).addresses(machine)
    }
    #expect(error?.message.contains("no-index") == true)
  }
}
