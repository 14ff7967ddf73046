import CLibArchive

extension ArchiveEntry {
  /// Copies everything out of libarchive's entry, which it reuses for the next one.
  init(copying entry: OpaquePointer, index: Int, headerOffset: Int64, warning: String?) {
    self.init(
      index: index,
      pathBytes: unsafe Self.bytes(archive_entry_pathname(entry)) ?? [],
      kind: unsafe Self.kind(of: entry),
      size: unsafe archive_entry_size_is_set(entry) != 0 ? unsafe archive_entry_size(entry) : nil,
      mode: unsafe UInt32(archive_entry_perm(entry)) & 0o7777,
      userID: unsafe archive_entry_uid(entry),
      groupID: unsafe archive_entry_gid(entry),
      userName: unsafe Self.text(archive_entry_uname(entry)),
      groupName: unsafe Self.text(archive_entry_gname(entry)),
      extendedAttributes: unsafe Self.attributes(of: entry),
      extents: unsafe Self.extents(of: entry),
      hasAccessControlList: unsafe archive_entry_acl_types(entry) != 0,
      flags: unsafe Self.text(archive_entry_fflags_text(entry)),
      headerOffset: headerOffset,
      warnings: warning.map { [$0] } ?? [])
    unsafe copyTimes(entry)
    switch kind {
    case .hardLink: linkTarget = unsafe Self.bytes(archive_entry_hardlink(entry)) ?? []
    case .symbolicLink: linkTarget = unsafe Self.bytes(archive_entry_symlink(entry)) ?? []
    case .characterDevice, .blockDevice:
      device = unsafe DeviceNumber(
        major: UInt64(archive_entry_rdevmajor(entry)), minor: UInt64(archive_entry_rdevminor(entry)))
    case .file, .folder, .fifo, .socket, .unknown: break
    }
  }

  private mutating func copyTimes(_ entry: OpaquePointer) {
    if unsafe archive_entry_mtime_is_set(entry) != 0 {
      modified = unsafe Timestamp(
        seconds: Int64(archive_entry_mtime(entry)), nanoseconds: Int64(archive_entry_mtime_nsec(entry)))
    }
    if unsafe archive_entry_atime_is_set(entry) != 0 {
      accessed = unsafe Timestamp(
        seconds: Int64(archive_entry_atime(entry)), nanoseconds: Int64(archive_entry_atime_nsec(entry)))
    }
    if unsafe archive_entry_ctime_is_set(entry) != 0 {
      changed = unsafe Timestamp(
        seconds: Int64(archive_entry_ctime(entry)), nanoseconds: Int64(archive_entry_ctime_nsec(entry)))
    }
    if unsafe archive_entry_birthtime_is_set(entry) != 0 {
      created = unsafe Timestamp(
        seconds: Int64(archive_entry_birthtime(entry)),
        nanoseconds: Int64(archive_entry_birthtime_nsec(entry)))
    }
  }

  private static func kind(of entry: OpaquePointer) -> Kind {
    if unsafe archive_entry_hardlink(entry) != nil { return .hardLink }
    return switch unsafe UInt32(archive_entry_filetype(entry)) & VERBATIM_IFMT {
    case VERBATIM_IFREG: .file
    case VERBATIM_IFDIR: .folder
    case VERBATIM_IFLNK: .symbolicLink
    case VERBATIM_IFCHR: .characterDevice
    case VERBATIM_IFBLK: .blockDevice
    case VERBATIM_IFIFO: .fifo
    case VERBATIM_IFSOCK: .socket
    // ar and a compressed single file say nothing of a type; what has bytes is a file.
    case 0: .file
    default: .unknown
    }
  }

  private static func extents(of entry: OpaquePointer) -> [Extent] {
    var found: [Extent] = []
    guard unsafe archive_entry_sparse_reset(entry) > 0 else { return found }
    var offset: Int64 = 0
    var length: Int64 = 0
    while unsafe archive_entry_sparse_next(entry, &offset, &length) == ARCHIVE_OK {
      found.append(Extent(offset: offset, length: length))
    }
    return found
  }

  private static func attributes(of entry: OpaquePointer) -> [ExtendedAttribute] {
    var found: [ExtendedAttribute] = []
    guard unsafe archive_entry_xattr_reset(entry) > 0 else { return found }
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var count = 0
    while unsafe archive_entry_xattr_next(entry, &name, &value, &count) == ARCHIVE_OK {
      guard let name = unsafe bytes(name) else { continue }
      found.append(
        ExtendedAttribute(name: name, value: unsafe Array(UnsafeRawBufferPointer(start: value, count: count)))
      )
    }
    return found
  }

  private static func bytes(_ pointer: UnsafePointer<CChar>?) -> [UInt8]? {
    guard let pointer = unsafe pointer else { return nil }
    var length = 0
    while unsafe pointer[length] != 0 { length += 1 }
    return unsafe Array(UnsafeRawBufferPointer(start: pointer, count: length))
  }

  private static func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let bytes = unsafe bytes(pointer), !bytes.isEmpty else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
