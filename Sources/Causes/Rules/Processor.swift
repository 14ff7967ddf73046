import Model

/// The processor that it was built on or for.
struct Processor: CauseRule {
  let name = "processor"
  let summary = "options for one processor (-march), names of processors, instructions that only some have"

  func finding(_ subject: Subject) -> Finding? {
    if subject.region.mentions(any: ["x86 isa", "x86 feature", "isa needed", "isa used"]) {
      return Finding(0.9, "the processor's features that the program says it uses")
    }
    guard subject.difference.role == .code, subject.difference.kind == .text, subject.hasBoth else { return nil }
    let (shipped, rebuilt) = (Self.isWide(subject.shipped.bytes[...]), Self.isWide(subject.rebuilt.bytes[...]))
    guard shipped != rebuilt else { return nil }
    return Finding(0.75, "only one side has instructions with AVX registers")
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    // Where the compiler differs as well, that is the cause of its options.
    let compilers = ["gnu c", "clang version", "rustc version"]
    let isOption = [change.shipped, change.rebuilt].contains {
      Self.isOption($0) && !$0.bytes.mentions(any: compilers)
    }
    if isOption {
      return Finding(0.95, "options of the compiler for a processor: \(change.shown)")
    }
    if change.bothWords({ Self.architectures.contains(String(decoding: $0, as: UTF8.self)) }) {
      return Finding(0.88, "names of architectures: \(change.shown)")
    }
    guard
      change.isAfter(any: ["model name", "cpu model", "vendor_id", "processor:", "cpu:", "cpu flags", "cpu family"])
    else { return nil }
    return Finding(0.92, "the processor's own description: \(change.shown)")
  }

  /// Whether a stretch is or belongs to an option such as `-march=native`.
  private static func isOption(_ stretch: Stretch) -> Bool {
    let names = ["-march", "-mtune", "-mcpu", "-mfpu", "-mavx", "-msse", "-mfma", "-mbmi", "-maes", "target-cpu"]
    if stretch.word.mentions(any: names) { return true }
    let before = stretch.before.suffix(14)
    return before.last == 0x3D && before.mentions(any: ["-march=", "-mtune=", "-mcpu=", "-mfpu=", "target-cpu="])
  }

  private static func isWide(_ code: ArraySlice<UInt8>) -> Bool {
    code.mentions(any: ["%ymm", "%zmm", " ymm", " zmm"])
  }

  private static let architectures: Set<String> = [
    "x86_64", "amd64", "i386", "i486", "i586", "i686", "aarch64", "arm64", "armv6l", "armv7l", "armhf", "armel",
    "ppc64le", "ppc64el", "s390x", "riscv64", "mips64el", "loongarch64",
  ]

  func fix(_ subject: Subject) -> String { "compile for a named processor: -march=x86-64, never -march=native" }
}
