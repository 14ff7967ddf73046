public import Model
public import SystemPackage

/// One untrusted command, everything that it may see, and what is to be taken from it afterwards.
public struct SandboxRequest: Sendable {
  /// What the command sees as `/`.
  public enum Root: Sendable, Hashable {
    /// Folders of an environment, the lowest first, below a throw-away layer that takes all writes.
    case layers([FilePath])
    /// This machine's own `/usr`, read-only, with a made-up `/etc`; for trusted tools that read untrusted bytes.
    case hostTools
  }

  /// A writable folder that is made for this run only.
  public struct Tree: Sendable, Hashable {
    /// Where the command sees it: absolute, and no part of it a link in the root.
    public var mountPoint: String
    /// What is copied in; no two of them may overlap.
    public var contents: [Placement]

    /// Makes a tree of its parts.
    public init(mountPoint: String, contents: [Placement] = []) {
      self.mountPoint = mountPoint
      self.contents = contents
    }
  }

  /// A file or folder that is copied into the tree, with its modes and times, owned by the command's user.
  public struct Placement: Sendable, Hashable {
    /// The file or folder on this machine.
    public var host: FilePath
    /// Its place relative to the tree's root; `.` puts a folder's contents there.
    public var at: String

    /// Makes a placement of its parts.
    public init(host: FilePath, at: String) {
      self.host = host
      self.at = at
    }
  }

  /// A file or folder of this machine that the command may read.
  public struct Mount: Sendable, Hashable {
    /// The file or folder on this machine.
    public var host: FilePath
    /// Where the command sees it: absolute, and no part of it a link in the root.
    public var inside: String

    /// Makes a mount of its parts.
    public init(host: FilePath, inside: String) {
      self.host = host
      self.inside = inside
    }
  }

  /// Whom the command runs as.
  public enum User: String, Sendable, Hashable, CaseIterable {
    /// User and group 1000 without any capability: builds.
    case builder
    /// User 0 with the few capabilities over files and users that installing packages takes: maintainer scripts.
    case administrator

    var identity: Int { self == .builder ? 1000 : 0 }
  }

  /// What is written as a tar archive once the command has returned 0 and all its processes are gone.
  public enum Collection: Sendable, Hashable {
    /// Each named path of the tree and each folder above it, no folder's contents, no link followed.
    case artifacts([String])
    /// One folder of the tree with all that is in it; names are relative to it.
    case tree(String)
    /// The whole root with the writes merged in, without what was mounted over it.
    case root
  }

  /// What the command sees as `/`.
  public var root: Root
  /// The writable folder; nil for none but `/tmp` and the throw-away layer.
  public var tree: Tree?
  /// What else the command may read.
  public var readOnlyMounts: [Mount]
  /// The program and its arguments; the program is looked up in the variable `PATH`, inside.
  public var command: [String]
  /// Where the command starts, inside.
  public var workingDirectory: String
  /// The whole environment, but for `PWD`, which is always the working directory.
  public var variables: [String: String]
  /// Whom the command runs as.
  public var user: User
  /// The host name that the command sees.
  public var hostName: String
  /// The file mode creation mask.
  public var umask: UInt16
  /// How many processors the command may use and count; nil for all that this process may.
  public var processors: Int?
  /// Where the command's clock starts, and how fast it goes: it then runs in user-mode Linux, whose kernel has a clock
  /// of its own and one processor; nil for this machine's clock.
  public var clock: BuildClock?
  /// What the command may consume.
  public var limits: SandboxLimits
  /// What is taken afterwards.
  public var collect: Collection?
  /// The tar archive to write; required with `collect`.
  public var collectTo: FilePath?
  /// The file that gets the command's output; nil for none.
  public var log: FilePath?

  /// Makes a request; the defaults are a build's.
  public init(
    root: Root, tree: Tree? = nil, readOnlyMounts: [Mount] = [], command: [String], workingDirectory: String = "/",
    variables: [String: String] = ["PATH": "/usr/bin:/bin"], user: User = .builder, hostName: String = "verbatim",
    umask: UInt16 = 0o022, processors: Int? = nil, clock: BuildClock? = nil, limits: SandboxLimits = SandboxLimits(),
    collect: Collection? = nil, collectTo: FilePath? = nil, log: FilePath? = nil
  ) {
    self.root = root
    self.tree = tree
    self.readOnlyMounts = readOnlyMounts
    self.command = command
    self.workingDirectory = workingDirectory
    self.variables = variables
    self.user = user
    self.hostName = hostName
    self.umask = umask
    self.processors = processors
    self.clock = clock
    self.limits = limits
    self.collect = collect
    self.collectTo = collectTo
    self.log = log
  }
}

/// What a command may consume, all its processes together.
public struct SandboxLimits: Codable, Hashable, Sendable {
  /// Seconds from its start.
  public var time: Int
  /// Bytes of memory, without the files that it writes.
  public var memory: Int64
  /// Processes and threads at the same time.
  public var processes: Int
  /// Bytes that it writes, tree and `/tmp` and throw-away layer together; its log may be as long again, at most 1 GiB.
  public var output: Int64
  /// Open files of one process.
  public var openFiles: Int

  /// Makes limits; the defaults suit all but the largest packages.
  public init(
    time: Int = 30 * 60, memory: Int64 = 4 << 30, processes: Int = 4096, output: Int64 = 8 << 30, openFiles: Int = 4096
  ) {
    self.time = time
    self.memory = memory
    self.processes = processes
    self.output = output
    self.openFiles = openFiles
  }
}
