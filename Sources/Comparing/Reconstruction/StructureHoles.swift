import Archives
import Formats
import Model
import Signatures

/// Finds the holes of a file that a format knows: named fields, members, and what follows from these.
struct StructureHoles {
  private static let depthLimit = 8

  let reconstructor: Reconstructor
  let pair: PartPair
  /// The places that exceptions declare without the format's help.
  let declared: [Hole]

  /// What one layout is walked with.
  struct Walk {
    let shipped: Layout
    let rebuilt: Layout
    let path: [String]
    /// The group of the whole file's layout that all of it is in; nil for that layout itself.
    var group: Int?
    var within: Region?
    var depth = 0
    /// The signature of a jar, where an exception declares it.
    var jar: JarSignature.Found?
    /// The name of the member that all of it is of.
    var member: String?
  }

  /// All holes but the declared ones; none where no format knows both sides.
  func find() async throws -> [Hole] {
    let explainer = reconstructor.explainer
    var sources = (pair.shipped.source(), pair.rebuilt.source())
    let name = pair.path.last.map { String($0.split(separator: "/").last ?? "") }
    let heads = (try FileHead(&sources.0, name: name), try FileHead(&sources.1, name: name))
    for format in explainer.formats where format.recognises(heads.0) && format.recognises(heads.1) {
      let shipped = try format.layout(of: &sources.0)
      let rebuilt = try format.layout(of: &sources.1)
      guard [shipped, rebuilt].allSatisfy({ $0.regions.contains { !$0.isGap } }) else { continue }
      // A container that breaks its format's rules may be read otherwise by others.
      guard shipped.note == nil, rebuilt.note == nil else { return [] }
      let derived = DerivedFields(
        format: format.name, content: pair.shipped, layout: shipped, explainer: explainer, depth: pair.depth)
      var walk = Walk(shipped: shipped, rebuilt: rebuilt, path: pair.path)
      if format.name == "zip" { walk.jar = try await jar(shipped) }
      return try await holes(walk, derived)
    }
    return []
  }

  private func holes(_ walk: Walk, _ derived: DerivedFields) async throws -> [Hole] {
    var partners: [Key: Region] = [:]
    for region in walk.rebuilt.regions { partners[Key(region, walk.rebuilt)] = region }
    var holes: [Hole] = []
    // What else is refused is told as well.
    var refusals: [Refused.Item] = []
    var rebuiltEnd = walk.rebuilt.regions.first?.offset ?? 0
    let streams = streams(walk)
    for region in walk.shipped.regions {
      if let covering = declared.first(where: { $0.shipped.contains(region.range) && !$0.shipped.isEmpty }) {
        rebuiltEnd = max(rebuiltEnd, covering.rebuilt.upperBound)
        continue
      }
      guard let partner = partners.removeValue(forKey: Key(region, walk.shipped)) else {
        do {
          if let hole = try await alone(region, walk, derived, at: rebuiltEnd) { holes.append(hole) }
        } catch let refusal as Refused {
          refusals += refusal.items
        }
        continue
      }
      if let moved = try movedFolder(region, partner, walk, at: rebuiltEnd) {
        holes += moved
        continue
      }
      rebuiltEnd = partner.end
      if streams.contains(where: { $0.contains(region.range) }), !isStream(region) { continue }
      if try region.length == partner.length
        && Content.equal(pair.shipped, at: region.offset, pair.rebuilt, at: partner.offset, count: region.length)
      {
        continue
      }
      do {
        holes += try await self.holes(region, partner, walk, derived)
      } catch let refusal as Refused {
        refusals += refusal.items
      }
    }
    guard refusals.isEmpty else { throw Refused(refusals) }
    return holes + unneededPadding(walk, Set(partners.keys), derived)
  }

  /// Bytes that fill up and that only the rebuilt side needs.
  private func unneededPadding(_ walk: Walk, _ alone: Set<Key>, _ derived: DerivedFields) -> [Hole] {
    guard !alone.isEmpty else { return [] }
    var ends: [Key: Int64] = [:]
    for region in walk.shipped.regions { ends[Key(region, walk.shipped)] = region.end }
    return zip(walk.rebuilt.regions, walk.rebuilt.regions.dropFirst()).compactMap { before, region in
      guard alone.contains(Key(region, walk.rebuilt)), derived.padding(region) != nil,
        let end = ends[Key(before, walk.rebuilt)]
      else { return nil }
      return Hole(shipped: end..<end, rebuilt: region.range, filling: .derived([], what: "padding"))
    }
  }

