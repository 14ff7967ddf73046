import FoundationEssentials
import Glibc
import SystemPackage

/// Files and JSON for the tests of this room.
enum Folder {
  static func make(_ path: FilePath) throws {
    try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
  }

  static func remove(_ path: FilePath) { try? FileManager.default.removeItem(atPath: path.string) }

  static func write(_ text: String, to path: FilePath) throws {
    try Data(text.utf8).write(to: URL(filePath: path.string))
  }

  static func names(_ path: FilePath) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path.string).sorted()
  }

  static func makeFIFO(_ path: FilePath) throws {
    guard unsafe mkfifo(path.string, 0o600) == 0 else { throw Errno(rawValue: errno) }
  }
}

enum JSON {
  static func bytes(of value: some Encodable) throws -> [UInt8] { Array(try JSONEncoder().encode(value)) }

  static func value<Value: Decodable>(_ type: Value.Type, of bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
  }
}
