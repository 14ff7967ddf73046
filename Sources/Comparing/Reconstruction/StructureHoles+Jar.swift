import Formats
import Model
import Signatures

extension StructureHoles {
  /// The signature of the shipped jar, after it was verified; nil where no exception declares one.
  func jar(_ layout: Layout) async throws -> JarSignature.Found? {
    guard let index = exception(.jarSignature, pair.path) ?? exception(.apkSignature, pair.path) else { return nil }
    var contents: [String: Region] = [:]
    for region in layout.regions where region.name == "content" { contents[layout.groups[region.group].text] = region }
    let names = layout.groups.filter(\.isMember).map(\.name)
    do {
      guard let trusted = try reconstructor.exceptions[index].trusted() else {
        return JarSignature.Found(exception: index, signer: DeclaredException.words(nil))
      }
      // A package may have the later schemes alone.
      if reconstructor.exceptions[index].kind == .apkSignature, !names.contains(where: { $0.hasSuffix(".SF") }) {
        return nil
      }
      let signers = try await JarVerification(names: names) { name in
        guard let region = contents[name] else { return Content([]) }
        guard case .file(let codec, _, nil) = region.shape else { throw SignatureError("\(name) cannot be read") }
        return try await decoded(region, codec)
      }.signers(trusted: trusted)
      return JarSignature.Found(exception: index, signer: DeclaredException.words(signers))
    } catch let error as SignatureError {
      throw Refused(path: pair.path, error)
    }
  }

  /// The folder of a signature, which Java's tool puts behind the manifest: the rebuilt bytes at another place.
  func movedFolder(_ region: Region, _ partner: Region, _ walk: Walk, at place: Int64) throws -> [Hole]? {
    guard walk.jar != nil, walk.group == nil, walk.shipped.groups[region.group].name == JarSignature.folder,
      !region.isGap, region.length == partner.length
    else { return nil }
    func manifest(_ layout: Layout) -> Region? {
      layout.regions.first { $0.name == region.name && layout.groups[$0.group].name == JarSignature.manifest }
    }
    guard let ours = manifest(walk.shipped), let theirs = manifest(walk.rebuilt), ours.offset < region.offset,
      partner.offset < theirs.offset
    else { return nil }
    var bytes = try pair.rebuilt.bytes(at: partner.offset, count: Int(partner.length))
    if region.name == "central entry", bytes.count >= 46,
      let header = walk.shipped.regions.first(where: { $0.group == region.group && $0.name == "local header" })
    {
      for index in 0..<4 { bytes[42 + index] = UInt8(truncatingIfNeeded: header.offset >> Int64(8 * index)) }
    }
    let before = walk.rebuilt.regions.last { $0.end <= partner.offset && $0.group != partner.group }
    let key = before.map { Key($0, walk.rebuilt) }
    let end = key == nil ? 0 : walk.shipped.regions.first { Key($0, walk.shipped) == key }?.end
    guard let end else { return nil }
    let path = path(region, walk)
    return [
      Hole(shipped: end..<end, rebuilt: partner.range, filling: .derived([], what: "order"), path: path),
      Hole(shipped: region.range, rebuilt: place..<place, filling: .derived(bytes, what: "order"), path: path),
    ]
  }
}
