import Model

/// Rules on compilers, linkers and libraries.
extension FileRule {
  /// `GCC: (Debian 12.2.0-14+deb12u1) 12.2.0`, and what other compilers leave.
  static let compiler = FileRule(name: "the compiler's mark") { facts, plan in
    var inferences: [Inference] = []
    var versions: Set<String> = []
    let marks = [
      "GCC: (", "clang version ", "Debian clang ", "Ubuntu clang ", "Android clang ", "rustc version ", "go1.",
    ]
    for text in facts.texts.marks.prefix(50) where marks.contains(where: { text.hasPrefix($0) }) {
      guard text.utf8.count < 200, text.contains(where: \.isNumber) else { continue }
      inferences.append(
        Inference(
          setting: packages, value: text, evidence: "its bytes hold this text, as that compiler leaves it",
          confidence: Inference.said))
      guard let package = debianCompiler(text), versions.insert(package).inserted else { continue }
      plan.packages.append(package)
    }
    if versions.count > 1 {
      plan.questions.append("it holds code of several compilers: \(versions.sorted().joined(separator: ", ")).")
    }
    return inferences
  }

  /// The package and version of Debian's own compiler.
  private static func debianCompiler(_ text: String) -> String? {
    guard text.hasPrefix("GCC: (Debian ") else { return nil }
    let version = text.dropFirst(13).prefix { $0 != ")" }
    let number = text.split(separator: " ").last?.prefix { $0 != "." } ?? ""
    guard DebianFile.isWord(String(version)), !number.isEmpty, number.allSatisfy(\.isNumber) else { return nil }
    return "gcc-\(number)=\(version)"
  }

  /// `GNU C17 12.2.0 -mtune=generic -march=x86-64 -g -O2` in debug information.
  static let producer = FileRule(name: "the producer in debug information") { facts, _ in
    facts.values(named: " producer").prefix(5).map { text in
      Inference(
        setting: run, value: "compiled as \(text.prefix(300))", evidence: "its debug information names this producer",
        confidence: Inference.said)
    }
  }

  /// Fields that other formats have for the tool that wrote a file.
  static let generator = FileRule(name: "the field of the tool that wrote it") { facts, _ in
    facts.fields(of: .generator).filter { field in
      // What lies in a program's own data is what it says of others.
      !field.name.hasSuffix(" producer") && !field.name.contains("\"") && !field.value.hasPrefix("GCC: (")
        && field.value.contains(where: \.isNumber)
    }.prefix(10).map { field in
      Inference(
        setting: packages, value: "\(field.name) \(field.value.prefix(200))",
        evidence: "\(facts.format ?? "its format") has that field\(field.place.isEmpty ? "" : " in \(field.place)")",
        confidence: Inference.follows)
    }
  }

  /// Of a program without debug information, the libraries that its language needs tell it.
  static let language = FileRule(name: "the language") { facts, plan in
    let needed = facts.values(named: " NEEDED")
    let known: [(language: String, evidence: String, holds: Bool)] = [
      (
        "C++", "it needs libstdc++ or libc++", needed.contains { $0.hasPrefix("libstdc++.") || $0.hasPrefix("libc++.") }
      ),
      ("Fortran", "it needs libgfortran", needed.contains { $0.hasPrefix("libgfortran.") }),
      ("Swift", "it needs libswiftCore", needed.contains { $0.hasPrefix("libswiftCore.") }),
      ("Ada", "it needs libgnat", needed.contains { $0.hasPrefix("libgnat-") }),
      ("Go", "it has a note with Go's build id", facts.fields.contains { $0.name.hasSuffix("Go build id") }),
      (
        "Rust", "it holds paths of Rust's own library",
        facts.texts.marks.contains { $0.hasPrefix("/rustc/") && $0.contains("/library/") }
      ),
    ]
    return known.filter(\.holds).map { item in
      Inference(
        setting: packages, value: "a compiler for \(item.language)", evidence: item.evidence,
        confidence: Inference.follows)
    }
  }

