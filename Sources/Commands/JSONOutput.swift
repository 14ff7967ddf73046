import FoundationEssentials
import SystemPackage

/// Prints a value as JSON with sorted keys.
enum JSONOutput {
  static func print(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    Console.output(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
