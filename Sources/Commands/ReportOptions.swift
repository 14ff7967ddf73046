import ArgumentParser
import Glibc
import Model
import Reports
import Store
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
    for name in [html, junit, sarif, markdown].compactMap({ $0 }) {
      let path = try Console.absolute(FilePath(name))
      guard Disk.exists(path.removingLastComponent()) else {
        throw ValidationError("Writing \(name): there is no folder \(path.removingLastComponent()).")
      }
      if let mode = try? Disk.status(path).st_mode, mode & S_IFMT != S_IFREG {
        throw ValidationError("Writing \(name): there is something that is no regular file.")
      }
    }
  }

  /// Writes the files that were asked for, each aside and then put in place.
  func write(_ result: ReportedResult) throws {
    let whole = result.check == nil ? "what --json prints" : "report.json"
    if let html { try write(HTMLReport(reportName: whole).render(result), to: html) }
    if let junit { try write(JUnitReport(reportName: whole).render(result), to: junit) }
    if let sarif { try write(SARIFReport(reportName: whole).render(result), to: sarif) }
    if let markdown { try write(Array(MarkdownReport(reportName: whole).render(result).utf8), to: markdown) }
  }

  private func write(_ bytes: [UInt8], to name: String) throws {
    let path = try Console.absolute(FilePath(name))
    let aside = path.removingLastComponent()
      .appending(
        ".\(path.lastComponent?.string ?? "report").\(getpid())-\(String(UInt32.random(in: .min ... .max), radix: 36))")
    do {
      try Disk.write(bytes, to: aside)
      try Disk.rename(aside, to: path)
    } catch let error as Errno {
      _ = unsafe aside.withPlatformString { unsafe unlink($0) }
      throw ReportFileError(message: "writing \(name): \(error.description)")
    }
  }
}

/// Why a report could not be written to a file.
struct ReportFileError: ExplainedError {
  let message: String
  var inconclusive: InconclusiveReason.Kind? { nil }
}
