import Model

/// Finds which differences are there only because others are.
///
/// Differences are taken in steps, those that nothing feeds first; each step follows only what earlier steps left as
/// roots. So nothing follows a follower, and there is no cycle.
struct Propagation {
  /// What a difference follows from.
  struct Feeder: Equatable {
    let root: Int
    let confidence: Double
    let evidence: String
  }

  /// The steps after the roots, in order.
  private enum Step: Int, CaseIterable {
    case packing, compiled, part, debug, identity, compression, listed, size, checksum, moved, offset
  }

  private let differences: [Difference]
  private let verdicts: [CauseList.Verdict]
  private let displaced: Set<Int>
  private let tree: PathTree
  private var roots: FeedingRoots
  private let ranks: [Int]
  private var members: MemberNames
  private var sections = LoneSections()

  /// For each difference what it follows from; nil for roots.
  ///
  /// - Parameter displaced: those that the other side has at another place.
  static func feeders(
    _ differences: [Difference], _ verdicts: [CauseList.Verdict], displaced: Set<Int>
  ) -> [Feeder?] {
    var propagation = Propagation(differences, verdicts, displaced)
    return propagation.run()
  }

  private init(_ differences: [Difference], _ verdicts: [CauseList.Verdict], _ displaced: Set<Int>) {
    self.differences = differences
    self.displaced = displaced
    self.verdicts = verdicts
    tree = PathTree(differences)
    ranks = Self.ranks(differences)
    roots = FeedingRoots(tree, ranks: ranks)
    members = MemberNames(tree, ranks: ranks, isNeeded: differences.contains { MemberNames.isList($0) })
  }

  /// The numbers of their ids, where they have some, so that the result does not depend on the order of the list.
  static func ranks(_ differences: [Difference]) -> [Int] {
    differences.enumerated().map { index, difference in Int(difference.id.dropFirst()) ?? index }
  }

  private mutating func run() -> [Feeder?] {
    var feeders = [Feeder?](repeating: nil, count: differences.count)
    var steps: [[Int]] = Array(repeating: [], count: Step.allCases.count)
    for index in differences.indices {
      if let step = step(index) { steps[step.rawValue].append(index) } else { add(index) }
    }
    for step in Step.allCases {
      for index in steps[step.rawValue] { feeders[index] = feeder(index, step) }
      // Only now, so that nothing depends on the order within a step.
      for index in steps[step.rawValue] {
        if let feeder = feeders[index] { pass(on: feeder.root, through: index) } else { add(index) }
      }
    }
    return feeders
  }

  /// What feeds a follower feeds what the follower is within: the checksum of a list of checksums.
  private mutating func pass(on root: Int, through follower: Int) {
    roots.add(
      root, at: tree.nodes[follower], format: differences[follower].format ?? "", lengthSorts(differences[follower]))
    sections.add(differences[follower], at: tree.nodes[follower], root: root, rank: ranks[root])
  }

  private func lengthSorts(_ difference: Difference) -> FeedingRoots.Sorts {
    switch difference.kind {
    case .missing, .extra, .text, .bytes, .order, .moved: [.any, .length]
    case .value: difference.shipped?.utf8.count == difference.rebuilt?.utf8.count ? .any : [.any, .length]
    }
  }

  private mutating func add(_ index: Int) {
    let difference = differences[index]
    var sorts = lengthSorts(difference)
    let isLoneFile = difference.region == nil && (difference.kind == .missing || difference.kind == .extra)
    if difference.kind == .order || isLoneFile { sorts.insert(.order) }
    let verdict = verdicts[index]
    if ["toolchain", "processor"].contains(verdict.cause.name) { sorts.insert(.compiler) }
    let isStripped = verdict.cause.name == "debug-information" && verdict.cause.confidence > 0.9
    if verdict.hasEvidence, verdict.cause.name != "debug-information" || isStripped { sorts.insert(.evident) }
    if verdict.cause.name == "compression" { sorts.insert(.compression) }
    roots.add(index, at: tree.nodes[index], format: difference.format ?? "", sorts)
    members.add(index, at: tree.nodes[index])
    sections.add(difference, at: tree.nodes[index], root: index, rank: ranks[index])
  }

