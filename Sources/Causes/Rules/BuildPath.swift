import Model

/// The folder that it was built in.
struct BuildPath: CauseRule {
  let name = "build-path"
  let summary = "absolute paths that differ in the folder of the build"

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    let isOfDebug = subject.isPathOfDebug
    guard let shipped = PathText(change.shipped.word), let rebuilt = PathText(change.rebuilt.word) else {
      return relative(change, isOfDebug)
    }
    guard shipped.prefix.elementsEqual(rebuilt.prefix) else { return nil }
    let evidence = "paths that differ: \(change.shown)"
    let known = subject.facts.buildPath.map { path in
      change.eitherWord { $0.dropFirst(shipped.prefix.count).begins(path) }
    }
    if known == true { return Finding(0.97, "\(evidence), one of them the build's own") }
    if shipped.isOfSystem && rebuilt.isOfSystem { return isOfDebug ? Finding(0.7, evidence) : nil }
    if isOfDebug { return Finding(0.94, evidence) }
    // What is installed has paths as well, and those are opened.
    if shipped.commonEnd(rebuilt) > 0, shipped.isOfBuild, rebuilt.isOfBuild { return Finding(0.93, evidence) }
    if change.isNamed(Self.names) || change.isVariable(["PWD", "OLDPWD"]) { return Finding(0.9, evidence) }
    // Two files elsewhere may be any two files; what is below such a folder is there while it is built.
    let areOfBuilds = [shipped, rebuilt].allSatisfy { path in
      path.components.first.map { first in Self.usual.contains { first.elementsEqual($0.utf8) } } ?? false
    }
    return areOfBuilds ? Finding(0.8, evidence) : nil
  }

  /// One side has the whole path of what the other has relative to the build.
  private func relative(_ change: Change, _ isOfDebug: Bool) -> Finding? {
    let (path, other) = (PathText(change.shipped.word), PathText(change.rebuilt.word))
    guard (path == nil) != (other == nil), let whole = path ?? other, !whole.isOfSystem else { return nil }
    let words = path == nil ? [change.shipped.word, change.rebuilt.word] : [change.rebuilt.word, change.shipped.word]
    let tail = words[0].begins("./") ? words[0].dropFirst(2) : words[0]
    let isTail =
      !tail.isEmpty && words[1].count > tail.count && words[1].suffix(tail.count).elementsEqual(tail)
      && words[1][words[1].endIndex - tail.count - 1] == 0x2F
    guard isTail || isOfDebug || tail.elementsEqual(".".utf8) else { return nil }
    return Finding(0.9, "a path that one side has whole: \(change.shown)")
  }

  private static let usual = ["build", "builds", "buildd", "workspace", "__w"]

  /// What the folder of a build is called where it is recorded.
  private static let names = [
    "srcdir", "src_dir", "builddir", "build_dir", "build-dir", "build dir", "objdir", "workdir", "work_dir", "topdir",
    "rootdir", "curdir", "abs_srcdir", "abs_builddir", "source in", "build in", "built in", "build directory",
    "source directory", "build path", "build-path", "build_path", "working directory", "entering directory",
    "leaving directory", "build folder", "source folder", "cwd",
  ]

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "ELF", "ar", "Mach-O", "PE", "WebAssembly":
      "-ffile-prefix-map=$PWD=. for gcc and clang, --remap-path-prefix for rustc, -trimpath for go; or build in the same folder"
    case "Python bytecode": "python -m compileall -s \"$PWD\" -p /, or build in the same folder"
    default: "build in the same folder, or write paths relative to it (-ffile-prefix-map=$PWD=.)"
    }
  }
}