  /// Compressed streams whose headers the compression itself makes.
  private func streams(_ walk: Walk) -> [Range<Int64>] {
    walk.shipped.regions.compactMap { region in
      guard case .file(let codec?, _, let whole?) = region.shape, codec != .gzip else { return nil }
      return whole
    }
  }

  private func isStream(_ region: Region) -> Bool {
    if case .file(_, _, .some) = region.shape { true } else { false }
  }

  private func holes(
    _ region: Region, _ partner: Region, _ walk: Walk, _ derived: DerivedFields
  ) async throws -> [Hole] {
    let path = path(region, walk)
    let name = displayName(region, walk)
    if case .field = region.shape, case .field = partner.shape,
      let index = reconstructor.exceptions.firstIndex(where: {
        $0.kind == .field && $0.field == name && $0.covers(path)
      })
    {
      return [hole(region, partner, path, .inserted(exception: index, what: name))]
    }
    if region.name == "APK signing block", let index = exception(.apkSignature, path) {
      return [hole(region, partner, path, try apkFilling(index, region, walk))]
    }
    if case .field = region.shape, region.role == .time, let jar = walk.jar, walk.member == JarSignature.manifest {
      return [hole(region, partner, path, .inserted(exception: jar.exception, what: "time of the manifest"))]
    }
    if case .file = region.shape, let jar = walk.jar, JarSignature.isPart(walk.shipped.groups[region.group].name) {
      return [hole(region, partner, path, jar.filling)]
    }
    if case .file(let codec, _, nil) = region.shape, let index = exception(.detachedSignature, path) {
      let signer = try await detached(index, region, codec, walk)
      return [hole(region, partner, path, .inserted(exception: index, what: "signature", signer: signer))]
    }
    switch (region.shape, partner.shape) {
    case (.structure(let structure), .structure(let other)):
      guard walk.depth < Self.depthLimit else { return [] }
      var sources = (pair.shipped.source(), pair.rebuilt.source())
      let shipped = try structure.layout(of: &sources.0, region.range)
      let rebuilt = try other.layout(of: &sources.1, partner.range)
      guard shipped.note == nil, rebuilt.note == nil else { return [] }
      let inner = Walk(
        shipped: shipped, rebuilt: rebuilt, path: path, group: walk.group ?? region.group, within: region,
        depth: walk.depth + 1, jar: walk.jar, member: walk.member ?? walk.shipped.groups[region.group].name)
      return try await holes(inner, derived)
    case (.file(let codec, let name, let whole), .file(let other, _, let otherWhole)) where codec == other:
      do {
        let inner = try await FileHoles(reconstructor: reconstructor, pair: pair).hole(
          FileHoles.Place(
            path: path, name: name, codec: codec, region: region, shipped: whole ?? region.range,
            rebuilt: otherWhole ?? partner.range, partner: partner, jar: walk.jar))
        return [inner]
      } catch is Unexplainable {
        throw Refused(
          path: path, reason: "its compressed contents differ and cannot be unpacked, and no exception declares that")
      }
    default:
      let other = try pair.rebuilt.bytes(at: partner.offset, count: Int(min(partner.length, 1024)))
      var bytes = derived.padding(region)
      if bytes == nil { bytes = try await derived.bytes(region, in: walk.group ?? region.group, other: other) }
      guard let bytes, Int64(bytes.count) == region.length else { return [] }
      return [hole(region, partner, path, .derived(bytes, what: name))]
    }
  }

  /// A region that only shipped has.
  private func alone(
    _ region: Region, _ walk: Walk, _ derived: DerivedFields, at place: Int64
  ) async throws -> Hole? {
    func added(_ filling: Hole.Filling) -> Hole {
      Hole(shipped: region.range, rebuilt: place..<place, filling: filling, path: path(region, walk))
    }
    let isMember = walk.shipped.groups[region.group].isMember
    if isMember, walk.group == nil, !region.isGap, let index = exception(.detachedSignature, path(region, walk)),
      !walk.rebuilt.groups.contains(where: { $0.isMember && $0.name == walk.shipped.groups[region.group].name })
    {
      let content = walk.shipped.regions.first { $0.group == region.group && $0.name == "content" }
      guard let content, case .file(let codec, _, nil) = content.shape else {
        throw Refused(path: path(region, walk), SignatureError("it has no content"))
      }
      let signer = try await detached(index, content, codec, walk)
      return added(.inserted(exception: index, what: "signature", signer: signer))
    }
    if let bytes = derived.padding(region) { return added(.derived(bytes, what: "padding")) }
    guard walk.group == nil else { return nil }
    if region.name == "APK signing block", let index = exception(.apkSignature, walk.path) {
      return added(try apkFilling(index, region, walk))
    }
    guard isMember, !region.isGap, JarSignature.isPart(walk.shipped.groups[region.group].name) else { return nil }
    return walk.jar.map { added($0.filling) }
  }

