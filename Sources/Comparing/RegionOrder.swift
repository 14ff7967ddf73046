import Formats
import Model

/// Whether what both sides have comes in the same order.
struct RegionOrder {
  private let shipped: Layout
  private let rebuilt: Layout
  /// For each region of a side the number of its pair; -1 for those without.
  private var ours: [Int32]
  private var theirs: [Int32]
  private var count: Int32 = 0

  init(shipped: Layout, rebuilt: Layout) {
    self.shipped = shipped
    self.rebuilt = rebuilt
    ours = [Int32](repeating: -1, count: shipped.regions.count)
    theirs = [Int32](repeating: -1, count: rebuilt.regions.count)
  }

  mutating func pair(_ shipped: Int, _ rebuilt: Int) {
    ours[shipped] = count
    theirs[rebuilt] = count
    count += 1
  }

  /// The differences, without path and format.
  func differences(_ pairing: GroupPairing) -> [Difference] {
    var numbers = (
      [Int](repeating: -1, count: shipped.groups.count), [Int](repeating: -1, count: rebuilt.groups.count)
    )
    for (number, pair) in pairing.pairs.enumerated() {
      guard let one = pair.shipped, let other = pair.rebuilt else { continue }
      numbers.0[one] = number
      numbers.1[other] = number
    }
    var found: [Difference] = []
    func compare(_ name: String, _ left: [Int], _ right: [Int]) {
      let pairs = (left.filter { numbers.0[$0] >= 0 }, right.filter { numbers.1[$0] >= 0 })
      guard
        let parting = zip(pairs.0, pairs.1).enumerated().first(where: {
          numbers.0[$0.element.0] != numbers.1[$0.element.1]
        })?
        .offset
      else { return }
      found.append(
        difference(
          name, parting, pairs.0.map { shipped.groups[$0].text }, pairs.1.map { rebuilt.groups[$0].text }))
    }
    compare("order of members", Self.appearance(shipped), Self.appearance(rebuilt))
    for order in shipped.orders {
      guard let other = rebuilt.orders.first(where: { $0.name == order.name }) else { continue }
      compare(order.name, order.groups, other.groups)
    }
    return found.isEmpty ? parts() : found
  }

  /// Where groups come in the same order, that of all regions.
  private func parts() -> [Difference] {
    let left = ours.indices.filter { ours[$0] >= 0 }
    let right = theirs.indices.filter { theirs[$0] >= 0 }
    guard
      let parting = zip(left, right).enumerated().first(where: { ours[$0.element.0] != theirs[$0.element.1] })?.offset
    else { return [] }
    func name(_ layout: Layout, _ index: Int) -> String {
      let region = layout.regions[index]
      let group = layout.groups[region.group].text
      return group.isEmpty ? region.name : "\(group) \(region.name)"
    }
    return [
      difference(
        "order of parts", parting, left[parting...].prefix(4).map { name(shipped, $0) },
        right[parting...].prefix(4).map { name(rebuilt, $0) }, cut: true)
    ]
  }

  private func difference(
    _ name: String, _ parting: Int, _ left: [String], _ right: [String], cut: Bool = false
  ) -> Difference {
    func names(_ all: [String]) -> String {
      let shown = cut ? all.prefix(3) : all[parting...].prefix(3)
      let more = cut ? all.count > 3 : all.count > parting + 3
      return "\(parting + 1): \(shown.joined(separator: ", "))\(more ? ", …" : "")"
    }
    return Difference(
      path: [], region: name, role: .order, kind: .order, shipped: names(left), rebuilt: names(right))
  }

  /// The groups in the order in which their first regions come.
  private static func appearance(_ layout: Layout) -> [Int] {
    var seen = [Bool](repeating: false, count: layout.groups.count)
    var order: [Int] = []
    for region in layout.regions where !seen[region.group] {
      seen[region.group] = true
      if layout.groups[region.group].isMember { order.append(region.group) }
    }
    return order
  }
}
