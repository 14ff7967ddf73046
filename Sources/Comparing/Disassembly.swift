import Formats
import Glibc
import Model
import SystemPackage

/// Runs binutils' objdump on bare code that comes from artifacts; whoever hands it to a comparison confines that.
public struct Disassembler: Sendable {
  let functions: Int
  let objdump: @Sendable (_ arguments: [String]) async -> String?

  /// Makes one.
  /// - Parameters:
  ///   - functions: how many functions that differ are read of each section.
  ///   - objdump: gets objdump's arguments and gives its standard output; nil when it failed or is not there.
  public init(functions: Int = 16, objdump: @escaping @Sendable (_ arguments: [String]) async -> String?) {
    self.functions = functions
    self.objdump = objdump
  }
}

/// The instructions of functions whose code differs.
struct Disassembly: Sendable {
  /// Longer functions stay bytes.
  private static let lengthLimit: Int64 = 64 << 10
  /// So many instructions that do nothing follow each function, so that what a cut one swallows is none of the next.
  private static let gap = 16

  private var shipped: [Int64: Instructions] = [:]
  private var rebuilt: [Int64: Instructions] = [:]

  /// Reads the pairs that are functions, by name, as many as the limits allow.
  init(of regions: [LayoutComparison.RegionPair], in pair: PartPair, format: String, _ explainer: Explainer) async {
    guard format == "ELF", let disassembler = explainer.disassembler else { return }
    let functions = regions.filter {
      $0.shipped.role == .code && $0.rebuilt.role == .code
        && max($0.shipped.length, $0.rebuilt.length) <= Self.lengthLimit
    }.sorted { $0.shipped.name < $1.shipped.name }.prefix(disassembler.functions)
    guard !functions.isEmpty else { return }
    guard let machine = Machine(pair.shipped), machine == Machine(pair.rebuilt) else { return }
    var code: [UInt8] = []
    var places: [(side: Side, region: Region, start: Int)] = []
    for function in functions {
      for (side, content, region) in [
        (Side.shipped, pair.shipped, function.shipped), (.rebuilt, pair.rebuilt, function.rebuilt),
      ] {
        guard let bytes = try? content.bytes(at: region.offset, count: Int(region.length)) else { return }
        places.append((side, region, code.count))
        code += bytes
        code += repeatElement(machine.filler, count: Self.gap + (Self.gap - (code.count % Self.gap)))
      }
    }
    guard let lines = await Self.lines(of: code, machine, disassembler, in: explainer.limits.temporaryFolder) else {
      return
    }
    for (side, region, start) in places {
      let found = Instructions(lines, from: start, count: Int(region.length), region.offset)
      if side == .shipped { shipped[region.offset] = found } else { rebuilt[region.offset] = found }
    }
  }

  /// The instructions of a region.
  func instructions(_ side: Side, _ region: Region) -> Instructions? {
    side == .shipped ? shipped[region.offset] : rebuilt[region.offset]
  }

  /// What objdump says of bare code; nil where it does not know the machine.
  private static func lines(
    of code: [UInt8], _ machine: Machine, _ disassembler: Disassembler, in folder: FilePath
  ) async -> [Instructions.Line]? {
    var path = Array("\(folder.string)/verbatim-code-XXXXXX".utf8CString)
    let file = FileDescriptor(rawValue: unsafe mkstemp(&path))
    guard file.rawValue >= 0 else { return nil }
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = unsafe unlink(name) }
    guard (try? file.closeAfter({ try file.writeAll(code) })) != nil else { return nil }
    let arguments = ["-D", "-z", "-w", "-b", "binary", "--no-show-raw-insn", "-m", machine.name, name]
    let text = await disassembler.objdump(machine.options + arguments)
    return text?.split(separator: "\n").compactMap { Instructions.Line($0) }
  }

  /// Whose instructions they are.
  struct Machine: Equatable {
    /// As objdump calls it.
    let name: String
    let isLittle: Bool

    var options: [String] { [isLittle ? "-EL" : "-EB"] }
    /// An instruction that does nothing where these have one byte.
    var filler: UInt8 { name.hasPrefix("i386") ? 0x90 : 0 }

    init?(_ content: Content) {
      guard let head = try? content.bytes(at: 0, count: 20), head.count == 20 else { return nil }
      isLittle = head[5] == 1
      switch isLittle ? Int(head[18]) | Int(head[19]) << 8 : Int(head[19]) | Int(head[18]) << 8 {
      case 3: name = "i386"
      case 8: name = "mips"
      case 20: name = "powerpc"
      case 21: name = "powerpc:common64"
      case 22: name = "s390:64-bit"
      case 40: name = "arm"
      case 62: name = "i386:x86-64"
      case 183: name = "aarch64"
      case 243: name = head[4] == 2 ? "riscv:rv64" : "riscv:rv32"
      default: return nil
      }
    }
  }
}

/// The instructions of one function.
struct Instructions: Sendable {
  /// How many are named of one stretch that differs.
  private static let shown = 6

  private let lines: [Line]
  /// Where the function is in the file, less where it was in what was disassembled.
  private let shift: Int64
  private let end: Int64

  fileprivate init(_ all: [Line], from start: Int, count: Int, _ offset: Int64) {
    lines = all.filter { $0.place >= start && $0.place < start + count }
    shift = offset - Int64(start)
    end = offset + Int64(count)
  }

  /// Those that a stretch of the file touches; nil where there are none.
  func text(_ range: Range<Int64>) -> String? {
    let touched = lines.indices.filter { index in
      let next = index + 1 < lines.count ? Int64(lines[index + 1].place) + shift : end
      return Int64(lines[index].place) + shift < range.upperBound && next > range.lowerBound
    }
    guard !touched.isEmpty else { return nil }
    let rest = touched.count > Self.shown ? "; … \(touched.count - Self.shown) more" : ""
    return touched.prefix(Self.shown).map { lines[$0].text }.joined(separator: "; ") + rest
  }

  /// A line of objdump's.
  struct Line: Sendable {
    let place: Int
    let text: String

    /// Nil where the line is no instruction.
    init?(_ line: Substring) {
      let parts = line.split(separator: "\t", maxSplits: 1)
      guard parts.count == 2, let colon = parts[0].lastIndex(of: ":"),
        let place = Int(parts[0][..<colon].drop { $0 == " " }, radix: 16)
      else { return nil }
      self.place = place
      // A comment names a place in what was disassembled, which is none of the file.
      let words = parts[1].split { $0 == " " || $0 == "\t" }.prefix { $0 != "#" && $0 != "//" }
      text = words.enumerated().map {
        Self.relative(String($1), to: place, isBranch: $0 > 0 && Self.isBranch(words[0]))
      }
      .joined(separator: " ")
    }

    private static func isBranch(_ mnemonic: Substring) -> Bool {
      mnemonic.hasPrefix("j") || mnemonic.hasPrefix("call") || mnemonic.hasPrefix("b") || mnemonic.hasPrefix("cb")
        || mnemonic.hasPrefix("tb")
    }

    /// The target of a branch as its distance, which is the same wherever the function is.
    private static func relative(_ operand: String, to place: Int, isBranch: Bool) -> String {
      guard isBranch, operand.hasPrefix("0x"), let target = Int(operand.dropFirst(2), radix: 16) else { return operand }
      let distance = target - place
      return distance < 0 ? ".-0x" + String(-distance, radix: 16) : ".+0x" + String(distance, radix: 16)
    }
  }
}
