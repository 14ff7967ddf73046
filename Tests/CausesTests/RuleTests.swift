import Causes
import Model
import Testing

/// For each cause what shows it, and what only looks like it.
@Suite struct RuleTests {
  @Test(arguments: times + places + people + systems + stamps + fields)
  func found(example: CauseCase) {
    #expect(causeName(example.difference, facts: example.facts) == example.cause)
  }

  @Test(arguments: times + places + people + systems + stamps + fields)
  func foundMirrored(example: CauseCase) {
    let expected = ["missing-file": "extra-file", "extra-file": "missing-file"][example.cause] ?? example.cause
    #expect(causeName(example.difference.mirrored, facts: example.facts) == expected)
  }

  @Test(arguments: nearMisses)
  func contentStaysContent(example: CauseCase) {
    #expect(causeName(example.difference, facts: example.facts) == "content")
  }

  static let times: [CauseCase] = [
    .field("clock", .time, "2024-05-01 12:00:00Z", "2024-05-03 07:31:09Z"),
    .field("clock", .time, "none", "2024-05-03 07:31:09Z", format: "gzip"),
    .field("clock", .time, "2024-05-01 12:00:00", "2024-06-01 12:00:04", format: "zip"),
    .line("clock", "Built on May  1 2024 at 12:00:00\n", "Built on Jun 12 2024 at 07:31:09\n"),
    .line("clock", "date: Wed, 01 May 2024 12:00:00 +0000\n", "date: Fri, 03 May 2024 07:31:09 +0000\n"),
    .line("clock", "#Wed May  1 12:00:00 UTC 2024\n", "#Fri May  3 07:31:09 UTC 2024\n"),
    .line("clock", "built 2024-05-01T12:00:00Z.\n", "built 2024-05-03T07:31:09.123Z.\n"),
    .line("clock", "(c) build 20240501\n", "(c) build 20240503\n"),
    .line("clock", "timestamp=1714564800\n", "timestamp=1714721469\n"),
    .line("clock", "x 1714564800 y\n", "x 1714721469 y\n"),
    .line("clock", "x=1714564800000\n", "x=1714721469123\n"),
    .line("clock", "on 5/1/2024\n", "on 5/3/2024\n"),
    .field(
      "clock", .data, "31 32 3a 30 30 3a 30 30  |12:00:00|, in \"at 12:00:00\"",
      "30 37 3a 33 31 3a 30 39  |07:31:09|, in \"at 07:31:09\"", region: ".rodata", format: "ELF", kind: .bytes),
    .field(
      "clock", nil, "80 2d 32 66  |.-2f|", "3d 91 34 66  |=.4f|", format: "other", kind: .bytes,
      facts: BuildFacts(epoch: 1_714_564_800)),
    .field("time-zone", .time, "2024-05-01 12:00:00", "2024-05-01 14:00:00", format: "zip"),
    .field("time-zone", .time, "2024-05-01 12:13:14Z", "2024-05-01 07:13:14Z"),
    .line("time-zone", "Wed May  1 12:00:00 UTC 2024\n", "Wed May  1 14:00:00 CEST 2024\n"),
    .line("time-zone", "2024-05-01T12:00:00+00:00\n", "2024-05-01T17:30:00+05:30\n"),
    .line("time-zone", "TZ=UTC\n", "TZ=Europe/Berlin\n"), .line("time-zone", "at +0000\n", "at +0200\n"),
  ]

