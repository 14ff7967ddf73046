import Model
import RecipeFormat
import SystemPackage
import TestFixtures
import Testing

@testable import Inference

/// What a file of any kind tells of its build.
@Suite struct FileRuleTests {
  private func read(_ bytes: [UInt8], name: String = "x") throws -> (plan: FilePlan, inferences: [Inference]) {
    let folder = try TemporaryFolder()
    return try read(try folder.write(name, bytes))
  }

  private func read(_ path: FilePath) throws -> (plan: FilePlan, inferences: [Inference]) {
    let facts = try FileFacts(path)
    var plan = FilePlan()
    let inferences = FileRule.all.flatMap { $0.apply(facts, &plan) }
    return (plan, inferences)
  }

  private func texts(_ texts: String...) throws -> (plan: FilePlan, inferences: [Inference]) {
    try read([0] + texts.flatMap { Array($0.utf8) + [0] })
  }

  @Test func theCompilerOfDebianIsPinned() throws {
    let (plan, inferences) = try texts("GCC: (Debian 12.2.0-14+deb12u1) 12.2.0")
    #expect(plan.packages == ["gcc-12=12.2.0-14+deb12u1"])
    #expect(inferences.contains { $0.setting == FileRule.packages && $0.confidence == 1 })
  }

  @Test func twoCompilersAreAQuestion() throws {
    let (plan, _) = try texts("GCC: (Debian 12.2.0-14) 12.2.0", "GCC: (Debian 11.3.0-12) 11.3.0")
    #expect(plan.packages.count == 2 && plan.questions.contains { $0.contains("several compilers") })
  }

  @Test(arguments: [
    ("/rustc/90b35a6239c3d8bdabc530a6a0816f7ff89a0aaf/library/std/src/io.rs", "a compiler for Rust"),
    ("Linker: LLD 15.0.6", "linked with LLD 15.0.6"),
    ("mold 1.10.1 (compatible with GNU ld)", "linked with mold 1.10.1"),
    ("clang version 14.0.6", "clang version 14.0.6"), ("__stack_chk_fail", "-fstack-protector-strong"),
    ("__sprintf_chk", "-D_FORTIFY_SOURCE"),
  ])
  func textsOfToolsAreRead(text: String, conclusion: String) throws {
    #expect(try texts(text).inferences.contains { $0.value.contains(conclusion) })
  }

  @Test(arguments: ["Linker: LLD ", "rustc version ", "clang version ", "GCC: (", "mold cheese", "/rustc/"])
  func whatOnlyLooksSoIsNot(text: String) throws {
    #expect(try texts(text).inferences.isEmpty)
  }

  @Test(arguments: [("GLIBC_2.34", "bookworm"), ("GLIBC_2.38", "trixie"), ("GLIBC_2.17", "bookworm")])
  func symbolVersionsBoundTheSuite(version: String, suite: String) throws {
    let (plan, inferences) = try texts(version, "GLIBC_2.2.5")
    #expect(plan.suite == suite && inferences.contains { $0.evidence.contains(version) })
  }

  @Test func theBannerOfAKernelNamesItsBuilder() throws {
    let (plan, inferences) = try texts("Linux version 6.1.0 (ann@forge) (gcc-12 12.2.0) #1 SMP 2026-07-02")
    #expect(plan.variables == ["KBUILD_BUILD_USER": "ann", "KBUILD_BUILD_HOST": "forge"])
    #expect(inferences.contains { $0.value.hasPrefix("Linux version 6.1.0") })
    // Nothing of a banner may reach a recipe but words.
    #expect(try texts("Linux version 6 (a;b@c$(d)) x").plan.variables.isEmpty)
  }

  @Test func aGzipHeaderTellsTimeAndLevel() throws {
    let bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0xF1, 0x53, 0x65, 2, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let (plan, inferences) = try read(bytes, name: "x.gz")
    #expect(plan.epoch == .seconds(0x6553_F100))
    #expect(inferences.contains { $0.value.contains("gzip level best") })
  }

  @Test func aProgramWithDebugInformationTellsFolderProducerAndLinker() throws {
    let folder = try TemporaryFolder()
    let source = try folder.write("x.c", "#include <stdio.h>\nint main(void) { return puts(\"x\"); }\n")
    let program = folder.path.appending("x")
    let run = try FixtureProcess.shell(
      "cd \"$1\" && gcc -g -O2 -Wl,--build-id -o \"$2\" \"$3\"", [folder.path.string, program.string, source.string])
    try #require(run.status == 0, "\(run.errors)")
    let (plan, inferences) = try read(program)
    #expect(plan.path == folder.path.string)
    #expect(inferences.contains { $0.value.contains("GNU C") && $0.value.contains("-O2") })
    #expect(inferences.contains { $0.evidence.contains("build-id of 20 bytes") })
    #expect(inferences.allSatisfy { !$0.evidence.isEmpty && !$0.value.isEmpty && (0...1).contains($0.confidence) })
  }

  /// Whatever is cut off or overwritten, reading it ends and says something or nothing.
  @Test(arguments: 0..<40) func brokenProgramsAreReadAsFarAsTheyGo(seed: Int) throws {
    var bytes = RealProgram.program
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    for _ in 0..<20 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
    }
    _ = try read(Array(bytes.prefix(bytes.count - seed * bytes.count / 50)))
  }
}

/// A real program of this machine, small enough to be damaged many times.
enum RealProgram {
  static let program: [UInt8] = {
    (try? TemporaryFolder.read("/bin/true")) ?? [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 2, count: 4000)
  }()
}
