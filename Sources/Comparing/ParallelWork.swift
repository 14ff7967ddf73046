extension ComparisonLimits {
  /// Does work for each element, as many at once as there are processors, and gives the results in order.
  ///
  /// Where `isEnough` says so of a value, no further work is begun; what was begun before still gives its values.
  func inParallel<Element: Sendable, Value: Sendable>(
    _ elements: [Element], until isEnough: (Value) -> Bool = { _ in false },
    _ work: @Sendable @escaping (Element) async throws -> Value
  ) async throws -> [Value] {
    guard elements.count > 1 else {
      var values: [Value] = []
      for element in elements { values.append(try await work(element)) }
      return values
    }
    return try await withThrowingTaskGroup(of: (Int, Value).self) { group in
      var values = [Value?](repeating: nil, count: elements.count)
      var next = 0
      func begin() {
        guard next < elements.count else { return }
        let (index, element) = (next, elements[next])
        next += 1
        group.addTask { @concurrent in (index, try await work(element)) }
      }
      for _ in 0..<parallel { begin() }
      while let (index, value) = try await group.next() {
        values[index] = value
        if isEnough(value) { next = elements.count }
        begin()
      }
      return values.compactMap { $0 }
    }
  }
}
