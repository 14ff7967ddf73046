import Glibc
import Processes
import Sandbox
import Synchronization
import SystemPackage
import Testing

/// Folders of one test, removed when it ends.
final class TestFolders: Sendable {
  let path: FilePath

  init() throws {
    path = FilePath("/var/tmp/verbatim-sandbox-\(getpid())-\(UInt64.random(in: .min ... .max))")
    try #require(unsafe mkdir(path.string, 0o755) == 0)
  }

  func folder(_ name: String) async throws -> FilePath {
    try await shell("mkdir -p \"$1\"", [path.appending(name).string])
    return path.appending(name)
  }

  /// Runs a shell program here; for making and looking at fixtures.
  @discardableResult
  func shell(_ program: String, _ arguments: [String] = []) async throws -> String {
    let command = HostCommand("sh", ["-euc", program, "sh"] + arguments, workingDirectory: path)
    let result = try await command.run(limit: 1 << 24)
    try #require(result.succeeded, "\(program): \(result.errors)")
    return result.text
  }

  deinit {
    // The name holds nothing that a shell would mistake; an ordinary user cannot empty a folder that he may not write.
    _ = unsafe system("chmod -R u+rwX '\(path.string)'; rm -rf '\(path.string)'")
  }
}

/// A root file system of the few host programs that the tests run, and nothing else.
enum TinyRoot {
  static let programs = [
    "/bin/sh", "/bin/ls", "/bin/cat", "/usr/bin/id", "/usr/bin/env", "/bin/sleep", "/bin/mkdir", "/bin/true",
    "/usr/bin/perl", "/bin/rmdir", "/bin/rm", "/usr/bin/stat", "/usr/bin/touch", "/usr/bin/head", "/bin/dd",
    "/usr/bin/mkfifo", "/bin/ln", "/bin/chmod", "/usr/bin/nproc", "/usr/bin/setsid", "/bin/chown", "/bin/mknod",
  ]

  /// Makes one in a folder.
  static func make(in folders: TestFolders, _ name: String) async throws -> FilePath {
    let root = try await folders.folder(name)
    try await folders.shell(
      """
      root=$1; shift
      mkdir -p "$root/usr/bin" "$root/etc" "$root/proc" "$root/dev" "$root/tmp" "$root/root" "$root/var/lib/old"
      ln -s usr/bin "$root/bin"; ln -s usr/lib "$root/lib"; ln -s usr/lib64 "$root/lib64"
      mkdir -p "$root/usr/lib" "$root/usr/lib64"
      echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
      echo 'root:x:0:' >"$root/etc/group"
      echo lower >"$root/etc/marker"
      cp -L "$@" "$root/usr/bin/"
      ldd "$@" | grep -o '/[^ ]*' | grep -v ':$' | sort -u | while read -r library; do
        mkdir -p "$root/${library%/*}"
        cp -L "$library" "$root/$library"
      done
      """, [root.string] + programs)
    return root
  }
}

/// The lines that a sandboxed command wrote.
final class OutputLines: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
  var text: String { all.joined(separator: "\n") }
}
