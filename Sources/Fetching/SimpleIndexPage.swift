import FoundationEssentials
import Model

/// What the Simple API says of one file of a project.
struct IndexedFile: Hashable, Sendable {
  /// The file's name.
  var name: String
  /// Its absolute address.
  var address: String
  /// Nil when the index does not give it.
  var sha256: SHA256Digest?
  /// In bytes; nil when the index does not give it.
  var size: Int64?
  /// The Python versions that it is for, as the index writes it.
  var requiresPython: String?
  /// Why it was withdrawn; nil when it was not, empty when no reason is given.
  var yanked: String?
  /// When it was uploaded, in RFC 3339 form; nil when the index does not say.
  var uploadTime: String?
  /// Of the METADATA that the index serves beside a wheel (PEP 658); nil when it serves none.
  var metadata: SHA256Digest?
}

/// One project's page of the Simple API.
struct SimpleIndexPage: Hashable, Sendable {
  /// The files in the order of the page.
  var files: [IndexedFile]

  /// The longest page that is read, in bytes.
  static let sizeLimit = 64 << 20
  /// The most files that are read of one page.
  static let fileLimit = 200_000

  /// Reads a page in whichever of the two forms it came.
  init(_ bytes: [UInt8], contentType: String, address: String) throws(FetchError) {
    let type = contentType.prefix { $0 != ";" }.lowercased()
    if type.hasSuffix("+json") || type.hasSuffix("/json") {
      try self.init(json: bytes, address: address)
    } else {
      try self.init(html: String(decoding: bytes, as: UTF8.self), address: address)
    }
  }

  init(files: [IndexedFile]) { self.files = files }

  static func unusable(_ address: String, _ found: String) -> FetchError {
    FetchError(.indexUnusable, "reading the index page \(WebAddress.withoutSecrets(address)): \(found)")
  }
}

extension SimpleIndexPage {
  private struct Page: Decodable {
    struct Meta: Decodable {
      var version: String?
      enum CodingKeys: String, CodingKey { case version = "api-version" }
    }
    var meta: Meta
    var files: [File]
  }

  private struct File: Decodable {
    var filename: String
    var url: String
    var hashes: [String: String]
    var requiresPython: String?
    var size: Int64?
    var uploadTime: String?
    var yanked: Yanked?
    var coreMetadata: Metadata?
    var oldMetadata: Metadata?
    enum CodingKeys: String, CodingKey {
      case filename, url, hashes, size, yanked
      case coreMetadata = "core-metadata"
      case oldMetadata = "dist-info-metadata"
      case requiresPython = "requires-python"
      case uploadTime = "upload-time"
    }
  }

  /// `{"sha256": "…"}`, or only whether there is one, which is of no use here.
  private struct Metadata: Decodable {
    var sha256: String?
    init(from decoder: any Decoder) throws {
      sha256 = (try? decoder.singleValueContainer().decode([String: String].self))?["sha256"]
    }
  }

  private struct Yanked: Decodable {
    var reason: String?
    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let flag = try? value.decode(Bool.self) {
        reason = flag ? "" : nil
      } else {
        reason = try value.decode(String.self)
      }
    }
  }

  /// Reads the JSON form (PEP 691, PEP 700).
  init(json bytes: [UInt8], address: String) throws(FetchError) {
    guard bytes.count <= Self.sizeLimit else {
      throw Self.unusable(address, "it is longer than \(Self.sizeLimit) bytes")
    }
    let page: Page
    do {
      page = try JSONDecoder().decode(Page.self, from: Data(bytes))
    } catch {
      throw Self.unusable(address, "it is not the JSON of PEP 691")
    }
    let version = page.meta.version ?? "1.0"
    guard version.split(separator: ".").first == "1" else {
      throw Self.unusable(address, "it is of version \"\(version.prefix(20))\" where 1 is understood")
    }
    files = page.files.prefix(Self.fileLimit).compactMap { file in
      guard FileNames.isPlain(file.filename), let url = WebAddress.resolve(file.url, against: address) else {
        return nil
      }
      return IndexedFile(
        name: file.filename, address: url, sha256: file.hashes["sha256"].flatMap { SHA256Digest(hex: $0) },
        size: file.size.flatMap { $0 >= 0 ? $0 : nil }, requiresPython: file.requiresPython,
        yanked: file.yanked?.reason, uploadTime: file.uploadTime,
        metadata: (file.coreMetadata?.sha256 ?? file.oldMetadata?.sha256).flatMap { SHA256Digest(hex: $0) })
    }
  }
}
