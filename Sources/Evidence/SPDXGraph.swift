import Model

/// The elements of a document of SPDX 3.0.1, in JSON-LD as its context has it.
struct SPDXGraph {
  private let namespace: String
  private var elements: [JSONTree] = []
  private var relationships = 0
  private let time: JSONTree
  /// Who says it all; the first element added, as its identifier.
  var creator = ""

  private static let creation = "_:creation"

  init(namespace: String, time: JSONTree) {
    self.namespace = namespace
    self.time = time
  }

  /// Adds an element and returns its identifier.
  mutating func add(_ type: String, _ name: String, _ properties: KeyValuePairs<String, JSONTree>) -> String {
    let identifier = "\(namespace)#\(name)"
    elements.append(
      .object(
        [
          .init("type", .text(type)), .init("spdxId", .text(identifier)),
          .init("creationInfo", .text(Self.creation)),
        ] + properties.map { .init($0.key, $0.value) }))
    return identifier
  }

  /// Adds a file.
  mutating func file(
    _ name: String, _ title: String, _ digest: SHA256Digest, purpose: String = "file", comment: String? = nil
  ) -> String {
    let identifier = add(
      "software_File", name,
      [
        "name": .text(title), "software_primaryPurpose": .text(purpose),
        "verifiedUsing": .list([Self.hash(digest)]), "comment": .text(comment ?? ""),
      ])
    guard comment == nil, case .object(let members) = elements[elements.count - 1] else { return identifier }
    elements[elements.count - 1] = .object(members.dropLast())
    return identifier
  }

  /// Says how one element stands to others.
  mutating func relate(_ from: String, _ type: String, _ to: [String]) {
    guard !to.isEmpty else { return }
    relationships += 1
    _ = add(
      "Relationship", "relationship-\(relationships)",
      ["from": .text(from), "relationshipType": .text(type), "to": .list(to.map(JSONTree.text))])
  }

  static func hash(_ digest: SHA256Digest) -> JSONTree {
    .members(["type": .text("Hash"), "algorithm": .text("sha256"), "hashValue": .text(digest.hex)])
  }

  /// The whole document.
  func document(name: String, roots: [String]) -> [UInt8] {
    let creation = JSONTree.members([
      "type": .text("CreationInfo"), "@id": .text(Self.creation), "specVersion": .text("3.0.1"), "created": time,
      "createdBy": .list([.text(creator)]),
    ])
    let document = JSONTree.members([
      "type": .text("SpdxDocument"), "spdxId": .text("\(namespace)#document"),
      "creationInfo": .text(Self.creation), "name": .text(name),
      "profileConformance": .list([.text("core"), .text("software"), .text("build")]),
      "rootElement": roots.isEmpty ? nil : .list(roots.map(JSONTree.text)),
      "element": .list(elements.compactMap { $0["spdxId"] }),
    ])
    return JSONTree.members([
      "@context": .text("https://spdx.org/rdf/3.0.1/spdx-context.jsonld"),
      "@graph": .list([creation, document] + elements),
    ]).bytes + [0x0A]
  }
}
