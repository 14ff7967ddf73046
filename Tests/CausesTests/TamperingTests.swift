import Causes
import Model
import Testing

/// Changes that somebody made on purpose and that look a bit like what builds leave behind.
@Suite struct TamperingTests {
  @Test(arguments: settings + places + statements + programs)
  func staysContent(example: CauseCase) {
    #expect(causeName(example.difference, facts: example.facts) == "content")
    #expect(causeName(example.difference.mirrored, facts: example.facts) == "content")
  }

  /// What a program is to do, under a name that records of builds have as well.
  static let settings: [CauseCase] = [
    .line("content", "host = update.example.org\n", "host = evil.example.org\n"),
    .line("content", "server: one\n", "server: two\n"), .line("content", "hostname = db1\n", "hostname = db2\n"),
    .line("content", "User=nobody\n", "User=root\n"), .line("content", "AllowUsers alice\n", "AllowUsers mallory\n"),
    .line("content", "allowed_group = users\n", "allowed_group = wheel\n"),
    .line("content", "owner: alice\n", "owner: mallory\n"),
    .line("content", "mail admin@example.org\n", "mail mallory@example.org\n"),
    .line("content", "session_timeout = 30\n", "session_timeout = 9999\n"),
    .line("content", "random_port_from = 1024\n", "random_port_from = 4096\n"),
    .line("content", "workers = 4\n", "workers = 64\n"), .line("content", "threads: 4\n", "threads: 16\n"),
    .line("content", "min_tls_version = 1.3\n", "min_tls_version = 1.0\n"),
    .line("content", "protocol version 2: limit 30\n", "protocol version 2: limit 40\n"),
    .line("content", "percentage 5\n", "percentage 6\n"), .line("content", "overhead 1234567\n", "overhead 7654321\n"),
    .line(
      "content", "key 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\n", "key de9f2c7fd25e1b3afad3e85a0bd17d9b100db4b3\n"),
    .line(
      "content", "sha1 = 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\n",
      "sha1 = de9f2c7fd25e1b3afad3e85a0bd17d9b100db4b3\n"),
    .line("content", "expires 2024-05-01\n", "expires 2034-05-03\n"),
    .line("content", "licence valid until 2024-05-01\n", "licence valid until 2030-05-03\n"),
    .line("content", "requires Linux 5.10.0\n", "requires Linux 4.10.0\n"),
    .field("content", .host, "update.example.org", "evil.example.org", region: "/server/host", format: "JSON"),
    .field("content", .owner, "nobody", "root", region: "/run/user", format: "JSON"),
    .field("content", .mode, "0644", "0646"), .field("content", .mode, "0640", "0604"),
  ]

  /// Paths of what is opened or run.
  static let places: [CauseCase] = [
    .line("content", "exec /opt/app/run\n", "exec /tmp/x/evil\n"),
    .line("content", "plugin_path = /opt/good\n", "plugin_path = /data/evil\n"),
    .line("content", "exec /opt/app/run\n", "exec /opt/app/other\n"),
    .line("content", "plugin = /opt/good/plugin.so\n", "plugin = /srv/evil/plugin.so\n"),
    .line("content", "exec /opt/app/run\n", "exec /tmp/app/run\n"),
    .field("content", .path, "/usr/lib/a.so", "/usr/lib/b.so", region: ".rodata \"…/#\"", format: "ELF"),
    .field("content", .path, "/opt/good", "/data/evil", region: ".dynamic RUNPATH", format: "ELF"),
  ]

  /// Statements in another order, with other signs or other numbers.
  static let statements: [CauseCase] = [
    .line("content", "cp src dst\n", "cp dst src\n"), .line("content", "rm -r x\ncp y x\n", "cp y x\nrm -r x\n"),
    .line("content", "a = b\nb = c\n", "b = c\na = b\n"), .line("content", "f(a, b) {\n", "f(b, a) {\n"),
    .line("content", "echo '$HOME'\n", "echo \"$HOME\"\n"), .line("content", "f(1.5)\n", "f(1,5)\n"),
    .line("content", "an important 3.1\n", "an important 4.1\n"), .line("content", "I want 3\n", "I want 4\n"),
    .line("content", "gcc 12.2.0, limit 3.5\n", "gcc 12.2.0, limit 4.5\n"),
    .line("content", "generator_limit = 3\n", "generator_limit = 4\n"),
    .line("content", "move -05 on\n", "move +03 on\n"),
    .line("content", "run perl now\n", "run python now\n"),
  ]

  /// Bytes between functions that are more than filling.
  static let programs: [CauseCase] = [
    .field(
      "content", .padding, "90 90  |..|", "0f 84 00 00 00 00  |......|", region: ".text padding after main",
      format: "ELF", kind: .bytes)
  ]

  @Test func evidenceSaysWhatWasFound() throws {
    func evidence(_ example: CauseCase) throws -> String {
      try #require(CauseList.explain([example.difference]).first?.cause?.evidence)
    }
    let line = try evidence(.line("content", "built 2024-05-01, admin = no\n", "built 2024-05-03, admin = yes\n"))
    #expect(line == "no time, path, name, version or order in no / yes; of 2 places that differ others would be clock")
    let mode = try evidence(.field("content", .mode, "0755", "04755"))
    #expect(mode == "permissions or types that no umask makes of each other: 0755 / 04755")
    for example in RuleTests.nearMisses + Self.settings + Self.places {
      let text = try evidence(example)
      #expect(!text.isEmpty && text != "no rule applies")
    }
  }
}