  static let places: [CauseCase] = [
    .line("build-path", "cc -I/build/a-1/include\n", "cc -I/build/b-22/include\n"),
    .line("build-path", "file /build/one/src/main.c:12\n", "file /tmp/two/src/main.c:12\n"),
    .line("build-path", "file src/main.c\n", "file /build/one/src/main.c\n"),
    .field("build-path", .path, "/build/one", "/build/other", region: "DW_AT_comp_dir", format: "ELF"),
    .line("build-path", "srcdir=/opt/one\n", "srcdir=/opt/two\n"),
    .line("build-path", "made in /x/p/a\n", "made in /x/q/a\n", facts: BuildFacts(buildPath: "/x/p")),
    .field(
      "build-path", .debug, nil, "61 61  |aa|, in \"/build/aab/src/main.c\"", region: ".debug_str", format: "ELF",
      kind: .extra),
    .line("home", "cache /home/alice/.cache/x\n", "cache /home/bob/.cache/x\n"),
    .line("home", "HOME=/root\n", "HOME=/home/builder\n"),
    .line("home", "in /root/.m2/x\n", "in /Users/jo/.m2/x\n"),
    .line("randomness", "file /tmp/ccAbC123.o\n", "file /tmp/ccxYz789.o\n"),
    .line("randomness", "in /tmp/tmpa1b2c3d4/x\n", "in /tmp/tmpz9y8x7w6/x\n"),
    .line("randomness", "id 6ba7b810-9dad-11d1-80b4-00c04fd430c8\n", "id 6ba7b811-9dad-4fd1-80b4-00c04fd430ff\n"),
    .line("randomness", "<object at 0x7f3a12b4c5d0>\n", "<object at 0x7fbb12b4c910>\n"),
    .line("randomness", "seed: 12345\n", "seed: 99887\n"),
    .line("randomness", "x = {'a', 'b', 'c'}\n", "x = {'c', 'a', 'b'}\n"),
    .field(
      "randomness", .identity, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b811-9dad-4fd1-80b4-00c04fd430ff",
      format: "ext file system"),
  ]

  static let people: [CauseCase] = [
    .field("user-group", .owner, "0", "1000"), .field("user-group", .owner, "root", "alice"),
    .line("user-group", "Built-By: alice\n", "Built-By: bob\n"),
    .line("user-group", "USER=alice\n", "USER=bob\n"),
    .line("user-group", "uid=1000(alice)\n", "uid=1000(bob)\n"),
    .line("user-group", "uid=1000(alice) gid=1\n", "uid=1001(alice) gid=1\n"),
    .line("user-group", "(alice@one.example.org)\n", "(bob@one.example.org)\n"),
    .line("user-group", "by alice@machine\n", "by bob@machine\n"),
    .line("user-group", "made by alice\n", "made by bob\n", facts: BuildFacts(user: "alice")),
    .field("host-name", .host, "builder1", "laptop", region: "BUILDHOST", format: "RPM"),
    .line("host-name", "Build-Host: one\n", "Build-Host: two\n"),
    .line("host-name", "on one\n", "on two\n", facts: BuildFacts(hostName: "two")),
    .line("host-name", "root@one\n", "root@two\n"), .line("host-name", "Linux one 6.1.0 x\n", "Linux two 6.1.0 x\n"),
    .line("locale", "LANG=C.UTF-8\n", "LANG=de_DE.UTF-8\n"), .line("locale", "size 3.14 MB\n", "size 3,14 MB\n"),
    .line("locale", "cannot open 'x'\n", "cannot open ‘x’\n"), .line("locale", "on 1 May\n", "on 1 Mai\n"),
    .field("locale", .order, "1: B, C, a, …", "1: a, B, C, …", region: "order of members", kind: .order),
    .field("umask-modes", .mode, "0644", "0664"), .field("umask-modes", .mode, "0755", "0700"),
    .field("umask-modes", .mode, "0100644", "0100600", format: "cpio"),
    .line("umask-modes", "-rw-r--r-- x\n", "-rw-rw-r-- x\n"),
  ]

