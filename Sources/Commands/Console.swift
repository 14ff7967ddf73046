import Glibc
import SystemPackage

/// Writes lines to the program's own output and error streams; a reader that went away is no failure.
enum Console {
  /// Writes a line for the person or program that asked.
  static func output(_ text: String) { write(text, to: .standardOutput) }

  /// Writes a line about the run.
  static func error(_ text: String) { write(text, to: .standardError) }

  /// Writes text as it is.
  static func write(raw text: String, to stream: FileDescriptor) {
    _ = try? stream.writeAll(Array(text.utf8))
  }

  /// Writes bytes as they are.
  static func write(_ bytes: [UInt8], to stream: FileDescriptor) { _ = try? stream.writeAll(bytes) }

  private static func write(_ text: String, to stream: FileDescriptor) {
    write(raw: text.hasSuffix("\n") ? text : text + "\n", to: stream)
  }

  /// Whether a stream is a terminal that understands control sequences.
  static func isTerminal(_ stream: FileDescriptor) -> Bool {
    isatty(stream.rawValue) == 1 && environment("TERM") != "dumb"
  }

  /// Whether colours are wanted on a stream.
  static func wantsColour(_ stream: FileDescriptor) -> Bool {
    isTerminal(stream) && (environment("NO_COLOR") ?? "").isEmpty
  }

  /// The width of a stream's terminal in columns; 80 where there is none.
  static func width(_ stream: FileDescriptor) -> Int {
    var size = winsize()
    guard unsafe ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }

  /// A variable of the program's own environment.
  static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// All variables that decide where the store and the clients' settings are.
  static var environment: [String: String] {
    var result: [String: String] = [:]
    var entry = unsafe environ
    while let pointer = unsafe entry.pointee {
      let text = unsafe String(cString: pointer)
      if let equals = text.firstIndex(of: "=") {
        result[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      unsafe entry = unsafe entry.successor()
    }
    return result
  }

  /// A path that names the same from any folder; what is relative is so to the current one.
  static func absolute(_ path: FilePath) throws -> FilePath {
    guard path.isRelative, !path.isEmpty else { return path }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard unsafe getcwd(&buffer, buffer.count) != nil else { throw Errno(rawValue: errno) }
    let end = buffer.firstIndex(of: 0) ?? buffer.count
    let current = FilePath(String(decoding: buffer[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    return current.appending(path.components)
  }
}
