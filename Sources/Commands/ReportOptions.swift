import ArgumentParser
import Reports
import SystemPackage

/// In which forms a result is written beside what is printed, and how much of it is printed.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write the result as a page for a browser.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("Write the result as JUnit XML.", valueName: "file"))
  var junit: String?

  @Option(help: ArgumentHelp("Write the result as SARIF 2.1.0.", valueName: "file"))
  var sarif: String?

  @Option(help: ArgumentHelp("Write the result as Markdown for a pull request.", valueName: "file"))
  var markdown: String?

  @Flag(help: "Print all causes and differences, not a screen of them.")
  var all = false

  /// Whether anything but the usual screen is wanted.
  var areAsked: Bool { all || [html, junit, sarif, markdown].contains { $0 != nil } }

  /// Prints a result as the person or program wants it; `report` is where all of it is found.
  func print(_ result: ReportedResult, as output: OutputOptions, report: String) throws {
    guard !output.json else {
      return try JSONReport().write(result) { Console.write($0, to: .standardOutput) }
    }
    let style: TerminalReport.Style = Console.wantsColour(.standardOutput) ? .coloured : .plain
    let renderer = TerminalReport(
      style: style, width: Console.width(.standardOutput), differenceLines: all ? nil : 20, reportName: report)
    Console.output((result.check == nil ? "" : "\n") + renderer.render(result))
  }

  /// Refuses files that cannot be written before the work of an hour is done.
  func validate() throws {
    for name in [html, junit, sarif, markdown].compactMap({ $0 }) { try OutputFile(name).validate() }
  }

  /// Writes the files that were asked for.
  func write(_ result: ReportedResult) throws {
    let whole = result.check == nil ? "what --json prints" : "report.json"
    if let html { try OutputFile(html).write(HTMLReport(reportName: whole).render(result)) }
    if let junit { try OutputFile(junit).write(JUnitReport(reportName: whole).render(result)) }
    if let sarif { try OutputFile(sarif).write(SARIFReport(reportName: whole).render(result)) }
    if let markdown { try OutputFile(markdown).write(Array(MarkdownReport(reportName: whole).render(result).utf8)) }
  }
}
