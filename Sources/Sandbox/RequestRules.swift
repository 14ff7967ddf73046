import SystemPackage

/// What a request must be for the launcher to be able to rely on it.
enum RequestRules {
  static func check(_ request: SandboxRequest) throws(SandboxError) {
    try require(!request.command.isEmpty, "there is no command")
    for word in request.command + request.variables.flatMap({ [$0.key, $0.value] }) {
      try require(!word.utf8.contains(0), "an argument or a variable holds a zero byte")
    }
    for name in request.variables.keys {
      try require(!name.isEmpty && !name.contains("="), "\"\(name)\" cannot name a variable")
    }
    let letters = request.hostName.utf8.allSatisfy { byte in
      byte >= 0x61 && byte <= 0x7A || byte >= 0x41 && byte <= 0x5A || byte >= 0x30 && byte <= 0x39
        || byte == 0x2D || byte == 0x2E
    }
    try require(
      letters && (1...63).contains(request.hostName.utf8.count), "\"\(request.hostName)\" cannot name a host")
    try require(request.umask <= 0o777, "the umask is not between 000 and 777")
    try require(request.processors.map { $0 > 0 } ?? true, "the number of processors is not positive")
    try inside(request.workingDirectory, "the working directory")
    try limits(request.limits)
    try mounts(request)
    if let tree = request.tree { try placements(tree.contents) }
    try collection(request)
    if request.clock != nil { try clock(request) }
  }

  private static func clock(_ request: SandboxRequest) throws(SandboxError) {
    try require(request.root != .hostTools, "the host's tools run by the host's clock")
    try require(request.user == .builder, "an administrator's command runs by the host's clock")
    try require(request.collect != .root, "a root is not collected from user-mode Linux")
    // The kernel's own limit of a file is a signed 64-bit number, and the memory of user-mode Linux is one file.
    try require(request.limits.memory + request.limits.output <= 1 << 40, "the limits are beyond user-mode Linux")
  }

  private static func limits(_ limits: SandboxLimits) throws(SandboxError) {
    try require(limits.time > 0 && limits.time < 1 << 30, "the limit of time is not positive")
    try require(limits.memory >= 1 << 20 && limits.memory < 1 << 50, "the limit of memory is below 1 MiB")
    try require(limits.processes > 0 && limits.processes < 1 << 22, "the limit of processes is not positive")
    try require(limits.output >= 1 << 20 && limits.output < 1 << 50, "the limit of output is below 1 MiB")
    try require(limits.openFiles >= 16 && limits.openFiles <= 1 << 20, "the limit of open files is below 16")
  }

  private static func mounts(_ request: SandboxRequest) throws(SandboxError) {
    if case .layers(let layers) = request.root {
      try require((1...200).contains(layers.count), "there are \(layers.count) layers; from 1 to 200 can be stacked")
      for layer in layers { try host(layer) }
    }
    var points = ["/proc", "/dev", "/sys"]
    if let tree = request.tree { points.append(tree.mountPoint) }
    for mount in request.readOnlyMounts {
      try host(mount.host)
      points.append(mount.inside)
    }
    for (index, point) in points.enumerated().dropFirst(3) {
      try inside(point, "a mount point")
      try require(point != "/", "the root itself cannot be a mount point")
      for other in points[..<index] {
        // A read-only mount may lie in the tree; nothing may hide or enter what the sandbox itself mounts.
        let own = ["/proc", "/dev", "/sys"].contains(other)
        let clash = point == other || other.hasPrefix(point + "/") || own && point.hasPrefix(other + "/")
        try require(!clash, "the mount point \(point) would cover \(other)")
      }
    }
  }

  private static func placements(_ contents: [SandboxRequest.Placement]) throws(SandboxError) {
    for (index, placement) in contents.enumerated() {
      try host(placement.host)
      try relative(placement.at, "a place in the tree")
      for other in contents[..<index] {
        // One that overlaps another could be written through a link that the other brought.
        let clash =
          placement.at == other.at || placement.at == "." || other.at == "."
          || placement.at.hasPrefix(other.at + "/") || other.at.hasPrefix(placement.at + "/")
        try require(!clash, "\(placement.at) and \(other.at) overlap in the tree")
      }
    }
  }

  private static func collection(_ request: SandboxRequest) throws(SandboxError) {
    guard let collect = request.collect else { return }
    guard let archive = request.collectTo else { return try require(false, "nothing says where to collect to") }
    try host(archive)
    switch collect {
    case .artifacts(let names):
      try require(request.tree != nil, "there is no tree to collect from")
      try require(!names.isEmpty, "no artifact is named")
      for name in names {
        try relative(name, "an artifact")
        try require(name != ".", "the tree itself is no artifact")
      }
    case .tree(let folder):
      try require(request.tree != nil, "there is no tree to collect from")
      try relative(folder, "a folder to collect")
    case .root: try require(request.root != .hostTools, "the host's own root is never collected")
    }
  }

  /// A path of this machine: the lists that the launcher gets hold one a line.
  private static func host(_ path: FilePath) throws(SandboxError) {
    try require(path.isAbsolute, "\(path) is not absolute")
    try require(!path.string.utf8.contains(0x0A), "a path of this machine has a line break in its name")
  }

  private static func inside(_ path: String, _ what: String) throws(SandboxError) {
    try require(path.hasPrefix("/"), "\(what), \"\(path)\", is not absolute")
    if path == "/" { return }
    try relative(String(path.dropFirst()), what)
    try require(path != "/." && !path.contains(":"), "\(what), \"\(path)\", cannot be mounted")
  }

  private static func relative(_ path: String, _ what: String) throws(SandboxError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let plain = path == "." || parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count < 256 }
    let bytes = path.utf8.allSatisfy { $0 != 0 && $0 != 0x0A }
    try require(
      plain && bytes && path.utf8.count < 4000 && !path.hasPrefix("-"), "\(what), \"\(path)\", is no plain path below")
  }

  private static func require(_ condition: Bool, _ found: String) throws(SandboxError) {
    if !condition { throw SandboxError(.wrongRequest, "checking a request for a sandbox: \(found)") }
  }
}
