import Formats
import Glibc

/// Something that reads hostile bytes, and what must hold whatever they are.
protocol FuzzTarget: Sendable {
  /// What `Scripts/fuzz` knows it by.
  var name: String { get }
  /// Reads the bytes; ends the process where something is wrong.
  func run(_ bytes: [UInt8]) throws
}

/// All targets, formats first.
enum FuzzTargets {
  static let all: [any FuzzTarget] =
    formats + [
      RecognitionTarget(), EncodingTarget(), AlignmentTarget(), TextTarget(), CausesTarget(), ComparisonTarget(),
    ] + SignatureTargets.all + EvidenceTargets.all + ReconstructionTargets.all + InferenceTargets.all

  /// The one that the environment names; with `list` all names are printed instead.
  static let chosen: any FuzzTarget = {
    let wanted = unsafe getenv("VERBATIM_FUZZ").map { unsafe String(cString: $0) } ?? ""
    if wanted == "list" {
      for target in all { print(target.name) }
      exit(0)
    }
    guard let target = all.first(where: { $0.name == wanted }) else {
      print("VERBATIM_FUZZ names no target: \(wanted)")
      exit(64)
    }
    return target
  }()

  /// Formats of one name are one target.
  private static var formats: [FormatTarget] {
    var targets: [FormatTarget] = []
    for format in FormatList.all {
      let name = format.name.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
      if let index = targets.firstIndex(where: { $0.name == name }) {
        targets[index].formats.append(format)
      } else {
        targets.append(FormatTarget(name: name, formats: [format]))
      }
    }
    return targets
  }
}

/// What libFuzzer calls before all else.
@c(LLVMFuzzerInitialize)
public func initialize(
  _ count: UnsafeMutablePointer<CInt>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
  _ = FuzzTargets.chosen
  return 0
}

/// What libFuzzer calls with each input.
@c(LLVMFuzzerTestOneInput)
public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do {
    let before = ProcessorTime.now
    try FuzzTargets.chosen.run(bytes)
    let taken = ProcessorTime.now - before
    if taken > ProcessorTime.limit(bytes.count) {
      // Once more, for the first time may have met something that is made only once.
      let again = ProcessorTime.now
      try FuzzTargets.chosen.run(bytes)
      let repeated = ProcessorTime.now - again
      if repeated > ProcessorTime.limit(bytes.count) {
        broken("\(bytes.count) bytes took \(repeated / 1000) microseconds of processor time")
      }
    }
  } catch {
    broken("reading bytes in memory threw \(error)")
  }
  return 0
}

/// Ends the process in the way that libFuzzer takes for a crash.
func broken(_ what: String) -> Never { fatalError(what) }

/// Processor time of the whole process, in nanoseconds: a machine with much else to do does not make an input slow.
enum ProcessorTime {
  static var now: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// In proportion to the bytes, and generous: counters make it slow, but what is quadratic passes it.
  static func limit(_ bytes: Int) -> Int64 { 250_000_000 + 8_000 * Int64(bytes) }
}
