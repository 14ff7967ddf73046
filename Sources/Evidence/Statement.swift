public import Keys
public import Model

/// What is said of artifacts: in-toto Statement v1.
public struct Statement: Hashable, Sendable {
  /// What every one says that it is.
  public static let type = "https://in-toto.io/Statement/v1"
  /// How many subjects one has at most, as other people's verifiers have it.
  public static let subjectLimit = 1024

  /// What it is about; each with a name and a SHA-256.
  public let subjects: [ResourceDescriptor]
  /// What kind of thing it says.
  public let predicateType: String
  /// What it says.
  public let predicate: JSONTree

  /// Makes a statement of its parts.
  /// - Throws: `EvidenceError` when it has no subject, too many, or one that others cannot match.
  public init(
    subjects: [ResourceDescriptor], predicateType: String, predicate: JSONTree, named name: String = "a statement"
  ) throws(EvidenceError) {
    guard !subjects.isEmpty, subjects.count <= Self.subjectLimit else {
      throw EvidenceError(
        .malformed, "reading \(name): it has \(subjects.count) subjects, and 1 to \(Self.subjectLimit) are needed")
    }
    guard subjects.allSatisfy({ $0.digest["sha256"]?.utf8.count == 64 }) else {
      throw EvidenceError(.malformed, "reading \(name): a subject has no SHA-256")
    }
    guard !predicateType.isEmpty, predicate.members != nil else {
      throw EvidenceError(.malformed, "reading \(name): it has no predicate")
    }
    self.subjects = subjects
    self.predicateType = predicateType
    self.predicate = predicate
  }

  /// Reads a payload; unknown names are left out.
  /// - Throws: `EvidenceError` when it is no statement.
  public init(payload: [UInt8], named name: String) throws(EvidenceError) {
    let tree = try JSONReader.read(payload, named: name)
    guard tree["_type"]?.text == Self.type else {
      throw EvidenceError(.wrongType, "reading \(name): its _type is not \(Self.type)")
    }
    guard let list = tree["subject"]?.list, let type = tree["predicateType"]?.text, let predicate = tree["predicate"]
    else { throw EvidenceError(.malformed, "reading \(name): it lacks subject, predicateType or predicate") }
    guard list.count <= Self.subjectLimit else {
      throw EvidenceError(
        .tooMuch, "reading \(name): it has \(list.count) subjects, and at most \(Self.subjectLimit) are read")
    }
    var subjects: [ResourceDescriptor] = []
    for (place, value) in list.enumerated() {
      subjects.append(try ResourceDescriptor(value, named: "subject \(place + 1) of \(name)"))
    }
    try self.init(subjects: subjects, predicateType: type, predicate: predicate, named: name)
  }

  /// The statement as it is signed: the same bytes for the same statement.
  public var payload: [UInt8] {
    JSONTree.members([
      "_type": .text(Self.type), "subject": .list(subjects.map(\.tree)), "predicateType": .text(predicateType),
      "predicate": predicate,
    ]).bytes
  }

  /// Whether it is about an artifact.
  public func isAbout(_ artifact: SHA256Digest) -> Bool { subjects.contains { $0.digest["sha256"] == artifact.hex } }

  /// The statement, signed.
  public func sign(with signers: [any Signing]) async throws -> Envelope {
    try await Envelope.sign(payload, with: signers)
  }

  /// Reads the statement of an envelope once it is known who signed it.
  ///
  /// - Returns: the statement and those of the keys that signed it, each once.
  /// - Throws: `EvidenceError` when the payload is of another type, none of the keys signed it, or it is no statement.
  public static func verified(
    _ envelope: Envelope, by keys: [PublicKey], named name: String
  ) throws(EvidenceError) -> (statement: Statement, signers: [PublicKey]) {
    guard envelope.payloadType == Envelope.inTotoType else {
      throw EvidenceError(
        .wrongType, "verifying \(name): its payload is of the type \"\(envelope.payloadType.prefix(100))\"",
        details: ["Statements are of the type \(Envelope.inTotoType)."])
    }
    let signers = try envelope.signers(among: keys, named: name)
    return (try Statement(payload: envelope.payload, named: "the statement in \(name)"), signers)
  }
}
