/// One entry of an archive, as the archive describes it; nothing in it refers to libarchive's memory.
public struct ArchiveEntry: Sendable, Hashable {
  /// What an entry is.
  public enum Kind: String, Sendable, CaseIterable {
    /// A regular file.
    case file
    /// A folder.
    case folder
    /// A symbolic link.
    case symbolicLink = "symbolic link"
    /// Another name of an entry that came before.
    case hardLink = "hard link"
    /// A character device.
    case characterDevice = "character device"
    /// A block device.
    case blockDevice = "block device"
    /// A named pipe.
    case fifo = "named pipe"
    /// A socket.
    case socket
    /// Something else.
    case unknown = "entry of unknown type"
  }

  /// A point in time to the nanosecond.
  public struct Timestamp: Sendable, Hashable, Comparable {
    /// Since the start of 1970, UTC.
    public var seconds: Int64
    /// From 0 to 999,999,999.
    public var nanoseconds: Int64

    /// Makes a time of its parts.
    public init(seconds: Int64, nanoseconds: Int64 = 0) {
      self.seconds = seconds
      self.nanoseconds = nanoseconds
    }

    /// The earlier one is less.
    public static func < (left: Self, right: Self) -> Bool {
      (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
  }

  /// An extended attribute.
  public struct ExtendedAttribute: Sendable, Hashable {
    /// With its namespace, for example `user.comment`.
    public var name: [UInt8]
    /// The value.
    public var value: [UInt8]
  }

  /// The numbers of a device node.
  public struct DeviceNumber: Sendable, Hashable {
    /// The driver.
    public var major: UInt64
    /// The device of that driver.
    public var minor: UInt64
  }

  /// A part of a sparse file that has data.
  public struct Extent: Sendable, Hashable {
    /// Where it begins, in bytes.
    public var offset: Int64
    /// How long it is, in bytes.
    public var length: Int64
  }

  /// Its place in the archive, from 0.
  public var index: Int
  /// The name, byte for byte as the archive has it where its format stores bytes.
  public var pathBytes: [UInt8]
  /// What it is.
  public var kind: Kind
  /// In bytes; nil where the archive does not say it before the data.
  public var size: Int64?
  /// Permission bits with setuid, setgid and sticky: the low twelve bits.
  public var mode: UInt32
  /// When its content was changed last.
  public var modified: Timestamp?
  /// When its content was read last.
  public var accessed: Timestamp?
  /// When its metadata was changed last.
  public var changed: Timestamp?
  /// When it was created.
  public var created: Timestamp?
  /// The owner's number.
  public var userID: Int64
  /// The group's number.
  public var groupID: Int64
  /// The owner's name.
  public var userName: String?
  /// The group's name.
  public var groupName: String?
  /// Where a symbolic or hard link points.
  public var linkTarget: [UInt8]?
  /// In the archive's order.
  public var extendedAttributes: [ExtendedAttribute]
  /// Of a device node.
  public var device: DeviceNumber?
  /// The parts with data of a sparse file; empty for any other.
  public var extents: [Extent]
  /// Whether it has an access control list.
  public var hasAccessControlList: Bool
  /// File flags such as `nodump`, comma separated.
  public var flags: String?
  /// Where its header begins in the uncompressed archive; 0 where the format has no such place.
  public var headerOffset: Int64
  /// What libarchive found odd about it.
  public var warnings: [String]

  /// The name as text; bytes that are not UTF-8 are replaced.
  public var path: String { String(decoding: pathBytes, as: UTF8.self) }
  /// Whether the name is UTF-8.
  public var pathIsUTF8: Bool { String(validating: pathBytes, as: UTF8.self) != nil }
  /// The link's target as text; bytes that are not UTF-8 are replaced.
  public var linkTargetText: String? { linkTarget.map { String(decoding: $0, as: UTF8.self) } }
}
