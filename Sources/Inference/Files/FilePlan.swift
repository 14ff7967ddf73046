import Model
import RecipeFormat

/// What the start of a file's recipe will say.
struct FilePlan {
  var suite = "bookworm"
  var packages: [String] = []
  var path: String?
  var epoch: Epoch?
  var umask: UInt16?
  var host: String?
  var variables: [String: String] = [:]
  var questions: [String] = []
}

/// One rule: what it looks for in a file, and which setting follows.
struct FileRule: Sendable {
  let name: String
  let apply: @Sendable (FileFacts, inout FilePlan) -> [Inference]

  /// All rules, in the order in which they are applied; a new one is one entry here.
  static let all: [FileRule] = [
    compiler, producer, generator, language, linker, hardening, cLibrary, libraries, buildPath, builder, time,
    packing, listing,
  ]

  static let packages = "environment.debian.packages"
  static let run = "build.run"
}
