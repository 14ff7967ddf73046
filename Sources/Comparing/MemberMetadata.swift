import Archives
import Model

/// What an archive says about a member beside its bytes, a named value each.
struct MemberField: Sendable {
  /// The region of a difference.
  let name: String
  /// Whether it is a time.
  let isTime: Bool
  /// The value as people read it; nil where the archive does not say.
  let value: @Sendable (Member) -> String?

  private init(_ name: String, isTime: Bool = false, _ value: @escaping @Sendable (Member) -> String?) {
    self.name = name
    self.isTime = isTime
    self.value = value
  }

  private static func time(
    _ name: String, _ value: @escaping @Sendable (ArchiveEntry) -> ArchiveEntry.Timestamp?
  ) -> MemberField {
    MemberField(name, isTime: true) { member in
      value(member.entry).map { TimeText.text($0.seconds, nanoseconds: $0.nanoseconds) }
    }
  }

  /// All of them, in the order of a report.
  static let all: [MemberField] = [
    MemberField("type") { $0.entry.kind.rawValue },
    MemberField("size") { $0.entry.kind == .file ? "\($0.size) bytes" : nil },
    MemberField("mode") { "0" + String($0.entry.mode, radix: 8) },
    time("mtime") { $0.modified },
    time("atime") { $0.accessed },
    time("ctime") { $0.changed },
    time("birth time") { $0.created },
    MemberField("uid") { String($0.entry.userID) },
    MemberField("gid") { String($0.entry.groupID) },
    MemberField("user name") { $0.entry.userName },
    MemberField("group name") { $0.entry.groupName },
    MemberField("link target") { $0.entry.linkTarget.map(ExactText.text) },
    MemberField("device numbers") { $0.entry.device.map { "\($0.major), \($0.minor)" } },
    MemberField("extended attributes") { attributes($0.entry.extendedAttributes) },
    MemberField("access control list") { $0.entry.hasAccessControlList ? "has one" : nil },
    MemberField("file flags") { $0.entry.flags },
    MemberField("sparse parts") { extents($0.entry.extents) },
  ]

  /// The fields in which two members differ.
  static func differences(_ shipped: Member, _ rebuilt: Member, path: [String]) -> [Difference] {
    guard shipped.entry != rebuilt.entry || shipped.size != rebuilt.size else { return [] }
    return all.compactMap { field in
      let values = (field.value(shipped), field.value(rebuilt))
      guard values.0 != values.1 else { return nil }
      return Difference(
        path: path, region: field.name, kind: .value, shipped: values.0, rebuilt: values.1,
        cause: nil)
    }
  }

  /// Sorted by name, for their order in the archive means nothing.
  private static func attributes(_ attributes: [ArchiveEntry.ExtendedAttribute]) -> String? {
    guard !attributes.isEmpty else { return nil }
    return attributes.map { "\(ExactText.text($0.name))=\(Hexadecimal.string($0.value))" }.sorted()
      .joined(separator: ", ")
  }

  private static func extents(_ extents: [ArchiveEntry.Extent]) -> String? {
    guard !extents.isEmpty else { return nil }
    return extents.map { "\($0.offset)+\($0.length)" }.joined(separator: ", ")
  }
}
