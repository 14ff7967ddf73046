import RecipeFormat

/// Which of a machine's sources an environment of one suite is made from.
enum AptSourceSelection {
  /// What Debian appends to a suite's name for the archives that complete it.
  static let companions = [
    "", "-updates", "-security", "/updates", "-backports", "-backports-sloppy", "-proposed-updates",
  ]
  /// The areas of a Debian archive; another component means an archive of someone else.
  static let areas: Set<String> = ["main", "contrib", "non-free", "non-free-firmware"]

  /// The entries that belong to the suite, without those of third parties.
  ///
  /// A third party is told by suite, by component, and, where some entry of the suite has Debian's own key, by a
  /// key that is not Debian's: such an archive may hold packages of the same names in higher versions.
  static func of(_ sources: [AptSource], suite: String, architecture: String) -> [AptSource] {
    let wanted = Set(companions.map { suite + $0 })
    var kept: [AptSource] = []
    for source in sources {
      var source = source
      source.suites = source.suites.filter(wanted.contains)
      source.components = source.components.filter(areas.contains)
      source.uris = source.uris.filter { !$0.hasPrefix("cdrom:") }
      guard !source.suites.isEmpty, !source.components.isEmpty, !source.uris.isEmpty else { continue }
      guard source.architectures.isEmpty || source.architectures.contains(architecture) else { continue }
      source.architectures = []
      if !kept.contains(source) { kept.append(source) }
    }
    let debian = kept.filter(hasDebianKey)
    return debian.isEmpty ? kept : debian
  }

  /// The entries for the mirrors that a recipe names, in place of the machine's.
  ///
  /// A snapshot's index is past its date by nature, and what is taken from it is pinned by digest, so the date is
  /// not checked; the signature is.
  static func of(_ mirrors: [DebianMirror], keyring: [String]?) throws(FetchError) -> [AptSource] {
    var sources: [AptSource] = []
    for mirror in mirrors {
      let scheme = mirror.uri.prefix { $0 != ":" }.lowercased()
      guard ["http", "https", "file"].contains(scheme), isPlain(mirror.uri, extra: ":/._-~+%@=") else {
        throw FetchError(
          .wrongReference,
          "using the mirror \"\(mirror.uri.prefix(200))\" of the recipe: it is no http, https or file address")
      }
      guard !mirror.suites.isEmpty, !mirror.components.isEmpty else {
        throw FetchError(
          .wrongReference, "using the mirror \(mirror.uri) of the recipe: it names no suite or no component")
      }
      for word in mirror.suites + mirror.components where !isPlain(word, extra: "/._-~+") || word.hasSuffix("/") {
        throw FetchError(
          .wrongReference,
          "using the mirror \(mirror.uri) of the recipe: \"\(word.prefix(80))\" names no suite or component")
      }
      sources.append(
        AptSource(
          uris: [mirror.uri], suites: mirror.suites, components: mirror.components, signedBy: keyring,
          checkValidUntil: false))
    }
    return sources
  }

  private static func hasDebianKey(_ source: AptSource) -> Bool {
    guard let key = source.signedBy else { return true }
    return key.contains { line in
      line.split(separator: "/").last.map { $0.hasPrefix("debian-archive-") } ?? false
    }
  }

  static func isPlain(_ text: String, extra: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 2048
      && text.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0"..."9" ~= $0 || extra.unicodeScalars.contains($0))
      }
  }
}
