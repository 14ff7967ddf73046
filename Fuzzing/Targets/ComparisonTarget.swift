import Dispatch
import Model
import Synchronization

@testable import Comparing

/// The whole engine on two files: where bytes differ there are differences, and the accounting is of all bytes.
struct ComparisonTarget: FuzzTarget {
  let name = "comparison"

  func run(_ bytes: [UInt8]) throws {
    let cut = CutBytes(bytes)
    guard cut.first != cut.second else { return }
    var limits = ComparisonLimits()
    limits.unpackedBytes = 16 << 20
    limits.parallel = 1
    let explainer = Explainer(limits: limits, progress: SilentProgress())
    let pair = PartPair(path: [], shipped: Content(cut.first), rebuilt: Content(cut.second), depth: 0)
    let ended = DispatchSemaphore(value: 0)
    Task.detached {
      do {
        let found = try await explainer.explain(pair)
        guard !found.differences.isEmpty else { broken("bytes differ, and no difference is found") }
      } catch {
        broken("comparing bytes in memory threw \(error)")
      }
      ended.signal()
    }
    ended.wait()
  }
}
