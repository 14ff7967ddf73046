import Archives
import Model
import SystemPackage

/// What a file of any kind shows of its build.
struct FileFacts {
  /// What an archive's entries say.
  struct Listing {
    var format = ""
    var count = 0
    /// At most a thousand.
    var times: Set<Int64> = []
    var owners: Set<String> = []
    var modes: Set<UInt32> = []
  }

  var fields: [FileField] = []
  /// The name of its format, where it is known.
  var format: String?
  var texts = FileTexts()
  var listing: Listing?

  init() {}

  init(_ path: FilePath) throws {
    do {
      let read = try FileFields(path)
      (fields, format) = (read.fields, read.format)
      texts = try FileTexts(path)
    } catch let error as Errno {
      throw InferenceError("reading \(path): \(error.description)")
    }
    // What is no archive, or a broken one, has no listing, or as much of one as can be read.
    var listing = Listing()
    try? Self.list(path, into: &listing)
    if listing.count > 0 { self.listing = listing }
  }

  private static func list(_ path: FilePath, into listing: inout Listing) throws {
    var reader = try ArchiveReader(path: path)
    while listing.count < 100_000, let entry = try reader.nextEntry() {
      listing.count += 1
      listing.format = reader.formatName
      if let time = entry.modified?.seconds, listing.times.count < 1000 { listing.times.insert(time) }
      if listing.owners.count < 20 {
        listing.owners.insert("\(entry.userName ?? "\(entry.userID)"):\(entry.groupName ?? "\(entry.groupID)")")
      }
      if entry.kind == .file { listing.modes.insert(entry.mode & 0o777) }
    }
  }

  /// Values of fields whose names end so, each once, in the order of the file.
  func values(named suffix: String) -> [String] {
    var found: [String] = []
    for field in fields where field.name.hasSuffix(suffix) && !found.contains(field.value) {
      found.append(field.value)
    }
    return found
  }

  /// Fields of a role, each value once.
  func fields(of role: Difference.Role) -> [FileField] {
    var seen: Set<String> = []
    return fields.filter { $0.role == role && seen.insert($0.value).inserted }
  }
}
