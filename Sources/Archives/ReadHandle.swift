import CLibArchive

/// Owns libarchive's reader together with the feed that it reads from.
@safe struct ReadHandle: ~Copyable {
  /// A piece of the current entry's data; the pointer is valid until the next call.
  @unsafe struct Block {
    var offset: Int64
    var bytes: UnsafeRawBufferPointer
  }

  private let pointer: OpaquePointer
  let state: FeedState
  let name: String

  init(_ state: FeedState, name: String) {
    ArchiveLocale.prepare()
    guard let made = unsafe archive_read_new() else { fatalError("libarchive could not allocate a reader") }
    unsafe pointer = made
    self.state = state
    self.name = name
    unsafe Self.keepUnicodeForms(made)
  }

  // The feed is released after this body has run, so libarchive never sees one that is gone.
  deinit { unsafe archive_read_free(pointer) }

  /// Makes libarchive copy UTF-8 names as they are.
  ///
  /// Reading UTF-8 it composes them (Unicode form C), so a file would get another name than the archive gave it,
  /// and the tree another identity. It keeps one converter for each pair of character sets and looks for it by
  /// the pair alone; asking an entry for its UTF-8 name makes the one for writing, which does not compose.
  private static func keepUnicodeForms(_ archive: OpaquePointer) {
    guard let entry = unsafe archive_entry_new2(archive) else { return }
    unsafe archive_entry_set_pathname(entry, "x")
    _ = unsafe archive_entry_pathname_utf8(entry)
    unsafe archive_entry_free(entry)
  }

  /// Lets libarchive undo compression.
  ///
  /// Named one by one: "all" has some that run a program of the host (lrzip, grzip) on the hostile bytes.
  func supportFilters() {
    unsafe archive_read_support_filter_gzip(pointer)
    unsafe archive_read_support_filter_bzip2(pointer)
    unsafe archive_read_support_filter_xz(pointer)
    unsafe archive_read_support_filter_lzma(pointer)
    unsafe archive_read_support_filter_lzip(pointer)
    unsafe archive_read_support_filter_lz4(pointer)
    unsafe archive_read_support_filter_zstd(pointer)
    unsafe archive_read_support_filter_compress(pointer)
    unsafe archive_read_support_filter_rpm(pointer)
  }

  /// Lets libarchive take the whole as one entry.
  func supportRaw() { unsafe archive_read_support_format_raw(pointer) }

  /// Lets libarchive understand archives.
  ///
  /// Named one by one: "all" has mtree, which reads files of the host that the archive names. Zip only by its
  /// central directory: its reader for streams takes a cut archive for whole.
  func supportFormats(randomAccess: Bool) {
    unsafe archive_read_support_format_tar(pointer)
    unsafe archive_read_support_format_cpio(pointer)
    unsafe archive_read_support_format_ar(pointer)
    unsafe archive_read_support_format_cab(pointer)
    unsafe archive_read_support_format_xar(pointer)
    unsafe archive_read_support_format_iso9660(pointer)
    guard randomAccess else { return }
    unsafe archive_read_support_format_zip_seekable(pointer)
    unsafe archive_read_support_format_7zip(pointer)
  }

  /// Starts reading.
  func open() throws {
    unsafe archive_read_set_callback_data(pointer, Unmanaged.passUnretained(state).toOpaque())
    unsafe archive_read_set_read_callback(pointer, readCallback)
    if state.feed.randomAccessSize != nil {
      unsafe archive_read_set_skip_callback(pointer, skipCallback)
      unsafe archive_read_set_seek_callback(pointer, seekCallback)
    }
    let result = unsafe archive_read_open1(pointer)
    guard result == ARCHIVE_OK || result == ARCHIVE_WARN else { throw failure("opening") }
  }

  /// The next entry; nil at the archive's end.
  func nextEntry(index: Int) throws -> ArchiveEntry? {
    var entry: OpaquePointer?
    let result = unsafe archive_read_next_header(pointer, &entry)
    if result == ARCHIVE_EOF {
      if let failure = state.failure { throw failure }
      return nil
    }
    guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry = unsafe entry else {
      throw failure(index == 0 ? "reading the first entry of" : "reading entry \(index + 1) of")
    }
    return unsafe ArchiveEntry(
      copying: entry, index: index, headerOffset: max(0, archive_read_header_position(pointer)),
      warning: result == ARCHIVE_WARN ? errorText : nil)
  }

  /// The next piece of the current entry's data; nil at its end.
  func nextBlock() throws -> Block? {
    var start: UnsafeRawPointer?
    var count = 0
    var offset: Int64 = 0
    let result = unsafe archive_read_data_block(pointer, &start, &count, &offset)
    if result == ARCHIVE_EOF {
      if let failure = state.failure { throw failure }
      return nil
    }
    // A warning about data means that they are not what the archive says, so nothing but OK will do.
    guard result == ARCHIVE_OK else { throw failure("reading data of an entry of") }
    return unsafe Block(offset: offset, bytes: UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Goes to the end of the current entry with its padding.
  func skipData() throws {
    let result = unsafe archive_read_data_skip(pointer)
    guard result == ARCHIVE_OK || result == ARCHIVE_EOF else { throw failure("skipping an entry of") }
  }

  /// How many bytes the format has taken.
  var taken: Int64 { unsafe archive_filter_bytes(pointer, 0) }
  /// How many bytes the outermost decompressor has taken.
  var takenRaw: Int64 { unsafe archive_filter_bytes(pointer, -1) }
  /// libarchive's code of the format without its variant.
  var formatFamily: Int32 { unsafe archive_format(pointer) & ARCHIVE_FORMAT_BASE_MASK }
  /// The format's name, known after the first entry.
  var formatName: String {
    guard let name = unsafe archive_format_name(pointer) else { return "unknown" }
    return unsafe String(cString: name)
  }
  /// The names of the decompressors, outermost last; without the one that only passes bytes on.
  var filterNames: [String] {
    (0..<max(0, unsafe archive_filter_count(pointer) - 1)).map { index in
      guard let name = unsafe archive_filter_name(pointer, index) else { return "unknown" }
      return unsafe String(cString: name)
    }
  }

  private var errorText: String {
    guard let text = unsafe archive_error_string(pointer) else { return "no reason given" }
    return unsafe String(cString: text)
  }

  private func failure(_ doing: String) -> any Error {
    if let failure = state.failure { return failure }
    let text = errorText
    let lowered = text.lowercased()
    let code: ArchiveError.Code =
      if lowered.contains("unrecognized archive format") {
        .notAnArchive
      } else if lowered.contains("truncated") || lowered.contains("premature")
        || lowered.contains("unexpected eof")
      {
        .cut
      } else {
        .corrupt
      }
    return ArchiveError(code, "\(doing) \(name): \(text)")
  }
}
