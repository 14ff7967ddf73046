/// What the paths of a recipe may be.
enum PathRules {
  static let longestPath = 1024
  static let longestName = 255

  /// Folders that a build's tree must not cover or lie in: they are the system's, or the sandbox's own.
  static let systemFolders = [
    "/bin", "/boot", "/build-home", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/opt/python", "/proc",
    "/run",
    "/sbin", "/sys", "/tmp", "/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec",
    "/usr/libx32", "/usr/sbin", "/usr/share", "/var/cache", "/var/lib/apt", "/var/lib/dpkg", "/var/run", "/var/lock",
  ]
  /// Folders that hold some of those, so that a build's tree must not be one of them.
  static let systemParents = ["/", "/usr", "/usr/local", "/var", "/var/lib", "/opt"]

  /// Why a text is not a relative path that stays inside its folder; nil when it is.
  static func refusalOfInner(_ text: String) -> String? {
    if text.isEmpty { return "found nothing where a relative path belongs" }
    if text.hasPrefix("/") { return "found the absolute path \(text.quotedForMessage); it must be relative" }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.contains("..") { return "found \(text.quotedForMessage), a path that escapes its folder" }
    return refusalOfParts(parts, of: text)
  }

  /// Why a text is not a place within an artifact, in which names may have stars; nil when it is.
  static func refusalOfPlace(_ text: String) -> String? {
    if text == "." { return nil }
    if text.isEmpty { return "found nothing where a place within the artifact belongs; . is the artifact itself" }
    if text.hasPrefix("/") { return "found the absolute path \(text.quotedForMessage); a place is within the artifact" }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.contains("..") { return "found \(text.quotedForMessage), a path that escapes the artifact" }
    if parts.contains("") { return "found \(text.quotedForMessage); a place without empty parts belongs here" }
    if text.utf8.count > longestPath {
      return "found an over-long place (\(text.quotedForMessage)); it has at most \(longestPath) bytes"
    }
    if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return "found \(text.quotedForMessage); a place without control characters belongs here"
    }
    return nil
  }

  /// Why a text is not a path, relative to the source tree, inside the build's tree; nil when it is.
  ///
  /// The build's tree is the parent of the source tree, so one leading `../` is as far as it reaches.
  static func refusalOfBuilt(_ text: String) -> String? {
    if text.isEmpty { return "found nothing where the built file's path belongs" }
    if text.hasPrefix("/") {
      return "found the absolute path \(text.quotedForMessage); it must be relative to build.path"
    }
    var parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.first == ".." { parts.removeFirst() }
    if parts.contains("..") {
      return
        "found \(text.quotedForMessage), a path that escapes: the build's tree ends at the parent folder of build.path, "
        + "so only one ../ at the beginning is allowed"
    }
    if parts.isEmpty { return "found \(text.quotedForMessage) where the built file's path belongs" }
    return refusalOfParts(parts, of: text)
  }

  /// Why a text is not a place for the source tree; nil when it is.
  static func refusalOfBuildPath(_ text: String) -> String? {
    guard text.hasPrefix("/") else { return "found \(text.quotedForMessage) where an absolute path belongs" }
    let parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if parts.contains("..") { return "found \(text.quotedForMessage); an absolute path without .. belongs here" }
    if let refusal = refusalOfParts(parts, of: text) { return refusal }
    guard parts.count >= 2 else {
      return "found \(text.quotedForMessage); the path needs at least two parts, because its parent is the build's tree"
    }
    guard text.utf8.allSatisfy({ TextPattern.alphanumeric($0) || "/._+~@-".utf8.contains($0) }) else {
      return "found \(text.quotedForMessage) as the build's path: letters, digits and / . _ + ~ @ - are allowed"
    }
    let parent = "/" + parts.dropLast().joined(separator: "/")
    if let folder = systemFolders.first(where: { text == $0 || text.hasPrefix($0 + "/") }) {
      return "found \(text.quotedForMessage); a build cannot be under \(folder), which is the system's"
    }
    if systemParents.contains(parent) {
      return "found \(text.quotedForMessage); its parent becomes the build's tree, and \(parent) is the system's"
    }
    return nil
  }

  private static func refusalOfParts(_ parts: [Substring], of text: String) -> String? {
    if parts.contains(where: { $0.isEmpty || $0 == "." }) {
      return "found \(text.quotedForMessage); a path without empty parts, . and a slash at the end belongs here"
    }
    if text.utf8.count > longestPath || parts.contains(where: { $0.utf8.count > longestName }) {
      return
        "found an over-long path (\(text.quotedForMessage)); a part has at most \(longestName) bytes, a path \(longestPath)"
    }
    if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control || $0 == "\\" }) {
      return "found \(text.quotedForMessage); a path without control characters and backslashes belongs here"
    }
    return nil
  }
}
