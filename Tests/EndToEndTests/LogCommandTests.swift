import Glibc
import SystemPackage
import TestFixtures
import Testing

/// `verbatim log` as its keeper, a witness and a reader call it.
@Suite struct LogCommandTests {
  /// A log with its key, in a folder of its own.
  private struct Place {
    let folder: TemporaryFolder
    let key: String

    init() throws {
      folder = try TemporaryFolder()
      let made = try Self.run(
        """
        set -e
        verbatim key new k --algorithm ed25519 --passphrase-env P >/dev/null
        verbatim log init log --origin log.example/test --key k --passphrase-env P
        """, in: folder)
      try #require(made.status == 0, "\(made.errors)")
      key = String(made.output.dropLast())
    }

    static func run(_ script: String, in folder: TemporaryFolder, _ more: [String] = []) throws -> FixtureProcess.Result
    {
      try FixtureProcess.shell(
        "cd \"$1\"; program=$2; shift 2; export P=secret; verbatim() { \"$program\" \"$@\"; }\n" + script,
        [folder.path.string, try Checkout.program.string] + more)
    }

    /// `$1` is the log's key.
    func run(_ script: String) throws -> FixtureProcess.Result { try Self.run(script, in: folder, [key]) }
  }

  static func record(_ number: Int) -> String {
    let digits = String(number)
    let digest = String(repeating: "0", count: 64 - digits.count) + digits
    return
      #"{"artifact":"sha256:\#(digest)","record":1,"statement":"sha256:\#(digest)","time":"2026-01-31T12:00:00Z","verdict":"reproduced"}"#
  }

  @Test func threeParties() throws {
    let place = try Place()
    let done = try place.run(
      """
      set -e
      echo product >product; echo statement >statement
      export SOURCE_DATE_EPOCH=1700000000
      verbatim log add log --artifact product --statement statement --verdict different --key k --passphrase-env P
      verbatim log prove log 0 --log-key "$1" -o proof
      sum() { sha256sum $1 | cut -d' ' -f1; }
      printf '{"artifact":"sha256:%s","record":1,"statement":"sha256:%s","time":"2023-11-14T22:13:20Z","verdict":"different"}' \\
        $(sum product) $(sum statement) >record
      verbatim log verify proof --record record --log-key "$1"
      echo "$1" >log.vkey
      verbatim log checkpoint log --log-key log.vkey -o first
      verbatim key new w --algorithm ed25519 --passphrase-env P >/dev/null
      witness=$(verbatim key show w.pub --name witness.example | sed -n 's/^witness *//p')
      cat record record >more
      ! verbatim log add log --records more --key k --passphrase-env P 2>/dev/null
      (cat record; echo; cat record; echo) | verbatim log add log --records - --key k --passphrase-env P
      verbatim log checkpoint log --log-key log.vkey --since first --cosign-as witness.example --key w --passphrase-env P \\
        -o log/checkpoint
      verbatim log verify log --log-key log.vkey --witness "$witness" --quorum 1
      verbatim log prove log 2 --log-key log.vkey | verbatim log verify /dev/stdin --record record --log-key log.vkey \\
        --witness "$witness" --quorum 1
      """)
    #expect(done.status == 0, "\(done.errors)")
    let lines = done.output.split(separator: "\n")
    #expect(lines.count == 5, "\(lines)")
    #expect(lines[0] == "Added entry 0." && lines[2] == "Added entries 1 to 2.")
    #expect(lines[1].hasPrefix("log.example/test has at index 0: different for "))
    #expect(lines[3].hasPrefix("All 3 entries") && lines[3].contains("Cosigned by witness.example at 20"))
    #expect(lines[4].contains("index 2") && lines[4].contains("Cosigned by witness.example at 20"))
  }

  /// A signer that is another program: openssl with a key of its own.
  @Test func externalSigner() throws {
    let place = try Place()
    let done = try place.run(
      """
      set -e; umask 077
      openssl genpkey -algorithm ed25519 -out plain; openssl pkey -in plain -pubout -out plain.pub
      cat >sign <<'END'
      cat >bytes; openssl pkeyutl -sign -rawin -inkey plain -in bytes
      END
      verbatim log init theirs --origin their.example --signer 'sh sign' --public-key plain.pub >vkey
      verbatim log verify theirs --log-key vkey
      ! verbatim log init bad --origin their.example --signer 'echo no' --public-key plain.pub
      ! verbatim log init bad --origin their.example --signer 'exit 3' --public-key plain.pub
      [ ! -e bad/checkpoint ]
      """)
    #expect(done.status == 0, "\(done.errors)")
    #expect(done.errors.contains("are no signature by SHA256:") && done.errors.contains("it failed"))
  }

