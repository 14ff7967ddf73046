import Model
import RecipeFormat

/// Rules on times, modes and owners of entries, and on what packed them.
extension SdistRule {
  static let epoch = SdistRule(
    name: "epoch", evidence: "one time of all files that were copied, or several",
    conclusion: "SOURCE_DATE_EPOCH: that time, unset where it is the back end's own, and unset where they differ"
  ) { facts, plan in
    plan.build.epoch = .unset
    let name = facts.backend?.project ?? "the back end"
    guard facts.backend?.takesEpoch != false else {
      return [
        Inference(
          setting: "build.epoch", value: "unset", evidence: "\(name) does not use it for source distributions",
          confidence: Inference.follows)
      ]
    }
    guard let time = facts.packingTime ?? facts.copiedTime, facts.sdist.dialect != .zip else {
      return [
        Inference(
          setting: "build.epoch", value: "unset",
          evidence: "files that the source has are of times of their own, so SOURCE_DATE_EPOCH was not set",
          confidence: Inference.follows)
      ]
    }
    if time == facts.backend?.ownTime {
      return [
        Inference(
          setting: "build.epoch", value: "unset",
          evidence: "files are of \(TimeText.text(time)), which \(name) writes where SOURCE_DATE_EPOCH is not set",
          confidence: Inference.follows)
      ]
    }
    plan.build.epoch = .seconds(time)
    return [
      Inference(
        setting: "build.epoch", value: String(time),
        evidence: (facts.copiedTime == nil ? "most" : "all")
          + " files that the source has are of \(TimeText.text(time))",
        confidence: Inference.follows)
    ]
  }

  static let clock = SdistRule(
    name: "clock", evidence: "the time in the gzip header, where it is neither the epoch nor the back end's own",
    conclusion: "the build's clock when it packed"
  ) { facts, plan in
    guard let time = facts.sdist.gzip?.time, time > WheelTime.zipEpoch, plan.build.epoch != .seconds(time),
      time != facts.backend?.ownGzipTime
    else { return [] }
    // What setuptools makes has the build's time as well, to the tick of the builder's kernel.
    let made = facts.sdist.entries.filter { $0.hasFraction && $0.time == time }
    let ticks = Set(made.map(\.nanoseconds))
    guard let clock = BuildClock(seconds: time, nanoseconds: ticks.max() ?? 500_000_000, rate: 0) else { return [] }
    plan.clock = clock
    if ticks.count > 1, !facts.copied.contains(where: { $0.entry.hasFraction }) {
      plan.questions.append(
        "how do \(ticks.count) ticks of the builder's kernel, a few thousandths of a second apart, come again? "
          + "What the build made is of these, and its clock is held at one.")
    }
    return [
      Inference(
        setting: "build.clock", value: clock.text,
        evidence: "the gzip header is of \(TimeText.text(time)), which is no time that a tool makes up",
        confidence: Inference.follows)
    ]
  }

  static let treeTime = SdistRule(
    name: "tree-time", evidence: "times of copied files that are not those of the source archive, without an epoch",
    conclusion: "the checkout's one time, or a question where there are several"
  ) { facts, plan in
    guard plan.build.epoch == .unset, facts.backend?.ownTime == nil || facts.packingTime != facts.backend?.ownTime,
      facts.copied.contains(where: { $0.entry.time != $0.member.time || $0.entry.hasFraction })
    else { return [] }
    guard let time = facts.copiedTime else {
      let count = Set(facts.copied.map(\.entry.time)).count
      let fractions = facts.copied.contains { $0.entry.hasFraction } ? " and have fractions of a second" : ""
      plan.questions.append(
        "which times had the files of the builder's checkout? \(facts.copied.count) entries are of \(count) "
          + "\(count == 1 ? "second" : "different seconds")\(fractions); an archive of the source has others.")
      return []
    }
    plan.build.treeTime = time
    return [
      Inference(
        setting: "build.run", value: "the files of the tree are of \(TimeText.text(time))",
        evidence: "all \(facts.copied.count) files that the source has are of that second, as a checkout leaves them",
        confidence: Inference.likely)
    ]
  }

  static let umask = SdistRule(
    name: "umask", evidence: "the modes of folders, which the build made", conclusion: "the builder's umask"
  ) { facts, plan in
    guard facts.backend?.hidesBuilder != true, let folder = facts.sdist.entries.first(where: \.isFolder) else {
      return []
    }
    let mask = 0o777 & ~folder.mode
    guard mask != 0o022, mask & 0o700 == 0 else { return [] }
    plan.build.umask = mask
    return [
      Inference(
        setting: "build.umask", value: WheelRule.octal(mask, 3),
        evidence: "the folder \(facts.sdist.folder) has mode 0\(String(folder.mode, radix: 8))",
        confidence: Inference.follows)
    ]
  }