  static let linker = FileRule(name: "the linker") { facts, _ in
    var found: [(value: String, evidence: String)] = []
    for text in facts.texts.marks.prefix(50) where text.hasPrefix("Linker: LLD ") || text.hasPrefix("mold ") {
      guard text.contains(where: \.isNumber), text.utf8.count < 200 else { continue }
      found.append((text.hasPrefix("mold") ? text : String(text.dropFirst(8)), "its bytes hold the linker's own text"))
    }
    for version in facts.values(named: "GNU gold version").prefix(1) {
      found.append((version, "it has a note that gold writes"))
    }
    if let identity = facts.values(named: "GNU build-id").first {
      let kinds = [40: "SHA-1, what GNU ld writes unless told otherwise", 32: "MD5 or a UUID", 16: "LLD's fast one"]
      let kind = kinds[identity.utf8.count] ?? "given to the linker as a number"
      found.append(("--build-id", "it has a build-id of \(identity.utf8.count / 2) bytes: \(kind)"))
    }
    return found.prefix(5).map {
      Inference(setting: run, value: "linked with \($0.value.prefix(200))", evidence: $0.evidence, confidence: 0.9)
    }
  }

  /// What a distribution's own flags leave in a program.
  static let hardening = FileRule(name: "flags of the compiler and linker") { facts, _ in
    let names = Set(facts.texts.functions)
    let known: [(flag: String, evidence: String, holds: Bool)] = [
      (
        "-Wl,-z,now", "its dynamic section asks for binding at its start",
        has(facts, "FLAGS", 0x8) || has(facts, "FLAGS_1", 0x1)
      ),
      (
        "-fPIE -pie", "it is a program that may lie anywhere",
        has(facts, "FLAGS_1", 0x0800_0000)
      ),
      ("-fstack-protector-strong", "it calls __stack_chk_fail", names.contains("__stack_chk_fail")),
      (
        "-D_FORTIFY_SOURCE=2", "it calls checked forms of functions, as \(names.first { $0.hasSuffix("_chk") } ?? "")",
        names.contains { $0.hasSuffix("_chk") && $0.hasPrefix("__") }
      ),
    ]
    return known.filter(\.holds).map {
      Inference(setting: run, value: "built with \($0.flag)", evidence: $0.evidence, confidence: Inference.follows)
    }
  }

  /// Whether an entry of the dynamic section has a bit, by its number in the System V ABI or glibc's elf.h.
  private static func has(_ facts: FileFacts, _ entry: String, _ bit: UInt64) -> Bool {
    facts.values(named: ".dynamic \(entry)").contains { text in
      UInt64(text.dropFirst(2), radix: 16).map { $0 & bit != 0 } ?? false
    }
  }

  /// The first suite with each version of the C library.
  private static let cLibraries = [(31, "bullseye"), (36, "bookworm"), (41, "trixie")]

  /// Symbols' versions bound the C library from below.
  static let cLibrary = FileRule(name: "the newest symbol version of the C library") { facts, plan in
    let versions = facts.texts.symbolVersions.compactMap { text -> Int? in
      let parts = text.dropFirst(6).split(separator: ".")
      return parts.count >= 2 && parts[0] == "2" ? Int(parts[1]) : nil
    }
    guard let newest = versions.max() else { return [] }
    let evidence = "it uses symbols of GLIBC_2.\(newest)"
    guard let suite = cLibraries.first(where: { $0.0 >= newest })?.1 else {
      plan.questions.append("\(evidence), which no known suite has: which one was it built on?")
      return []
    }
    plan.suite = suite == "bullseye" ? plan.suite : suite
    return [
      Inference(
        setting: "environment.debian.suite", value: plan.suite,
        evidence: "\(evidence), so its C library was no older; \(suite) is the first suite with one as new",
        confidence: 0.5)
    ]
  }

  static let libraries = FileRule(name: "the libraries that it needs") { facts, plan in
    let base = ["libc.so.", "libm.so.", "libgcc_s.so.", "libstdc++.so.", "ld-linux", "libpthread.so.", "libdl.so."]
    let needed = facts.values(named: " NEEDED").filter { name in !base.contains { name.hasPrefix($0) } }
    guard !needed.isEmpty else { return [] }
    let names = needed.prefix(20).joined(separator: ", ")
    plan.questions.append("which -dev packages are \(names) of? Put them into environment.debian.packages.")
    return [
      Inference(
        setting: packages, value: "the development files of \(names)", evidence: "its dynamic section needs them",
        confidence: Inference.said)
    ]
  }
}