  /// What kind of follower a difference may be; nil for one that is a root in any case.
  private func step(_ index: Int) -> Step? {
    let difference = differences[index]
    let verdict = verdicts[index]
    if difference.kind == .order { return difference.isInProgram ? .part : nil }
    if difference.isInode { return .moved }
    if difference.kind == .moved { return difference.role == .name ? nil : .moved }
    if MemberNames.isList(difference) { return .listed }
    if displaced.contains(index), !verdict.hasEvidence { return .offset }
    if difference.isFill || difference.isSameValue || difference.isOfPlaces { return .offset }
    if difference.isPackingField { return .packing }
    if difference.isOfDebugger, isOfCompiler(difference, verdict.cause) { return .compiled }
    // What names the parts of a program comes after the parts.
    if difference.isOfTable || LoneSections.names(difference) != nil, !verdict.hasEvidence { return .debug }
    switch difference.role {
    case .identity:
      return verdict.hasEvidence && difference.format != "ELF" && difference.format != "Mach-O" ? nil : .identity
    case .compression: return difference.kind == .bytes ? .compression : nil
    case .size: return .size
    case .checksum: return .checksum
    case .offset: return .offset
    case .debug: return verdict.hasEvidence && verdict.cause.confidence > 0.5 ? nil : .debug
    case .code, .data, .flags, .name, .path, .padding, nil:
      if difference.isInstalledSize { return .size }
      if verdict.cause.name == "debug-information" { return verdict.cause.confidence < 0.9 ? .debug : nil }
      return difference.region != nil && !verdict.hasEvidence ? .part : nil
    default: return difference.isInstalledSize ? .size : nil
    }
  }

  private func feeder(_ index: Int, _ step: Step) -> Feeder? {
    switch step {
    case .packing: packing(index)
    case .compiled: compiled(index)
    case .part, .debug: part(index, step)
    case .identity: identity(index)
    case .compression: compression(index)
    case .listed: listed(index)
    case .size: size(index)
    case .checksum: checksum(index)
    case .moved: moved(index)
    case .offset: offset(index)
    }
  }

  /// Whether another compiler gives it of the same folders: parts that only one has, or one folder written in two ways.
  private func isOfCompiler(_ difference: Difference, _ cause: Cause) -> Bool {
    guard cause.name == "build-path" || (cause.name == "debug-information" && cause.confidence > 0.5) else {
      return false
    }
    return [.missing, .extra, .bytes].contains(difference.kind) || cause.confidence <= 0.9
  }

  private func compiled(_ index: Int) -> Feeder? {
    roots.at(tree.nodes[index], format: differences[index].format ?? "", .compiler).map {
      Feeder(root: $0, confidence: 0.6, evidence: "compiled by what this difference names")
    }
  }

  /// Code and data of a file whose compiler or its options differ; debug information of a file that differs.
  private func part(_ index: Int, _ step: Step) -> Feeder? {
    let (difference, node) = (differences[index], tree.nodes[index])
    let format = difference.format ?? ""
    guard ContainerFormats.programs.contains(format) else { return nil }
    if let feeder = compiled(index) { return feeder }
    if step == .debug, let root = sections.root(difference, at: node) {
      return Feeder(root: root, confidence: 0.85, evidence: "an entry for a section that only one side has")
    }
    let evident = roots.at(node, format: format, .evident)
    if step == .debug, LoneSections.names(difference) != nil, !difference.isOfTable { return nil }
    if step == .debug, difference.isOfTable {
      guard let evident, verdicts[evident].cause.name == "debug-information" else { return nil }
      return Feeder(root: evident, confidence: 0.8, evidence: "an entry for debug information")
    }
    if step == .debug {
      guard let root = evident ?? roots.at(node, format: format, .any) else { return nil }
      return Feeder(root: root, confidence: 0.7, evidence: "debug information that describes what differs")
    }
    guard let evident, difference.kind == .order else { return nil }
    return Feeder(root: evident, confidence: 0.6, evidence: "an order that names change")
  }

  /// Fields of a zip entry that go with its method of compression.
  private func packing(_ index: Int) -> Feeder? {
    roots.at(tree.nodes[index], format: differences[index].format ?? "", .compression).map {
      Feeder(root: $0, confidence: 0.85, evidence: "goes with how the entry is compressed")
    }
  }

  private func identity(_ index: Int) -> Feeder? {
    let node = tree.nodes[index]
    let format = differences[index].format ?? ""
    let root = roots.at(node, format: format, .any) ?? roots.below(node, .any)
    return root.map { Feeder(root: $0, confidence: 0.95, evidence: "an identity of all that the file has") }
  }

  private func compression(_ index: Int) -> Feeder? {
    let node = tree.nodes[index]
    let format = differences[index].format ?? ""
    // Where the contents are the same, only how they are compressed is left.
    let isSame = differences[index].shipped?.hasPrefix("the same contents") ?? false
    if !isSame, let root = roots.within(node, otherThan: format, .any) {
      return Feeder(root: root, confidence: 0.95, evidence: "the compressed form of what differs")
    }
    return roots.at(node, format: format, .compression).map {
      Feeder(root: $0, confidence: 0.9, evidence: "compressed as this field says")
    }
  }

