import TestFixtures
import Testing

@testable import Environments

@Suite struct HostLeakTests {
  /// Two roots that differ in nothing but the machine and the moment.
  private func root(_ machine: String, time: Int) -> [UInt8] {
    TarBuilder.archive { builder in
      func file(_ name: String, _ text: String, at time: Int = 1000) {
        var header = TarBuilder.Header(name)
        header.modified = time
        builder.entry(header, Array(text.utf8))
      }
      for folder in ["etc/", "etc/apt/", "var/", "var/log/", "var/log/apt/", "usr/", "run/", "tmp/", "dev/"] {
        builder.folder(folder)
      }
      file("etc/kept", "the same")
      file("etc/generated", "the same", at: time)
      for name in [
        "etc/resolv.conf", "etc/hostname", "etc/hosts", "etc/machine-id", "etc/passwd-", "etc/.pwd.lock",
        "etc/apt/sources.list", "etc/apt/apt.conf.d/99mmdebstrap", "var/lib/dbus/machine-id",
        "var/lib/systemd/random-seed", "var/lib/dpkg/status-old", "var/lib/dpkg/lock", "var/lib/dpkg/lock-frontend",
        "var/lib/dpkg/triggers/Lock", "var/lib/apt/lists/index", "var/cache/apt/pkgcache.bin",
        "var/cache/apt/archives/a.deb", "var/cache/man/index.db", "var/cache/ldconfig/aux-cache",
        "var/cache/debconf/config.dat-old", "var/log/dpkg.log", "var/log/apt/history.log", "root/.cache/pip/x",
        "tmp/x/y", "var/tmp/x", "run/x.pid", "dev/null", "usr/sbin/policy-rc.d",
      ] { file(name, machine, at: time) }
    }
  }

  @Test func machineAndMomentDoNotMatter() throws {
    let fixture = try LayerFixture()
    var bytes: [[UInt8]] = []
    for (machine, time) in [("one", 5000), ("another machine", 9999)] {
      var tree = try fixture.tree(root(machine, time: time))
      try HostLeak.seal(&tree, epoch: 2000, spool: fixture.spool)
      bytes.append(try fixture.canonical(tree).bytes)
    }
    #expect(bytes[0] == bytes[1])
  }

  @Test func whatStaysIsWhole() throws {
    let fixture = try LayerFixture()
    var tree = try fixture.tree(root("one", time: 5000))
    try HostLeak.seal(&tree, epoch: 2000, spool: fixture.spool)
    let files = try fixture.listing(tree).filter { $0.contains(" file ") }
    #expect(
      files == [
        "/etc/generated 644 0:0 file the same",
        "/etc/hostname 644 0:0 file verbatim\n",
        "/etc/hosts 644 0:0 file 127.0.0.1\tlocalhost\n::1\tlocalhost\n",
        "/etc/kept 644 0:0 file the same",
        "/etc/machine-id 644 0:0 file ",
      ])
    #expect(tree["etc/kept"]?.modified == 1000 && tree["etc/generated"]?.modified == 2000)
    #expect(tree["var/log/apt"]?.isFolder == true && tree["tmp/x"] == nil && tree["tmp"] != nil)
  }

  @Test func everyRuleSaysWhy() {
    for leak in HostLeak.all { #expect(!leak.reason.isEmpty) }
  }
}
