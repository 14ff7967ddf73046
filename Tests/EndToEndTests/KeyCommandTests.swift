import SystemPackage
import TestFixtures
import Testing

/// `verbatim key` as a user calls it.
@Suite struct KeyCommandTests {
  /// Runs a script in a folder; `verbatim` is the program.
  private func run(_ script: String, in folder: TemporaryFolder) throws -> FixtureProcess.Result {
    try FixtureProcess.shell(
      "cd \"$1\"; program=$2; verbatim() { \"$program\" \"$@\"; }\n" + script,
      [folder.path.string, try Checkout.program.string])
  }

  @Test(arguments: ["ecdsa-p256", "ed25519"]) func newAndShow(kind: String) throws {
    let folder = try TemporaryFolder()
    let made = try run(
      """
      set -e; umask 0
      P=secret verbatim key new a.key --algorithm \(kind) --passphrase-env P >made
      echo secret | verbatim key show a.key --passphrase-fd 0 | cmp - made
      verbatim key show a.key.pub | cmp - made
      verbatim key show a.key.pub --json | grep -q '"algorithm" : "\(kind)"'
      stat -c %a a.key; openssl pkey -in a.key -passin pass:secret -pubout | cmp - a.key.pub
      sed -n '/BEGIN/,$p' made | cmp - a.key.pub
      """, in: folder)
    #expect(made.status == 0 && made.output == "600\n", "\(made.output) \(made.errors)")
  }

  @Test func imported() throws {
    let folder = try TemporaryFolder()
    let done = try run(
      """
      set -e; umask 077
      openssl ecparam -name prime256v1 -genkey -noout -out plain
      openssl pkcs8 -topk8 -in plain -passout pass:old -out sealed
      NEW=new verbatim key import plain a --passphrase-env NEW
      NEW=new OLD=old verbatim key import sealed b --passphrase-env NEW --from-passphrase-env OLD
      cmp a.pub b.pub; openssl pkey -in plain -pubout | cmp - a.pub
      """, in: folder)
    #expect(done.status == 0, "\(done.errors)")
  }

  @Test(arguments: [
    ("key show a --passphrase-env WRONG", "the passphrase does not open it"),
    ("key show a --passphrase-env UNSET", "the variable UNSET is not set"),
    ("key show a --passphrase-env EMPTY", "is empty"), ("key show a --passphrase-fd 77", "descriptor 77"),
    ("key show a.pub --name x", "Notes are signed with Ed25519"), ("key new a --passphrase-env P", "never overwritten"),
    ("key show open --passphrase-env P", "chmod 600 open"), ("key show plain --passphrase-env P", "is not encrypted"),
    ("key show nothing", "No such file"), ("key new x --passphrase-env P --passphrase-fd 0", "not with both"),
    ("key new x --algorithm rsa", "rsa"), ("key show a", "there is no terminal"),
    ("key show junk", "not one public key"),
  ]) func refused(arguments: String, text: String) throws {
    let folder = try TemporaryFolder()
    let result = try run(
      """
      export P=secret WRONG=wrong EMPTY=
      verbatim key new a --passphrase-env P >/dev/null || exit 99
      cp a open; chmod 644 open; echo junk >junk; (umask 077; openssl genpkey -algorithm ed25519 -out plain)
      ls >before
      exec setsid -w "$program" \(arguments)
      """, in: folder)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains(text), "\(result.errors)")
    #expect(!(try run("ls x x.pub", in: folder)).output.contains("x"))
  }
}
