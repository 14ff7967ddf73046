import Model

/// How many processors or jobs the build used.
struct Parallelism: CauseRule {
  let name = "parallelism"
  let summary = "counts of jobs, threads or processors"

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    if change.eitherWord({ Self.isJobs($0) }), change.bothWords({ Self.isJobs($0) || Self.isCount($0) || $0.isEmpty }) {
      return Finding(0.92, "counts of jobs: \(change.shown)")
    }
    let isNamed = change.isNamed(Self.keys) || (change.isNamed(Self.threads) && change.isAnywhereAfter(Self.builds))
    guard change.bothWords(Self.isCount), isNamed else { return nil }
    return Finding(0.9, "counts of jobs, threads or processors: \(change.shown)")
  }

  private static let keys = ["jobs", "parallel", "nproc", "ncpu", "ncpus", "-j", "build threads", "build processors"]
  /// What programs count as well when they run; of a build only beside a word of building.
  private static let threads = ["threads", "cpus", "processors", "cores", "workers"]
  private static let builds = ["build", "built", "compil", "make", "ninja", "lto"]

  private static func isCount(_ word: ArraySlice<UInt8>) -> Bool {
    (1...4).contains(word.count) && word.allSatisfy(\.isDigit)
  }

  /// `-j4`, `-j`.
  private static func isJobs(_ word: ArraySlice<UInt8>) -> Bool {
    word.begins("-j") && word.count <= 6 && word.dropFirst(2).allSatisfy(\.isDigit)
  }

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "xz": "xz --threads=1, or a fixed --block-size"
    case "zstd": "zstd with a fixed -T, or --single-thread"
    default: "build with the same count of jobs (-j), and do not record it"
    }
  }
}