  static let systems: [CauseCase] = [
    .field("file-order", .order, "1: b, a, c", "1: a, c, b", region: "order of members", kind: .order),
    .line("locale", "words: B D a c\n", "words: a B c D\n"),
    .line("file-order", "made of b.c a.c c.c on 2 disks\n", "made of c.c b.c a.c on 2 disks\n"),
    .line("randomness", "at {'a', 'b', 'c', 'd'} x\n", "at {'c', 'd', 'a', 'b'} x\n"),
    .line("file-order", "b\na\nc\n", "a\nb\nc\n"), .line("file-order", "SRC = b.c a.c c.c\n", "SRC = a.c b.c c.c\n"),
    .line("parallelism", "make -j4 all\n", "make -j16 all\n"), .line("parallelism", "jobs: 4\n", "jobs: 16\n"),
    .line("parallelism", "parallel=2\n", "parallel=8\n"),
    .line("processor", "flags: -O2 -march=native\n", "flags: -O2 -march=x86-64\n"),
    .line("processor", "on x86_64\n", "on aarch64\n"),
    .line("processor", "model name : Intel Xeon\n", "model name : AMD EPYC\n"),
    .field(
      "processor", .generator, "GNU C17 12.2.0 -mtune=generic -g", "GNU C17 12.2.0 -mtune=generic -mavx2 -g",
      region: "producer", format: "ELF"),
    .line("kernel", "built on Linux 5.10.0-28-amd64\n", "built on Linux 6.1.0-13-amd64\n"),
    .line("kernel", "with 5.15.0-91-generic\n", "with 6.5.0-14-generic\n"),
    .line("builder-system", "a\r\nb\r\n", "a\nb\n"), .field("builder-system", .platform, "FAT", "Unix", format: "gzip"),
    .field("builder-system", .text, "2 × CR LF", "2 × LF", region: "line endings", format: "text", kind: .text),
    .field("file-order", .platform, "1", "2", region: "inode number", format: "cpio"),
    .line("builder-system", "x\\y\\z\n", "x/y/z\n"),
  ]

  static let stamps: [CauseCase] = [
    .field(
      "toolchain", .generator, "GCC: (Debian 12.2.0-14) 12.2.0", "GCC: (Debian 11.3.0-1) 11.3.0", region: ".comment",
      format: "ELF"),
    .field(
      "toolchain", .data, "31 32  |12|, in \"GCC: (Debian 12.2.0-14) 12.2.0\"",
      "31 33  |13|, in \"GCC: (Debian 13.2.0-14) 13.2.0\"", region: ".comment", format: "ELF", kind: .bytes),
    .line("toolchain", "Generator: bdist_wheel (0.43.0)\n", "Generator: bdist_wheel (0.45.1)\n"),
    .line("toolchain", "Created-By: 17.0.9 (Debian)\n", "Created-By: 17.0.12 (Debian)\n"),
    .line("toolchain", "Depends: libc6 (>= 2.34)\n", "Depends: libc6 (>= 2.36)\n"),
    .line("toolchain", "made with gcc 12.2.0\n", "made with gcc 13.1.0\n"),
    .line("toolchain", "compiler: gcc-12\n", "compiler: clang-15\n"), .line("toolchain", "go 1.21\n", "go 1.22\n"),
    .line("toolchain", "# generated by dh_python3/5.1\n", "# generated by dh_python3/6.2\n"),
    .field("compression", .compression, "usual", "best", region: "gzip level", format: "gzip"),
    .field(
      "compression", .compression, "the same contents, compressed differently: 20 bytes",
      "the same contents, compressed differently: 22 bytes", region: "compressed data", format: "gzip", kind: .bytes),
    .field("version-stamp", .version, "1.0", "1.1"),
    .line("version-stamp", "Version: 1.2.3\n", "Version: 1.2.4\n"),
    .line("version-stamp", "PROJECT_VERSION=1.2\n", "PROJECT_VERSION=1.3\n"),
    .line("version-stamp", "v1.2\n", "v1.2-dirty\n"),
    .line("version-stamp", "commit 1a2b3c4d5e6f\n", "commit 9f8e7d6c5b4a\n"),
    .line("version-stamp", "hello 1.0-3-g1a2b3c4\n", "hello 1.0-5-g9f8e7d6\n"),
    .line("signature", "-----BEGIN PGP SIGNATURE-----\nabc\n", "-----BEGIN PGP SIGNATURE-----\nxyz\n"),
  ]

