import Model
import Signatures
import SystemPackage

/// A file of a folder that is declared to be the signature of another one beside it.
struct FolderSignature {
  private let reconstructor: Reconstructor
  private let folder: FilePath
  private let path: String
  private let index: Int

  /// Nil where no exception declares it.
  init?(_ reconstructor: Reconstructor, folder: FilePath, path: String) throws {
    let index = reconstructor.exceptions.firstIndex { $0.kind == .detachedSignature && $0.covers([path]) }
    guard let index else { return nil }
    (self.reconstructor, self.folder, self.path, self.index) = (reconstructor, folder, path, index)
  }

  /// The whole file is the patch, once the signature holds.
  func outcome(shipped: Content, rebuilt: Content) throws -> Reconstructor.Outcome {
    var outcome = Reconstructor.Outcome()
    do {
      let signer = try verify(shipped)
      let hole = Hole(
        shipped: 0..<shipped.size, rebuilt: 0..<rebuilt.size,
        filling: .inserted(exception: index, what: "signature", signer: signer))
      let pair = PartPair(path: [path], shipped: shipped, rebuilt: rebuilt, depth: 0)
      try ReconstructionPatches(exceptions: reconstructor.exceptions)
        .add(ReconstructionPlan(pair: pair, holes: [hole]), to: &outcome)
      outcome.sha256 = try BytesText.digest(shipped, 0..<shipped.size)
    } catch let error as SignatureError {
      outcome.refusals = Refused(path: [path], error).items
    } catch let refusal as Refused {
      outcome.refusals = refusal.items
    }
    return outcome
  }

  private func verify(_ signature: Content) throws -> String {
    guard let name = SignatureFile.nameOfSigned(path),
      let file = try? OpenFile.artifact(folder.appending(name))
    else { throw SignatureError("there is no file beside it that it could be of") }
    let content = Content(file)
    return try SignatureFile.check(
      try SignatureFile.bytes(signature, 0..<signature.size), reconstructor.exceptions[index]
    ) { content.pieces([0..<content.size]) }
  }
}
