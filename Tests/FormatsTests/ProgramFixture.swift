import SystemPackage
import TestFixtures

/// Programs of other systems, made by the compilers and linkers that are on this machine.
enum ProgramFixture {
  /// The files that a script writes into its working folder; nil, and a line that says so, where a tool is missing.
  ///
  /// The names of the tools are the words that have to be commands.
  static func make(_ tools: [String], _ script: String, _ results: [String]) throws -> [[UInt8]]? {
    for tool in tools {
      guard try FixtureProcess.shell("command -v \"$1\"", [tool]).status == 0 else {
        print("SKIP: \(tool) is not installed, so none of its files is laid out")
        return nil
      }
    }
    let folder = try TemporaryFolder()
    let result = try FixtureProcess.shell("cd \"$1\" && { \(script)\n}", [folder.path.string])
    guard result.status == 0 else {
      print("SKIP: \(tools.joined(separator: ", ")) cannot make the file: \(result.errors)")
      return nil
    }
    return try results.map { try folder.read($0) }
  }
}
