import Causes
import Testing

@Suite struct CauseListTests {
  @Test func nothingHasNoCause() { #expect(CauseList.explain([]).isEmpty) }
}