  /// Who signed the member whose name is that of a signature without its end.
  private func detached(_ index: Int, _ region: Region, _ codec: Codec?, _ walk: Walk) async throws -> String {
    let path = path(region, walk)
    let group = walk.shipped.groups[region.group]
    do {
      guard let name = SignatureFile.nameOfSigned(group.name),
        let signed = walk.shipped.regions.first(where: { other in
          other.name == "content" && walk.shipped.groups[other.group].name == name
        }), case .file(let signedCodec, _, nil) = signed.shape
      else { throw SignatureError("there is no file beside it that it could be of") }
      let signature = try await decoded(region, codec)
      let content = try await decoded(signed, signedCodec)
      return try SignatureFile.check(
        try SignatureFile.bytes(signature, 0..<signature.size), reconstructor.exceptions[index]
      ) { content.pieces([0..<content.size]) }
    } catch let error as SignatureError {
      throw Refused(path: path, error)
    }
  }

  func decoded(_ region: Region, _ codec: Codec?) async throws -> Content {
    let content = pair.shipped.part(region.range)
    guard let codec else { return content }
    return try await DecodedContent(side: .shipped, explainer: reconstructor.explainer, depth: pair.depth)
      .decode(content, codec).get()
  }

  private func apkFilling(_ index: Int, _ block: Region, _ walk: Walk) throws -> Hole.Filling {
    do {
      let signers = try reconstructor.exceptions[index].trusted().map { trusted in
        guard let end = walk.shipped.regions.first(where: { $0.name == "end record" }) else {
          throw SignatureError("the package has no end")
        }
        return try ApkVerification(content: pair.shipped, block: block.range, end: end.offset)
          .signers(trusted: trusted)
      }
      return .inserted(exception: index, what: "signature", signer: DeclaredException.words(signers))
    } catch let error as SignatureError {
      throw Refused(path: walk.path, error)
    }
  }

  func exception(_ kind: DeclaredException.Kind, _ path: [String]) -> Int? {
    reconstructor.exceptions.firstIndex { $0.kind == kind && $0.covers(path) }
  }

  private func hole(_ region: Region, _ partner: Region, _ path: [String], _ filling: Hole.Filling) -> Hole {
    Hole(shipped: region.range, rebuilt: partner.range, filling: filling, path: path)
  }

  /// As the differences have it.
  func path(_ region: Region, _ walk: Walk) -> [String] {
    let group = walk.shipped.groups[region.group]
    return group.isMember ? walk.path + [group.text] : walk.path
  }

  /// As the differences have it.
  private func displayName(_ region: Region, _ walk: Walk) -> String {
    let group = walk.shipped.groups[region.group]
    let prefix = group.isMember || group.name.isEmpty ? "" : group.name + " "
    let name =
      region.isGap ? (walk.within.map { "\($0.name), \(region.name)" } ?? "unnamed bytes \(region.name)") : region.name
    return prefix + name + (region.occurrence == 0 ? "" : " #\(region.occurrence + 1)")
  }

  /// What regions of two layouts are paired by.
  struct Key: Hashable {
    let group: String
    let groupOccurrence: Int
    let isMember: Bool
    let name: String
    let occurrence: Int

    init(_ region: Region, _ layout: Layout) {
      let group = layout.groups[region.group]
      self.group = group.name
      groupOccurrence = group.occurrence
      isMember = group.isMember
      (name, occurrence) = (region.name, region.occurrence)
    }
  }
}

extension Range<Int64> {
  /// Whether all of another range is within it.
  fileprivate func contains(_ other: Range<Int64>) -> Bool {
    lowerBound <= other.lowerBound && other.upperBound <= upperBound
  }
}
