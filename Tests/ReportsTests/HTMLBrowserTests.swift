import FoundationEssentials
import Glibc
import Model
import Reports
import SystemPackage
import TestFixtures
import Testing

/// The page as a real browser shows it, opened from the disk.
///
/// With `VERBATIM_PAGES=FOLDER` the pages, screenshots and prints are kept there to be looked at.
@Suite(.serialized) struct HTMLBrowserTests {
  private struct Outcome: Decodable {
    /// As JSON.
    var values: [String]
    var seconds: [Double]
    var errors: [String]
  }

  private struct Step: Encodable {
    var open: String?
    var hash: String?
    var width: Int?
    var scheme: String?
    var scripts: Bool?
    var evaluate: String?
    var media: String?
    var screenshot: String?
    var pdf: String?
  }

  private static let program: String? = {
    let names: [String] = ["chromium", "chromium-browser", "google-chrome"]
    return names.map { "/usr/bin/" + $0 }.first { unsafe access($0, X_OK) == 0 }
  }()

  /// Where pages are written; kept when it was asked for.
  private let folder: TemporaryFolder
  private let place: FilePath

  init() throws {
    folder = try TemporaryFolder()
    place = unsafe getenv("VERBATIM_PAGES").map { unsafe FilePath(String(cString: $0)) } ?? folder.path
  }

