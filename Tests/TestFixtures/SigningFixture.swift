import SystemPackage

/// Keys, certificates and signatures that the openssl command makes.
public struct SigningFixture: Sendable {
  /// Where all of them are.
  public let folder: TemporaryFolder

  /// A root, a signer whose certificate the root gave, and somebody else.
  public init() throws {
    folder = try TemporaryFolder()
    try run(
      """
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 1 -subj '/CN=Test Root'
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout signer.key -out signer.csr -subj '/O=Vendor/CN=Test Signer'
      openssl x509 -req -in signer.csr -CA root.pem -CAkey root.key -set_serial 0x2A -days 1 -out signer.pem
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem -days 1 -subj '/CN=Somebody Else'
      """)
  }

  /// A certificate in PEM: `root`, `signer` or `other`.
  public func certificate(_ name: String) throws -> String {
    String(decoding: try folder.read("\(name).pem"), as: UTF8.self)
  }

  /// A signature of bytes as DER; detached unless the options say otherwise.
  public func signature(of bytes: [UInt8], by name: String = "signer", options: String = "") throws -> [UInt8] {
    try folder.write("content", bytes)
    try run(
      "openssl cms -sign -binary -in content -signer \(name).pem -inkey \(name).key -md sha256 -outform DER "
        + "-out signature \(options)")
    return try folder.read("signature")
  }

  /// Runs a script in the folder; throws when it fails.
  public func run(_ script: String) throws {
    let result = try FixtureProcess.shell("set -e; cd \"$1\"\n" + script, [folder.path.string])
    guard result.status == 0 else { throw SigningFailure(text: result.errors) }
  }
}

/// What the openssl command said when it failed.
public struct SigningFailure: Error {
  /// Its standard error.
  public let text: String
}
