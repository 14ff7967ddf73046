/// Rules on modes, and on what else of the builder's machine shows.
extension WheelRule {
  static let umask = WheelRule(
    name: "umask", evidence: "the mode of METADATA", conclusion: "the builder's umask"
  ) { facts, plan in
    guard facts.backend?.fixesModes != true, let entry = facts.wheel.metadataEntry("METADATA"),
      facts.backend?.isSetuptools == true, facts.backend?.generator != "pdm-backend"
    else { return [] }
    let mask = umask(leaving: entry.permissions)
    // Windows has no umask, and 0666 there tells nothing.
    guard entry.system == 3, mask != 0o022, entry.permissions & 0o600 == 0o600 else { return [] }
    plan.umask = mask
    let text = octal(mask, 3)
    return [
      Inference(
        setting: "build.umask", value: text, evidence: "METADATA has mode 0\(String(entry.permissions, radix: 8))",
        confidence: Inference.follows)
    ]
  }

  static let sourceModes = WheelRule(
    name: "source-modes", evidence: "modes of data files against those of the source archive",
    conclusion: "modes kept as the archive has them, or filtered when it was unpacked"
  ) { facts, plan in
    guard facts.backend?.fixesModes != true, facts.wheel.entries.allSatisfy({ $0.system == 3 }) else { return [] }
    // setuptools gives modules the mode that the umask leaves, and keeps that of data.
    let data = facts.payload.filter { item in
      !item.entry.name.hasSuffix(".py") && item.entry.permissions != UInt16(item.member.mode & 0o777)
    }
    guard let item = data.first else { return [] }
    let wanted = item.entry.permissions
    let had = UInt16(item.member.mode & 0o777)
    let change: String
    switch (wanted, had) {
    case (had & ~0o022, _): change = "go-w"
    case (had & ~0o002, _): change = "o-w"
    case (had | 0o020, _): change = "g+w"
    case (had | 0o111, _): change = "a+x"
    default: return []
    }
    guard data.allSatisfy({ applied(change, UInt16($0.member.mode & 0o777)) == $0.entry.permissions }) else {
      return []
    }
    plan.modes = change
    return [
      Inference(
        setting: "build.run", value: "chmod -R \(change)",
        evidence: "\(item.entry.name) has mode 0\(String(wanted, radix: 8)), in the source archive "
          + "0\(String(had, radix: 8))", confidence: Inference.likely)
    ]
  }

  static func applied(_ change: String, _ mode: UInt16) -> UInt16 {
    switch change {
    case "go-w": mode & ~0o022
    case "o-w": mode & ~0o002
    case "g+w": mode | 0o020
    case "a+x": mode | 0o111
    default: mode
    }
  }

  static let universal = WheelRule(
    name: "universal", evidence: "py2.py3 in the file's name, which setup.cfg does not ask for",
    conclusion: "universal=1 in the builder's own configuration"
  ) { facts, plan in
    guard facts.backend?.isSetuptools == true, facts.wheel.tag.hasPrefix("py2.py3-") else { return [] }
    let asks = (facts.source.texts["setup.cfg"] ?? "").split(whereSeparator: \.isNewline).contains { line in
      line.filter { !$0.isWhitespace }.lowercased().hasPrefix("universal=")
    }
    guard !asks, facts.source.texts["pyproject.toml"]?.contains("universal") != true else { return [] }
    plan.isUniversal = true
    return [
      Inference(
        setting: "build.run", value: "universal=1 for bdist_wheel",
        evidence: "the wheel is tagged py2.py3, and setup.cfg does not ask for it", confidence: Inference.follows)
    ]
  }

  static let windows = WheelRule(
    name: "windows", evidence: "entries that name Windows as the system that wrote them",
    conclusion: "built on Windows: lines of text end in CR and LF, modes are 0666"
  ) { facts, plan in
    guard facts.wheel.entries.contains(where: { $0.system == 0 }) else { return [] }
    plan.isWindows = true
    plan.umask = 0
    return [
      Inference(
        setting: "build.run", value: "entries written as on Windows",
        evidence: "the zip entries say that a system of number 0, Windows, wrote them", confidence: Inference.said),
      Inference(
        setting: "build.umask", value: "000", evidence: "Windows has no umask; files have mode 0666 there",
        confidence: Inference.follows),
    ]
  }

  /// The umask that left a mode. A file's own mode has no bits to execute that a umask could take, so a class from which
  /// all is taken is one of a builder who shuts it out.
  static func umask(leaving mode: UInt16) -> UInt16 {
    guard mode & 0o111 == 0 else { return 0o777 & ~mode }
    let taken = 0o666 & ~mode
    return taken | (taken & 0o060 == 0o060 ? 0o010 : 0) | (taken & 0o006 == 0o006 ? 0o001 : 0)
  }

  static func octal(_ number: UInt16, _ digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
