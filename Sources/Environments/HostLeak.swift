/// What a freshly assembled Debian root holds of the machine or the moment that it was assembled on, and what is
/// done about it.
struct HostLeak: Sendable {
  /// What is done.
  enum Action: Sendable, Equatable {
    /// The path goes, with all below it.
    case remove
    /// All in the folder goes; the folder stays.
    case empty
    /// All in the folder that is not a folder goes, at any depth.
    case emptyOfFiles
    /// The file has these bytes, made where it is missing.
    case content(String)
    /// All files of the folder whose names end so go.
    case removeEnding(String)
  }

  let path: LayerPath
  let action: Action
  let reason: String

  /// Applied in this order; `Documentation/Environments.md` has the same list for people.
  static let all: [HostLeak] = [
    .init(path: "etc/resolv.conf", action: .remove, reason: "the host's name servers"),
    .init(path: "etc/hostname", action: .content("verbatim\n"), reason: "the host's name"),
    .init(
      path: "etc/hosts", action: .content("127.0.0.1\tlocalhost\n::1\tlocalhost\n"), reason: "the host's names"),
    .init(path: "etc/machine-id", action: .content(""), reason: "a random number"),
    .init(path: "var/lib/dbus/machine-id", action: .remove, reason: "a random number"),
    .init(path: "var/lib/systemd/random-seed", action: .remove, reason: "a random number"),
    .init(path: "etc/apt/sources.list", action: .remove, reason: "where the packages lay while assembling"),
    .init(path: "etc/apt/apt.conf.d/99mmdebstrap", action: .remove, reason: "settings of assembling"),
    .init(path: "usr/sbin/policy-rc.d", action: .remove, reason: "kept services from starting while assembling"),
    .init(path: "etc/.pwd.lock", action: .remove, reason: "a lock"),
    .init(path: "etc", action: .removeEnding("-"), reason: "backups of passwd, group and shadow"),
    .init(path: "var/lib/dpkg", action: .removeEnding("-old"), reason: "backups of the package database"),
    .init(path: "var/lib/dpkg", action: .removeEnding("lock"), reason: "locks of the package database"),
    .init(path: "var/lib/dpkg", action: .removeEnding("lock-frontend"), reason: "locks of the package database"),
    .init(path: "var/lib/dpkg/triggers", action: .removeEnding("Lock"), reason: "locks of the package database"),
    .init(path: "var/lib/apt/lists", action: .emptyOfFiles, reason: "a package index"),
    .init(path: "var/cache/apt", action: .emptyOfFiles, reason: "a cache"),
    .init(path: "var/cache/man", action: .emptyOfFiles, reason: "a cache"),
    .init(path: "var/cache/ldconfig", action: .emptyOfFiles, reason: "a cache with inode numbers and times"),
    .init(path: "var/cache/debconf", action: .removeEnding("-old"), reason: "backups"),
    .init(path: "var/log", action: .emptyOfFiles, reason: "logs with times"),
    .init(path: "root/.cache", action: .remove, reason: "caches"),
    .init(path: "tmp", action: .empty, reason: "scratch files"),
    .init(path: "var/tmp", action: .empty, reason: "scratch files"),
    .init(path: "run", action: .empty, reason: "what runs at the moment"),
    .init(path: "dev", action: .empty, reason: "the sandbox makes it"),
    .init(path: "proc", action: .empty, reason: "the sandbox makes it"),
    .init(path: "sys", action: .empty, reason: "the sandbox makes it"),
  ]

  /// Takes all leaks out of a root and sets no time later than the layer's epoch, in seconds since 1970.
  static func seal(_ tree: inout LayerTree, epoch: Int64, spool: ContentSpool) throws {
    for leak in all { try leak.seal(&tree, epoch: epoch, spool: spool) }
    tree.changeAll { $0.modified = min($0.modified, epoch) }
  }

  private func seal(_ tree: inout LayerTree, epoch: Int64, spool: ContentSpool) throws {
    switch action {
    case .remove: tree.remove(path)
    case .empty: tree.removeChildren(of: path)
    case .emptyOfFiles: Self.removeFiles(below: path, in: &tree)
    case .removeEnding(let ending):
      let ending = Array(ending.utf8)
      for child in tree.paths(in: path) where child.name.suffix(ending.count) == ending[...] {
        if tree[child]?.isFolder == false { tree.remove(child) }
      }
    case .content(let text):
      // A root without the folder is no Debian, and then there is nothing to seal.
      guard let parent = path.parent, tree[parent]?.isFolder == true else { return }
      let content = try spool.store(bytes: Array(text.utf8))
      tree.remove(path)
      try tree.place(LayerNode(kind: .file(content), mode: 0o644, modified: epoch), at: path)
    }
  }

  private static func removeFiles(below folder: LayerPath, in tree: inout LayerTree) {
    var folders = [folder]
    while let next = folders.popLast() {
      for child in tree.paths(in: next) {
        if tree[child]?.isFolder == true { folders.append(child) } else { tree.remove(child) }
      }
    }
  }
}