  @Test(arguments: [
    ("init log --origin x --key k --passphrase-env P", "there is something in it already"),
    ("init new --origin 'a b' --key k --passphrase-env P", "without white space"),
    ("init new --origin x", "Name what signs"), ("add nothing --records r --key k --passphrase-env P", "no checkpoint"),
    ("add log --records none --key k --passphrase-env P", "No such file"),
    ("add log --records junk --key k --passphrase-env P", "line 1 of junk: it is no record"),
    ("add log --records long --key k --passphrase-env P", "more than 4096 bytes"),
    ("add log --records r --key other --passphrase-env P", "did not sign it"),
    ("add log --records r --artifact r --key k", "Give either"),
    ("prove log 7 --log-key \"$1\"", "has 0 entries"), ("prove log 0 --log-key x", "--log-key takes"),
    ("verify log --log-key \"$1\" --quorum 1", "--quorum takes"),
    ("verify junk --record r --log-key \"$1\"", "no empty line"),
    ("checkpoint log --log-key \"$1\" --cosign-as w --key k", "cosigned last"),
    ("checkpoint log --log-key \"$1\" --since junk", "no empty line"),
  ]) func refused(arguments: String, text: String) throws {
    let place = try Place()
    try place.folder.write("r", Self.record(1) + "\n")
    try place.folder.write("junk", "junk\n")
    try place.folder.write("long", String(repeating: "a", count: 10_000))
    let result = try place.run(
      """
      verbatim key new other --algorithm ed25519 --passphrase-env P >/dev/null
      cp log/checkpoint before
      verbatim log \(arguments) </dev/null; status=$?
      cmp before log/checkpoint >&2 && exit $status
      """)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains(text), "\(result.errors)")
  }

  /// Additions that are killed at any moment: what was acknowledged is in the log, and the log never forks.
  @Test func killed() throws {
    let place = try Place()
    var acknowledged: [Int: Int] = [:]
    var next = 0
    try place.folder.write("record", Self.record(0))
    for round in 0..<14 {
      let first = next
      let records = (0..<4000).map { Self.record(first + $0) + "\n" }.joined()
      next += 4000
      try place.folder.write("records", records)
      try place.folder.write("out", "")
      try #require(try place.run("cp log/checkpoint before").status == 0)
      let process = FixtureProcess.spawn(
        "/bin/sh",
        [
          "-c",
          "cd \"$0\"; P=secret exec \"$1\" log add log --records records --batch \(1 + round * 17 % 40) --key k --passphrase-env P >out 2>err",
          place.folder.path.string, try Checkout.program.string,
        ])
      // Every other time surely while it adds, however busy the machine is.
      for _ in 0..<1000 where round % 2 == 0 {
        if try !place.folder.read("out").isEmpty { break }
        usleep(10_000)
      }
      usleep(UInt32.random(in: 0...300_000))
      kill(process, SIGKILL)
      let status = FixtureProcess.wait(process)
      #expect(status == 128 + SIGKILL || status == 0)
      var record = first
      for line in String(decoding: try place.folder.read("out"), as: UTF8.self).split(separator: "\n") {
        let numbers = line.split { !$0.isNumber }.compactMap { Int($0) }
        guard line.hasSuffix("."), let from = numbers.first, let to = numbers.last else { continue }
        for index in from...to {
          acknowledged[index] = record
          record += 1
        }
      }
      let checked = try place.run(
        "verbatim log verify log --log-key \"$1\" && verbatim log checkpoint log --log-key \"$1\" --since before >/dev/null"
      )
      #expect(checked.status == 0, "round \(round): \(checked.errors)")
    }
    #expect(acknowledged.count > 50, "only \(acknowledged.count) were acknowledged before the kills")
    for index in acknowledged.keys.shuffled().prefix(25) {
      try place.folder.write("record", Self.record(acknowledged[index] ?? -1))
      let proven = try place.run(
        "verbatim log prove log \(index) --log-key \"$1\" -o proof && verbatim log verify proof --record record --log-key \"$1\""
      )
      #expect(proven.status == 0, "\(proven.errors)")
    }
    // All of them, from the bundles, which the verification above has tied to the checkpoint.
    let entries = try bundles(place)
    for (index, record) in acknowledged { #expect(entries[index] == Self.record(record)) }
  }

  private func bundles(_ place: Place) throws -> [String] {
    let checkpoint = String(decoding: try place.folder.read("log/checkpoint"), as: UTF8.self)
    let size = try #require(Int(checkpoint.split(separator: "\n")[1]))
    var entries: [String] = []
    while entries.count < size {
      let digits = String(entries.count / 256)
      let width = size - entries.count < 256 ? ".p/\(size - entries.count)" : ""
      let name = String(repeating: "0", count: 3 - digits.count) + digits + width
      var bytes = try place.folder.read("log/tile/entries/\(name)")[...]
      while let high = bytes.popFirst(), let low = bytes.popFirst() {
        let length = Int(high) << 8 | Int(low)
        entries.append(String(decoding: bytes.prefix(length), as: UTF8.self))
        bytes = bytes.dropFirst(length)
      }
    }
    return entries
  }
}
