import FoundationEssentials
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import TransparencyLog

/// The proofs of transparency-dev/merkle, those that must fail included.
@Suite struct MerkleVectorTests {
  static let folder = Checkout.root.appending("Tests/TransparencyLogTests/Vectors")

  struct Inclusion: Decodable {
    let leafIdx: UInt64
    let treeSize: UInt64
    let root: String
    let leafHash: String
    let proof: [String]?
    let desc: String
    let wantErr: Bool
  }

  struct Consistency: Decodable {
    let size1: UInt64
    let size2: UInt64
    let root1: String
    let root2: String
    let proof: [String]?
    let desc: String
    let wantErr: Bool
  }

  /// All files of a kind; the count says that none went missing.
  private func files<Value: Decodable>(_ name: String, _ count: Int) throws -> [(String, Value)] {
    let found = try FixtureProcess.shell("cd \"$1\" && find . -name '*.json'", [Self.folder.appending(name).string])
    let names = found.output.split(separator: "\n").map(String.init)
    try #require(names.count == count)
    return try names.map {
      let bytes = try TemporaryFolder.read(Self.folder.appending(name).appending(FilePath($0).components))
      return ($0, try JSONDecoder().decode(Value.self, from: Data(bytes)))
    }
  }

  /// Nil for what is no hash, which no proof with it can then have shown.
  private func hash(_ text: String) -> SHA256Digest? { Base64.bytes(text).flatMap { SHA256Digest(bytes: $0) } }

  /// As above; but some roots are words, which stand for hashes that are as equal as they are.
  private func root(_ text: String) -> SHA256Digest? {
    Base64.bytes(text).flatMap { $0.starts(with: "don't".utf8) ? TreeHash.leaf($0) : SHA256Digest(bytes: $0) }
  }

  @Test func inclusion() throws {
    for (name, vector) in try files("inclusion", 98) as [(String, Inclusion)] {
      let proof = (vector.proof ?? []).map(hash)
      var holds = false
      if let root = hash(vector.root), let leaf = hash(vector.leafHash), proof.allSatisfy({ $0 != nil }) {
        holds = TreeProof.includes(
          leaf: leaf, index: vector.leafIdx, size: vector.treeSize, proof: proof.compactMap { $0 }, root: root)
      }
      #expect(holds == !vector.wantErr, "\(name): \(vector.desc)")
    }
  }

  @Test func consistency() throws {
    for (name, vector) in try files("consistency", 98) as [(String, Consistency)] {
      let proof = (vector.proof ?? []).map(hash)
      var holds = false
      if let old = root(vector.root1), let new = root(vector.root2), proof.allSatisfy({ $0 != nil }) {
        holds = TreeProof.extends(
          oldSize: vector.size1, oldRoot: old, newSize: vector.size2, newRoot: new, proof: proof.compactMap { $0 })
      }
      #expect(holds == !vector.wantErr, "\(name): \(vector.desc)")
    }
  }

  /// RFC 6962, 2.1, as it is written there.
  static func root(_ leaves: ArraySlice<[UInt8]>) -> SHA256Digest {
    guard leaves.count > 1, let first = leaves.indices.first else {
      return leaves.first.map { TreeHash.leaf($0) } ?? TreeHash.empty
    }
    var half = 1
    while half * 2 < leaves.count { half *= 2 }
    return TreeHash.node(root(leaves[first..<first + half]), root(leaves[(first + half)...]))
  }

  @Test func hashes() {
    #expect(TreeHash.empty.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(TreeHash.leaf([]).hex == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    let leaves = (0..<70).map { [UInt8($0)] }
    for count in 1...70 {
      let row = leaves[..<count].flatMap { TreeHash.leaf($0).bytes }
      #expect(TreeHash.digest(TreeHash.root(over: row[...])) == Self.root(leaves[..<count]))
    }
  }
}
