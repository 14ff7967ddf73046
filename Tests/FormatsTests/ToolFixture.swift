import SystemPackage
import TestFixtures
import Testing

/// Files that a machine's own tools make.
enum ToolFixture {
  /// Runs a shell script in an empty folder and returns the files it left there by name; nil, and says so, when a tool
  /// that it needs is not installed.
  static func files(
    _ names: [String], needs tools: [String], by script: String, at location: SourceLocation = #_sourceLocation
  ) throws -> [String: [UInt8]]? {
    let folder = try TemporaryFolder()
    let checks = tools.map { "command -v \($0) >/dev/null || { echo \($0); exit 77; }" }.joined(separator: "\n")
    let result = try FixtureProcess.shell(
      "\(checks)\nset -e; umask 022; export TZ=UTC LC_ALL=C.UTF-8; cd \"$1\"\n{ \(script)\n} >&2", [folder.path.string])
    if result.status == 77 {
      print(
        "SKIP: \(result.output.split(separator: "\n").first ?? "") is not installed, so no file of its kind is read")
      return nil
    }
    try #require(result.status == 0, "\(result.errors)", sourceLocation: location)
    var files: [String: [UInt8]] = [:]
    for name in names { files[name] = try folder.read(name) }
    return files
  }
}