  /// Draws a page and does the steps; nil where there is no browser.
  private func browse(_ name: String, _ result: ReportedResult, _ steps: [Step]) throws -> Outcome? {
    guard let program = Self.program else {
      print("SKIP: chromium is not installed, so no browser has shown the page")
      return nil
    }
    let page = place.appending("\(name).html")
    let file = try FileDescriptor.open(
      page, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead, .otherRead])
    try file.closeAfter { _ = try file.writeAll(HTMLReport().render(result)) }
    let opened = steps.map { step in
      var step = step
      if step.open != nil { step.open = page.string }
      step.screenshot = step.screenshot.map { place.appending($0).string }
      step.pdf = step.pdf.map { place.appending($0).string }
      return step
    }
    let list = try folder.write("steps.json", [UInt8](JSONEncoder().encode(opened)))
    let driver = Checkout.root.appending("Tests/ReportsTests/Browser/drive.py")
    let run = try FixtureProcess.shell(
      "exec timeout 120 python3 \"$1\" \"$2\" \"$3\"", [driver.string, program, list.string])
    try #require(run.status == 0, "\(run.output)\(run.errors)")
    return try JSONDecoder().decode(Outcome.self, from: Data(run.output.utf8))
  }

  @Test func opensFoldsAndFitsATelephone() throws {
    let count = "document.querySelectorAll('details.difference').length"
    let outcome = try browse(
      "explained", SampleResults.all.first { $0.name == "explained" }?.result ?? ManyDifferences.result(8),
      [
        Step(open: "", width: 1200), Step(evaluate: count), Step(screenshot: "explained-light.png"),
        Step(
          evaluate: "document.querySelector('details.difference > summary').click(); new Promise(done => "
            + "setTimeout(() => done(document.querySelector('details.difference[open] .body').innerText.length > 40), 50))"
        ),
        Step(
          evaluate: "document.querySelector('details.difference > summary').click(); new Promise(done => "
            + "setTimeout(() => done(document.querySelector('details.difference').open), 50))"),
        Step(
          evaluate: "document.querySelector('#open').click(); document.querySelectorAll('details.difference').length"),
        Step(
          evaluate: "const first = document.querySelectorAll('#tree details.difference'); "
            + "for (const one of first) one.open = true; first.length"),
        Step(open: "", width: 1200, scheme: "dark"),
        Step(evaluate: "for (const one of document.querySelectorAll('#tree details.difference')) one.open = true; 1"),
        Step(
          evaluate: "new Promise(done => setTimeout(() => done(getComputedStyle(document.documentElement)"
            + ".backgroundColor), 100))"),
        Step(screenshot: "explained-dark.png"),
        Step(open: "", width: 360),
        Step(
          evaluate: "for (const one of document.querySelectorAll('details')) one.open = true; "
            + "new Promise(done => setTimeout(() => done(document.documentElement.scrollWidth), 200))"),
        Step(screenshot: "explained-360.png"), Step(pdf: "explained.pdf"),
      ])
    guard let outcome else { return }
    #expect(outcome.errors == [])
    #expect(outcome.values == ["7", "true", "false", "7", "7", "1", "\"rgb(23, 24, 26)\"", "360"])
  }

  /// The browser's own answer to whether the values of an adversary did anything but show themselves.
  @Test func showsHostileValuesAsText() throws {
    let outcome = try browse(
      "markup", .check(HostileMarkup.result),
      [
        Step(open: "", width: 360),
        Step(
          evaluate: "document.querySelector('#open').click(); for (const one of "
            + "document.querySelectorAll('#tree details')) one.open = true; new Promise(done => setTimeout(done, 200))"),
        Step(evaluate: "document.querySelectorAll('details.difference .body').length"),
        Step(evaluate: "document.querySelectorAll('img, b, script:not([type])').length"),
        Step(evaluate: #"/[\p{Cf}\p{Co}\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u.test(document.body.innerText)"#),
        Step(evaluate: "document.querySelector('#tree').textContent.includes('<img src=x onerror=alert(1)>')"),
        Step(evaluate: "document.documentElement.scrollWidth"), Step(screenshot: "markup-360.png"),
      ])
    guard let outcome else { return }
    #expect(outcome.errors == [])
    #expect(outcome.values == ["null", "2", "1", "false", "true", "360"])
  }

  @Test func filtersAndFollowsLinks() throws {
    let outcome = try browse(
      "filters", .comparison(SampleResults.compared),
      [
        Step(open: ""),
        Step(
          evaluate: "document.querySelector('a[data-cause=clock]').click(); "
            + "document.querySelector('#tree').textContent.includes('mtime of') + ' ' + status.textContent"
            .replacing("status", with: "document.querySelector('#status')")),
        Step(
          evaluate: "const field = document.querySelector('#text'); document.querySelector('#cause').value = '*'; "
            + "field.value = 'GREET_PERSON'; field.dispatchEvent(new Event('input')); new Promise(done => "
            + "setTimeout(() => done(document.querySelector('#status').textContent), 400))"),
        // What it follows from is found even where the filter hides it.
        Step(open: "", hash: "#a0-3"),
        Step(
          evaluate:
            "new Promise(done => setTimeout(() => done(document.activeElement.innerText.includes('build-id')), 100))"),
        Step(
          evaluate: "document.querySelector('#cause').value = '=build-id'; document.querySelector('#cause')"
            + ".dispatchEvent(new Event('change')); const one = document.querySelector('details.difference'); "
            + "one.open = true; new Promise(done => setTimeout(() => { document.querySelector('#tree dd a').click(); "
            + "setTimeout(() => done(document.activeElement.innerText.includes('greet_person')), 100); }, 100))"),
      ])
    guard let outcome else { return }
    #expect(outcome.errors == [])
    #expect(outcome.values == ["\"true 1 difference of 7\"", "\"1 difference of 7\"", "true", "true"])
  }

  @Test func staysFluidWithManyDifferences() throws {
    let outcome = try browse(
      "many", ManyDifferences.result(HTMLReport.differenceLimit + 500),
      [
        Step(open: "", width: 1200), Step(evaluate: "document.querySelector('#status').textContent"),
        Step(
          evaluate: "const start = performance.now(); const field = document.querySelector('#text'); "
            + "field.value = 'builder'; field.dispatchEvent(new Event('input')); new Promise(done => { const wait = () => "
            + "document.querySelector('#status').textContent.includes(' of ') ? done(performance.now() - start < 2000) "
            + ": setTimeout(wait, 10); wait(); })"),
        // A list of five thousand is drawn piece by piece.
        Step(evaluate: "document.querySelectorAll('details.difference').length < 1000"),
        Step(
          evaluate: "document.querySelector('#text').value = ''; document.querySelector('#cause').dispatchEvent("
            + "new Event('change')); location.hash = '#a0-19999'; new Promise(done => setTimeout(() => "
            + "done(document.activeElement.closest('details').id), 1000))"),
        Step(screenshot: "many.png"), Step(open: "", scripts: false),
        Step(
          evaluate: "[document.querySelectorAll('.plain > li').length, document.body.innerText.includes("
            + "'20,400 more are in report.json')].join()"), Step(pdf: "many-plain.pdf"),
      ])
    guard let outcome else { return }
    #expect(outcome.errors == [])
    #expect(outcome.values == ["\"20,000 differences\"", "true", "true", "\"a0-19999\"", "\"100,true\""])
    // Far below it here; the bound is for machines that do other things at the same time.
    #expect(outcome.seconds[0] < 8)
    print("20,000 differences opened in \(outcome.seconds[0]) s")
  }
}
