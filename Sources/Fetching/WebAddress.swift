/// Addresses of the web (RFC 3986), as far as index pages and recipes need them.
enum WebAddress {
  /// The scheme in lower case; nil when there is none.
  static func scheme(_ address: some StringProtocol) -> String? {
    guard let colon = address.firstIndex(of: ":"), let first = address.first, first.isASCII, first.isLetter,
      address[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
    else { return nil }
    return address[..<colon].lowercased()
  }

  /// The absolute form of a reference on a page; nil when that would be no http, https or ftp address.
  static func resolve(_ reference: String, against base: String) -> String? {
    guard reference.utf8.count <= 8192,
      !reference.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F })
    else { return nil }
    if scheme(reference) != nil { return isFetchable(reference) ? reference : nil }
    guard isFetchable(base), let scheme = scheme(base) else { return nil }
    if reference.hasPrefix("//") { return "\(scheme):\(reference)" }
    let authorityStart = base.index(base.startIndex, offsetBy: scheme.count + 3)
    let pathStart = base[authorityStart...].firstIndex { "/?#".contains($0) } ?? base.endIndex
    let root = base[..<pathStart]
    let basePath = base[pathStart...].prefix { $0 != "?" && $0 != "#" }
    if reference.isEmpty || reference.hasPrefix("#") || reference.hasPrefix("?") { return root + basePath + reference }
    let split = reference.firstIndex { "?#".contains($0) } ?? reference.endIndex
    let path =
      reference.hasPrefix("/")
      ? String(reference[..<split])
      : (basePath.lastIndex(of: "/").map { String(basePath[...$0]) } ?? "/") + reference[..<split]
    return root + withoutDots(path) + reference[split...]
  }

  /// Whether curl may be asked for it.
  static func isFetchable(_ address: some StringProtocol) -> Bool {
    guard let scheme = scheme(address), ["http", "https", "ftp"].contains(scheme) else { return false }
    return address.dropFirst(scheme.count).hasPrefix("://") && address.count > scheme.count + 3
      && !address.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F || $0 == "\\" || $0 == "\"" }
  }

  /// The address without a user's name and password, for messages.
  static func withoutSecrets(_ address: String) -> String {
    guard let (userinfo, _) = userinfo(address) else { return address }
    var shown = address
    shown.removeSubrange(userinfo)
    return shown
  }

  /// The range of `user:password@` and the host that follows; nil when there is none.
  static func userinfo(_ address: String) -> (range: Range<String.Index>, host: String)? {
    guard let scheme = scheme(address), address.dropFirst(scheme.count).hasPrefix("://") else { return nil }
    let start = address.index(address.startIndex, offsetBy: scheme.count + 3)
    let end = address[start...].firstIndex { "/?#".contains($0) } ?? address.endIndex
    guard let at = address[start..<end].lastIndex(of: "@") else { return nil }
    let next = address.index(after: at)
    return (start..<next, String(address[next..<end]))
  }

  /// The last part of the path, unescaped; nil when that is no fit name for a file.
  static func fileName(_ address: String) -> String? {
    let path = address.prefix { $0 != "?" && $0 != "#" }
    guard let scheme = scheme(path), let last = path.dropFirst(scheme.count + 3).split(separator: "/").dropFirst().last,
      let name = PercentEncoding.decode(last), FileNames.isPlain(name)
    else { return nil }
    return name
  }

  private static func withoutDots(_ path: String) -> String {
    var parts: [Substring] = []
    let all = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for (index, part) in all.enumerated() {
      let isLast = index == all.count - 1
      switch part {
      case ".": if isLast { parts.append("") }
      case "..":
        if !parts.isEmpty { parts.removeLast() }
        if isLast { parts.append("") }
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }
}
