import Model

/// Debug information that differs, while what runs is the same.
struct DebugInformation: CauseRule {
  let name = "debug-information"
  let summary = "sections and symbols for debuggers alone, or their absence"

  func finding(_ subject: Subject) -> Finding? {
    let isLone = subject.difference.kind == .missing || subject.difference.kind == .extra
    let isDebug =
      subject.difference.role == .debug || subject.region.begins(".debug_") || subject.region.begins(".zdebug_")
    // A whole section, and not what one has more in it: those have longer names.
    let names = [".symtab", ".strtab", ".gnu_debuglink", ".gnu_debugaltlink"]
    let isSymbol = names.contains { subject.region.elementsEqual($0.utf8) }
    let isWhole = isDebug && (!subject.region.contains(0x20) || !(subject.difference.format == "ELF"))
    if isLone, !subject.hasBoth, isWhole || isSymbol, subject.difference.format != "ar" {
      return Finding(0.93, "only one side has it: the other was stripped")
    }
    return isDebug ? Finding(0.5, "debug information, with no sign of what made it differ") : nil
  }

  func fix(_ subject: Subject) -> String {
    "strip both, or neither: strip --strip-debug --enable-deterministic-archives; compile with the same -g"
  }
}