  static let fields: [CauseCase] = [
    .field("signature", .signature, "aa", "bb", format: "PE", kind: .bytes),
    .field(
      "uninitialised-padding", .padding, "90  |.|", "66 90  |f.|", region: ".text padding after main", format: "ELF",
      kind: .bytes),
    .field("uninitialised-padding", .padding, "00 00  |..|", "41 42  |AB|", kind: .bytes),
    .field("debug-information", .debug, nil, "x", region: ".debug_info", format: "ELF", kind: .extra),
    .field("debug-information", .data, "x", nil, region: ".symtab", format: "ELF", kind: .missing),
    .field(
      "debug-information", .debug, "01 02  |..|", "03 04  |..|", region: ".debug_info", format: "ELF", kind: .bytes),
    CauseCase(
      cause: "missing-file",
      difference: Difference(id: "d1", path: ["a"], format: "tar", kind: .missing, shipped: "file, 3 bytes")),
    CauseCase(
      cause: "extra-file",
      difference: Difference(id: "d1", path: ["a"], format: "tar", kind: .extra, rebuilt: "file, 3 bytes")),
    CauseCase(
      cause: "signature",
      difference: Difference(
        id: "d1", path: ["META-INF/CERT.RSA"], format: "zip", kind: .missing, shipped: "file, 3 bytes")),
  ]

  /// What must never be explained away.
  static let nearMisses: [CauseCase] = [
    .line("content", "return 0;\n", "return 1;\n"), .line("content", "limit 12:30\n", "limit 12:45\n"),
    .line("content", "port 8080\n", "port 8443\n"), .line("content", "allow 10.0.0.1\n", "allow 10.0.0.2\n"),
    // Whatever else differs beside a time is not explained by the time.
    .line("content", "built 2024-05-01, admin = no\n", "built 2024-05-03, admin = yes\n"),
    .line("content", "load /usr/lib/a.so\n", "load /usr/lib/b.so\n"),
    .line("content", "load /lib/one/a.so\n", "load /lib/two/a.so\n"),
    .line("content", "mail <a@example.org>\n", "mail <b@example.org>\n"),
    .line("content", "key 5d41402abc4b2a76b9719d911017c592\n", "key 7d793037a0760186574b0282f2f435e7\n"),
    .line("content", "ccache12\n", "ccfiles3\n"), .line("content", "x = {1, 2, 3}\n", "x = {1, 2, 4}\n"),
    .line("content", "0x7f3a12b4c5d0\n", "0x7fbb12b4c910\n"), .line("content", "1.2.3\n", "1.2.4\n"),
    .line("content", "a 9999999999 b\n", "a 8888888888 b\n"), .line("content", "may be\n", "mars be\n"),
    .field("content", .mode, "0755", "04755"), .field("content", .mode, "0100644", "0120644"),
    .field("content", .code, "90 90  |..|", "cc 90  |..|", region: ".text", format: "ELF", kind: .bytes),
    .field("content", .data, "61  |a|", "62  |b|", region: ".rodata", format: "ELF", kind: .bytes),
    .field("content", nil, "80 2d 32 66  |.-2f|", "3d 91 34 66  |=.4f|", format: "other", kind: .bytes),
    .field("content", .checksum, "aa", "bb"), .field("content", .flags, "none", "1"),
    .field(
      "content", .text, "1 lines with spaces at their end", "2 lines with spaces at their end",
      region: "spaces at line ends", format: "text", kind: .text),
    CauseCase(
      cause: "content",
      difference: Difference(
        id: "d1", path: ["a.txt"], region: "lines -3,0 +4", format: "text", role: .text, kind: .extra, rebuilt: "evil\n"
      )),
  ]
}
