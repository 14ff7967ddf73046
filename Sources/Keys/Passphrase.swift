import COpenSSL
import Glibc
import Model
public import SystemPackage

/// What protects a private key; wiped from memory when it is no longer needed.
@safe public final class Passphrase {
  /// In bytes.
  public static let sizeLimit = 1000

  private let buffer: UnsafeMutableBufferPointer<CChar>
  private var count = 0

  private init() { unsafe buffer = .allocate(capacity: Self.sizeLimit + 2) }

  deinit {
    unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
    unsafe buffer.deallocate()
  }

  /// Takes a passphrase that is in memory anyhow.
  /// - Throws: `KeyError` when it is empty, too long, or has a line's end or a zero byte.
  public convenience init(_ text: String) throws(KeyError) {
    self.init()
    for byte in text.utf8 { try append(byte) }
    try require("the passphrase")
  }

  /// Reads the first line that a descriptor gives, or all of it when it has no line's end.
  ///
  /// Byte by byte, so that what follows the line is left for the next reader.
  public convenience init(descriptor: FileDescriptor) throws {
    self.init()
    var byte: UInt8 = 0
    do {
      while try unsafe withUnsafeMutableBytes(of: &byte, { try unsafe descriptor.read(into: $0) }) == 1, byte != 0x0A {
        try append(byte)
      }
    } catch let error as Errno {
      throw KeyError(
        .noPassphrase, "reading the passphrase from descriptor \(descriptor.rawValue): \(error.description)")
    }
    try require("the first line of descriptor \(descriptor.rawValue)")
  }

  /// Reads a variable of the process's environment.
  public convenience init(variable name: String) throws(KeyError) {
    self.init()
    guard var place = unsafe getenv(name) else {
      throw KeyError(.noPassphrase, "reading the passphrase: the variable \(name) is not set")
    }
    while unsafe place.pointee != 0 {
      try append(UInt8(bitPattern: unsafe place.pointee))
      unsafe place = unsafe place.successor()
    }
    try require("the variable \(name)")
  }

  /// Asks at the terminal without showing what is typed.
  ///
  /// - Parameter question: what is asked, without a colon.
  /// - Throws: `KeyError` when there is no terminal, `CancellationError` when the task is cancelled.
  public convenience init(prompt question: String) throws {
    self.init()
    let terminal: FileDescriptor
    do {
      terminal = try FileDescriptor.open(FilePath("/dev/tty"), .readWrite, options: [.closeOnExec])
    } catch {
      throw KeyError(
        .noPassphrase, "asking for the passphrase: there is no terminal",
        advice: "Give it with --passphrase-fd or --passphrase-env.")
    }
    try terminal.closeAfter { try read(question, at: terminal) }
    try require("the passphrase")
  }

  /// Whether both are the same.
  public func equals(_ other: Passphrase) -> Bool {
    unsafe count == other.count && CRYPTO_memcmp(buffer.baseAddress, other.buffer.baseAddress, count) == 0
  }

  func withCharacters<Value>(_ body: (UnsafePointer<CChar>?, Int32) -> Value) -> Value {
    unsafe body(UnsafePointer(buffer.baseAddress), Int32(count))
  }

  private func append(_ byte: UInt8) throws(KeyError) {
    guard count < Self.sizeLimit else {
      throw KeyError(.noPassphrase, "reading the passphrase: it has more than \(Self.sizeLimit) bytes")
    }
    guard byte != 0, byte != 0x0A else {
      throw KeyError(.noPassphrase, "reading the passphrase: it has a line's end or a zero byte")
    }
    unsafe buffer[count] = CChar(bitPattern: byte)
    count += 1
  }

  private func require(_ place: String) throws(KeyError) {
    guard count > 0 else { throw KeyError(.noPassphrase, "reading the passphrase: \(place) is empty") }
  }

  private func read(_ question: String, at terminal: FileDescriptor) throws {
    var before = termios()
    guard unsafe tcgetattr(terminal.rawValue, &before) == 0 else {
      throw KeyError(.noPassphrase, "asking for the passphrase: \(Errno(rawValue: errno).description)")
    }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    guard unsafe tcsetattr(terminal.rawValue, TCSAFLUSH, &silent) == 0 else {
      throw KeyError(.noPassphrase, "asking for the passphrase: \(Errno(rawValue: errno).description)")
    }
    defer {
      unsafe tcsetattr(terminal.rawValue, TCSAFLUSH, &before)
      _ = try? terminal.writeAll([0x0A])
    }
    _ = try terminal.writeAll(Array("\(question): ".utf8))
    var byte: UInt8 = 0
    while true {
      // Woken now and then, to see whether the program was told to end; the terminal must show what is typed again then.
      var waiting = pollfd(fd: terminal.rawValue, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&waiting, 1, 100)
      if Task.isCancelled { throw CancellationError() }
      guard ready > 0 else { continue }
      let count = try unsafe withUnsafeMutableBytes(of: &byte) { try unsafe terminal.read(into: $0) }
      if count != 1 || byte == 0x0A || byte == 0x0D { return }
      try append(byte)
    }
  }
}
