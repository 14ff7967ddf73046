import Model
import Testing

@testable import Causes

/// Times as programs write them.
@Suite struct TimeScannerTests {
  @Test(arguments: [
    "2024-05-01 12:00:00Z", "2024-05-01T12:00:00Z", "2024-05-01T14:00:00+02:00", "2024-05-01 08:00:00 -0400",
    "Wed, 01 May 2024 12:00:00 +0000", "Wed May  1 12:00:00 2024", "Wed May  1 12:00:00 UTC 2024",
    "Wed May  1 14:00:00 CEST 2024", "Wed 01 May 2024 12:00:00 PM UTC", "May  1 2024 12:00:00", "20240501T120000Z",
    "20240501120000", "1714564800", "1714564800.25", "1714564800000", "2024/05/01 12:00:00", "01-May-2024 12:00:00",
    "2024-05-01 12:00:00.123456Z", "Wednesday, 1 May 2024 12:00:00 GMT",
  ])
  func oneInstant(text: String) {
    let found = TimeScanner.times(in: Array("at \(text)".utf8))
    #expect(found.map(\.seconds) == [1_714_564_800])
    #expect(found.first?.range == 3..<3 + text.utf8.count)
  }

  @Test(arguments: ["2024-05-01", "May  1 2024", "May 1, 2024", "1 May 2024", "20240501", "5/1/2024"])
  func oneDay(text: String) {
    let found = TimeScanner.times(in: Array(text.utf8))
    #expect(found.map(\.form) == [.date])
    // Which of the two is the month nobody knows.
    if text != "5/1/2024" { #expect(found.first?.local == 1_714_521_600) }
  }

  @Test(arguments: [
    "", "12:30", "1:2:3", "00:1a:2b:3c:4d:5e", "10:20:30:40", "2024-13-01", "20241301", "99999999", "1.2.3", "May be",
    "12345", "0123456789", "5000000000", "x12:00:00", "Mayor 12 2024", "2024", "Monday",
  ])
  func noTime(text: String) { #expect(TimeScanner.times(in: Array(text.utf8)).isEmpty) }

  @Test func twoInOneLine() {
    let found = TimeScanner.times(in: Array("May  1 2024 12:00:00, 2024-05-02".utf8))
    #expect(found.map(\.form) == [.instant, .date])
  }

  @Test func anyBytesEnd() {
    var state: UInt64 = 1
    for _ in 0..<300 {
      let bytes = (0..<80).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return Array("0123456789:-/. TZ+MaywedUTC,".utf8)[Int(state >> 33) % 28]
      }
      for mark in TimeScanner.times(in: bytes) { #expect(mark.range.upperBound <= bytes.count && !mark.range.isEmpty) }
    }
  }
}