  static let sourceModes = SdistRule(
    name: "source-modes", evidence: "modes of copied files against those of the source archive",
    conclusion: "what the builder's umask left of them in a checkout"
  ) { facts, plan in
    let changed = facts.copied.filter { $0.entry.mode != UInt16($0.member.mode & 0o777) }
    guard facts.backend?.hidesBuilder == false, let item = changed.first else { return [] }
    let change = ["go-w", "o-w", "g+w", "a+x"].first { change in
      facts.copied.allSatisfy { WheelRule.applied(change, UInt16($0.member.mode & 0o777)) == $0.entry.mode }
    }
    guard let change else { return [] }
    plan.build.modes = change
    return [
      Inference(
        setting: "build.run", value: "chmod -R \(change)",
        evidence: "\(item.entry.path) has mode 0\(String(item.entry.mode, radix: 8)), in the source archive "
          + "0\(String(item.member.mode, radix: 8))", confidence: Inference.likely)
    ]
  }

  static let owner = SdistRule(
    name: "owner", evidence: "the user and group that all entries belong to", conclusion: "whom the builder ran as"
  ) { facts, plan in
    let owners = Set(facts.sdist.entries.map(\.owner))
    guard facts.backend?.hidesBuilder != true, facts.sdist.dialect != .zip, let owner = owners.first else { return [] }
    guard owners.count == 1, BuilderImitation.canBe(owner) else {
      if owners != [.nobody] {
        let names = owners.prefix(3).map(\.text).sorted().joined(separator: ", ")
        plan.questions.append("whom did the builder run as? Entries belong to \(names).")
      }
      return []
    }
    plan.owner = owner
    plan.build.packages.append("libnss-wrapper")
    return [
      Inference(
        setting: "build.run", value: "the build takes itself to run as \(owner.text)",
        evidence: "all entries belong to \(owner.text), whom \(facts.backend?.project ?? "the back end") writes down",
        confidence: Inference.said)
    ]
  }

  static let oldPython = SdistRule(
    name: "old-python", evidence: "numbers of devices in the tar headers of files, GNU's dialect",
    conclusion: "packed by a Python before 3.9, or before 3.8"
  ) { facts, plan in
    guard facts.sdist.numbersDevices, plan.build.suite == "bookworm" else { return [] }
    plan.isOldPython = true
    let isGNU = facts.sdist.dialect == .gnu
    return [
      Inference(
        setting: "build.run", value: "tar headers as of Python before \(isGNU ? "3.8" : "3.9")",
        evidence: "headers of files have the numbers of a device\(isGNU ? ", in GNU's dialect" : ""), which later ones "
          + "leave out; \(plan.build.suite) has \(facts.python.series)", confidence: Inference.follows)
    ]
  }

  static let packer = SdistRule(
    name: "packer", evidence: "level, system and name in the gzip header, the dialect of tar",
    conclusion: "what Python's own writes, or a question"
  ) { facts, plan in
    guard let gzip = facts.sdist.gzip else {
      plan.questions.append("what packed it? It is not compressed by gzip, which back ends use.")
      return []
    }
    if gzip.system != 255 || gzip.level != 2 {
      plan.questions.append(
        "what packed it? Its gzip header has level \(gzip.level) and system \(gzip.system); Python writes 2 and 255.")
    }
    if gzip.name?.contains("/") == true {
      plan.questions.append(
        "which Python packed it? The gzip header names \(gzip.name ?? ""), with the folder, which Python left out later."
      )
    }
    if facts.sdist.dialect == .gnu, !facts.sdist.numbersDevices {
      plan.questions.append("what packed it? Its entries are in GNU's dialect of tar, but not as Python wrote it.")
    }
    return []
  }
}

/// What makes a build take itself to run as somebody else, for back ends that write down who built.
///
/// It is part of the build's environment: the names are looked up in files of the build's own, by a library that
/// Debian has for that, and setuptools is configured, as its user may, to name them as owners.
enum BuilderImitation {
  /// Whether the names can stand in such files.
  static func canBe(_ owner: SdistOwner) -> Bool {
    func isName(_ text: String) -> Bool {
      !text.isEmpty && text.utf8.count <= 32
        && text.utf8.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "_-.".utf8.contains(byte)
        }
    }
    let ids: ClosedRange<Int64> = 0...0x7FFF_FFFF
    return isName(owner.user) && isName(owner.group) && ids.contains(owner.userID) && ids.contains(owner.groupID)
  }

  static func command(_ owner: SdistOwner) -> String {
    """
    mkdir ../who
    echo '\(owner.user):x:\(owner.userID):\(owner.groupID)::/:/bin/sh' > ../who/passwd
    echo '\(owner.group):x:\(owner.groupID):' > ../who/group
    printf '[sdist]\\nowner=\(owner.user)\\ngroup=\(owner.group)\\n' > "$HOME/.pydistutils.cfg"
    """
  }

  /// What stands before the back end's call.
  static let prefix =
    "LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD=\"$PWD/../who/passwd\" NSS_WRAPPER_GROUP=\"$PWD/../who/group\" "
}