  /// A list of checksums, each line of which is about a member that differs.
  private func listed(_ index: Int) -> Feeder? {
    var first: Int?
    for line in MemberNames.lines(differences[index]) {
      guard let found = members.first(in: line, besides: tree.nodes[index]) else { return nil }
      first = first.map { ranks[$0] <= ranks[found] ? $0 : found } ?? found
    }
    return first.map { Feeder(root: $0, confidence: 0.97, evidence: "the checksum or size of a member that differs") }
  }

  private func size(_ index: Int) -> Feeder? {
    let difference = differences[index]
    if difference.isInstalledSize, let root = roots.around(PathTree.root, .length) {
      return Feeder(root: root, confidence: 0.7, evidence: "the size of all that is installed")
    }
    return counted(index, "the size or count of what differs")
  }

  private func checksum(_ index: Int) -> Feeder? {
    let (difference, node) = (differences[index], tree.nodes[index])
    let format = difference.format ?? ""
    let isContainer = ContainerFormats.names.contains(format)
    let isOfHeader = difference.region?.contains("header checksum") ?? false
    var root: Int?
    if isOfHeader || !isContainer { root = roots.at(node, format: format, .any) ?? roots.below(node, .any) }
    if root == nil, !isOfHeader { root = roots.within(node, otherThan: format, .any) }
    // A checksum may stand before the data or after it, as the method needs.
    if root == nil { root = roots.at(node, format: format, .compression) }
    if root == nil, !ContainerFormats.ofMembers.contains(format) { root = roots.at(node, format: format, .any) }
    return root.map { Feeder(root: $0, confidence: 0.95, evidence: "the checksum of what differs") }
  }

  private func moved(_ index: Int) -> Feeder? {
    let node = tree.nodes[index]
    let format = differences[index].format ?? ""
    let root = roots.at(node, format: format, .order) ?? roots.at(tree.parents[node], format: format, .order)
    if let root { return Feeder(root: root, confidence: 0.9, evidence: "at another place because of an order") }
    return roots.below(tree.parents[node], .order).map {
      Feeder(root: $0, confidence: 0.85, evidence: "counted after a file that only one side has")
    }
  }

  private func offset(_ index: Int) -> Feeder? {
    let (difference, node) = (differences[index], tree.nodes[index])
    guard difference.isOfPlaces || displaced.contains(index) else {
      let isSame = difference.isSameValue
      return counted(
        index, isSame ? "the same text at another place" : "a place after something that differs in length")
    }
    // A table of places tells of its own file alone.
    let format = difference.format ?? ""
    let root = roots.at(node, format: format, .length) ?? roots.below(node, .any)
    return root.map { Feeder(root: $0, confidence: 0.8, evidence: "a table of the places of what differs") }
  }

  /// What is nearest of what may be longer on one side: the contents, the same file, then what is around it.
  private func counted(_ index: Int, _ evidence: String) -> Feeder? {
    let node = tree.nodes[index]
    let format = differences[index].format ?? ""
    let isContainer = ContainerFormats.names.contains(format)
    // Where nothing within is longer, what differs is so when it is compressed.
    if isContainer,
      let root = roots.within(node, otherThan: format, .length) ?? roots.within(node, otherThan: format, .any)
    {
      return Feeder(root: root, confidence: 0.95, evidence: evidence)
    }
    // The length of what is compressed follows from every byte of it.
    if isContainer, let root = roots.within(node, otherThan: format, .any) {
      return Feeder(root: root, confidence: 0.8, evidence: evidence)
    }
    if isContainer, let root = roots.at(node, format: format, .compression) {
      return Feeder(root: root, confidence: 0.9, evidence: evidence)
    }
    if let root = roots.at(node, format: format, .length) {
      return Feeder(root: root, confidence: 0.9, evidence: evidence)
    }
    if !isContainer, let root = roots.below(node, .length) {
      return Feeder(root: root, confidence: 0.9, evidence: evidence)
    }
    var ancestor = node
    while ancestor != PathTree.root {
      ancestor = tree.parents[ancestor]
      if let root = roots.around(ancestor, .length) {
        return Feeder(root: root, confidence: 0.75, evidence: evidence)
      }
    }
    return roots.at(node, format: format, .any).map { Feeder(root: $0, confidence: 0.7, evidence: evidence) }
  }
}
