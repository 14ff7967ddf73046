/// The command that calls a hook of the back end (PEP 517) by itself.
enum BackEndCall {
  /// What pyproject.toml names goes into a command, so it must be what it should be: names with dots.
  static func check(_ plan: WheelPlan) throws(InferenceError) {
    func isPlain(_ text: String, _ extra: String) -> Bool {
      !text.isEmpty && text.utf8.count < 200
        && text.utf8.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || extra.utf8.contains(byte)
        }
    }
    let parts = plan.backend.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ isPlain(String($0), "_.") }),
      plan.backendPath.allSatisfy({ isPlain($0, "_./-") && !$0.hasPrefix("/") && !$0.contains("..") })
    else {
      throw InferenceError(
        "reading pyproject.toml: it names the back end \"\(plan.backend.prefix(80))\", which is no Python object")
    }
  }

  /// Calls `build_wheel` or `build_sdist`, which leaves its file in `../dist`; `folders` are further ones for Python.
  static func command(_ hook: String, _ plan: WheelPlan, folders: [String] = [], before: String = "") -> String {
    let parts = plan.backend.split(separator: ":").map(String.init)
    let backend = parts.count == 2 ? "from \(parts[0]) import \(parts[1]) as backend" : "import \(parts[0]) as backend"
    let folders = plan.backendPath + folders
    let path = folders.isEmpty ? "" : "PYTHONPATH=\(folders.joined(separator: ":")) "
    var wait = ""
    if let clock = plan.clock, clock.wait > 0 {
      // Sleeping is by the true time, at whatever rate the clock goes.
      let rate = clock.rate == 1000 ? "" : " * 1000 / \(clock.rate)"
      wait =
        "; import time; backend.get_requires_for_\(hook)(); "
        + "time.sleep(max(0, \(clock.callTime) - time.time())\(rate))"
    }
    return "\(before)\(path)python3 -P -c '\(backend)\(wait); backend.\(hook)(\"../dist\")'"
  }
}
