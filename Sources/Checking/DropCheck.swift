import Drops
import Model
import Store

extension CheckRequest {
  /// The same request of the recipe in a drop, where it names one; nil where it does not, or was opened already.
  ///
  /// Nothing is resolved or fetched for a drop: its lock is in it, and so are its inputs, but for those that were left out.
  func opened(_ store: Store, _ progress: any ProgressSink) throws -> CheckRequest? {
    guard drop == nil, let drop = try OpenedDrop.open(recipe, store: store, progress: progress) else { return nil }
    var request = self
    request.drop = drop
    request.recipe = drop.recipe
    request.locked = true
    request.offline = true
    return request
  }
}
