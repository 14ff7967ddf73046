import Formats
import Model

@testable import Causes
@testable import Comparing

/// Two inputs in one: the first byte says where it is cut, in 256ths.
struct CutBytes {
  let first: [UInt8]
  let second: [UInt8]

  init(_ bytes: [UInt8]) {
    let rest = bytes.dropFirst()
    let place = rest.count * Int(bytes.first ?? 0) / 256
    first = Array(rest.prefix(place))
    second = Array(rest.dropFirst(place))
  }
}

/// Each way to read a value.
struct EncodingTarget: FuzzTarget {
  let name = "encoding"

  private static let all: [Encoding] = [
    .bytes, .text, .unsigned(.little), .unsigned(.big), .signed(.little), .signed(.big), .hexadecimal(.little),
    .seconds(.little), .seconds(.big), .decimalSeconds, .octalSeconds, .octalMode, .mode(.little), .dosTime,
    .names(.little, [1: "one"]), .bits(.big, [(1, "one"), (2, "two")]),
  ]

  func run(_ bytes: [UInt8]) { for encoding in Self.all { _ = encoding.text(bytes) } }
}

/// Aligned bytes: what is between the gaps is the same, and exchanging the sides exchanges the gaps.
struct AlignmentTarget: FuzzTarget {
  let name = "alignment"

  func run(_ bytes: [UInt8]) throws {
    let cut = CutBytes(bytes)
    let (ours, theirs) = (Content(cut.first), Content(cut.second))
    let gaps = try BinaryAlignment.gaps(ours, 0..<ours.size, theirs, 0..<theirs.size)
    let back = try BinaryAlignment.gaps(theirs, 0..<theirs.size, ours, 0..<ours.size)
    guard back == gaps.map({ BinaryAlignment.Gap(shipped: $0.rebuilt, rebuilt: $0.shipped) }) else {
      broken("exchanging the sides gives other gaps")
    }
    var (one, other) = (0, 0)
    for gap in gaps + [.init(shipped: ours.size..<ours.size, rebuilt: theirs.size..<theirs.size)] {
      guard cut.first[one..<Int(gap.shipped.lowerBound)].elementsEqual(cut.second[other..<Int(gap.rebuilt.lowerBound)])
      else { broken("bytes between two gaps differ") }
      (one, other) = (Int(gap.shipped.upperBound), Int(gap.rebuilt.upperBound))
    }
    let sequences = (cut.first.map { UInt64($0) }, cut.second.map { UInt64($0) })
    guard SequenceAlignment.gaps(sequences.0, sequences.1).isEmpty == (cut.first == cut.second) else {
      broken("gaps of sequences do not say whether they are equal")
    }
  }
}

/// Two texts line by line: differences where they differ, none where they do not.
struct TextTarget: FuzzTarget {
  let name = "text"

  func run(_ bytes: [UInt8]) throws {
    let cut = CutBytes(bytes)
    _ = TextComparison.isText(cut.first, cutAtEnd: true)
    let pair = PartPair(path: ["text"], shipped: Content(cut.first), rebuilt: Content(cut.second), depth: 1)
    guard let found = try TextComparison(pair: pair).explanation() else { return }
    guard found.differences.isEmpty == (cut.first == cut.second) else {
      broken(
        "\(found.differences.count) differences between texts, which \(cut.first == cut.second ? "are" : "are not") equal"
      )
    }
  }
}

/// Causes of differences whose values are hostile.
struct CausesTarget: FuzzTarget {
  let name = "causes"

  func run(_ bytes: [UInt8]) {
    let choices = Array(bytes.prefix(2))
    let cut = CutBytes(Array(bytes.dropFirst(2)))
    let role = choices.first.map { Difference.Role.allCases[Int($0) % Difference.Role.allCases.count] }
    let kind = choices.last.map { Difference.Kind.allCases[Int($0) % Difference.Kind.allCases.count] } ?? .text
    let values = [cut.first, cut.second].map { ExactText.text($0) }
    let differences = [
      Difference(
        id: "d1", path: [values[0]], region: "text", format: "text", role: .text, kind: .text, offset: 0, length: 1,
        shipped: values[0], rebuilt: values[1]),
      Difference(
        id: "d2", path: ["a", values[1]], region: values[0], format: "ELF", role: role, kind: kind, offset: 9,
        length: 8,
        shipped: kind == .extra ? nil : values[0], rebuilt: kind == .missing ? nil : values[1]),
      Difference(
        id: "d3", path: ["a"], region: "checksum", format: "tar", role: .checksum, kind: .value, shipped: values[1],
        rebuilt: values[0]),
    ]
    let explained = CauseList.explain(differences)
    guard explained.count == differences.count, explained.allSatisfy({ $0.cause != nil }) else {
      broken("a difference has no cause")
    }
  }
}
