import Archives
import Model
public import RecipeFormat
public import Store
import SystemPackage

/// The time that a source says it is of, for SOURCE_DATE_EPOCH.
///
/// For a Debian source package it is the date of its changelog's first entry, which is what dpkg-buildpackage uses;
/// for other archives the newest time of a member.
public enum SourceDate {
  /// The time of the sources of a lock in seconds since 1970; nil when none of them tells.
  public static func newest(of inputs: [LockedInput], store: Store) throws -> Int64? {
    var newest: Int64?
    for input in inputs {
      let date: Int64?
      if case .debian = input.input {
        date = try changelogDate(of: input.files, store: store)
      } else {
        date = try input.files.compactMap { try newestMember(of: $0, store: store) }.max()
      }
      if let date { newest = max(newest ?? date, date) }
    }
    return newest
  }

  private static func newestMember(of file: LockedFile, store: Store) throws -> Int64? {
    guard let path = try store.verified(file.sha256) else { return nil }
    var reader = try ArchiveReader(path: path)
    var newest: Int64?
    while let entry = try reader.nextEntry() {
      try Task.checkCancellation()
      guard let modified = entry.modified?.seconds else { continue }
      newest = max(newest ?? modified, modified)
    }
    return newest
  }

  /// Reads `debian/changelog` where the package format keeps it: in the Debian or native archive, or in the diff.
  private static func changelogDate(of files: [LockedFile], store: Store) throws -> Int64? {
    for file in files {
      guard let path = try store.verified(file.sha256) else { continue }
      if file.name.hasSuffix(".diff.gz") {
        var reader = try ArchiveReader(compressedFile: path)
        guard try reader.nextEntry() != nil else { continue }
        let text = String(decoding: try reader.readBytes(limit: 64 << 20), as: UTF8.self)
        if let date = ChangelogDate.first(inDiff: text) { return date }
      } else if file.name.contains(".tar.") && !file.name.contains(".orig") {
        if let date = try changelogMember(of: path) { return date }
      }
    }
    return nil
  }

  private static func changelogMember(of path: FilePath) throws -> Int64? {
    var reader = try ArchiveReader(path: path)
    while let entry = try reader.nextEntry() {
      let parts = entry.path.split(separator: "/").filter { $0 != "." }
      guard entry.kind == .file, parts.suffix(2) == ["debian", "changelog"], parts.count <= 3 else { continue }
      return ChangelogDate.first(in: String(decoding: try reader.readBytes(limit: 64 << 20), as: UTF8.self))
    }
    return nil
  }
}
