import Glibc
public import SystemPackage

/// The checkout that the tests were built from.
public enum Checkout {
  /// Its top folder.
  public static let root: FilePath = {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path
  }()

  /// The program, built beside the tests.
  public static var program: FilePath {
    get throws {
      let tests = try unsafe FilePath("/proc/self/exe").withPlatformString { link in
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink(link, &buffer, buffer.count)
        guard count > 0 else { throw Errno(rawValue: errno) }
        return FilePath(String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
      return tests.removingLastComponent().appending("verbatim")
    }
  }

  /// The names in a folder of the checkout, sorted.
  public static func names(in folder: String) throws -> [String] {
    let listing = try FixtureProcess.shell("ls -1 \"$1\"", [root.appending(folder).string])
    return listing.output.split(separator: "\n").map(String.init)
  }

  /// All Swift files under `Sources` and `Tests`.
  public static func swiftFiles() throws -> [FilePath] {
    let listing = try FixtureProcess.shell("cd \"$1\" && find Sources Tests -name '*.swift'", [root.string])
    return listing.output.split(separator: "\n").map { root.appending(String($0)) }
  }
}
