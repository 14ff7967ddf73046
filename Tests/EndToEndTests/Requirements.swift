import Glibc
import Synchronization
import TestFixtures

/// What a test needs of the machine; what is not there is said once and counted.
enum Requirements {
  private static let skipped = Mutex(0)

  /// Whether Debian packages for an environment are to be had, in the store or from an archive.
  static let debian: Bool = has("a Debian environment") {
    let delivery = try Delivery(run: ["true"], shipped: ["out": ""])
    let result = try Verbatim.run(["lock", "recipe.yaml"], in: delivery.path)
    return result.status == 0 ? nil : result.errors
  }

  /// Whether this process is root, who may mount and become others.
  static let root: Bool = has("root") { geteuid() == 0 ? nil : "these tests run as an ordinary user" }

  /// Says that something is not tested, why, and how often that was said so far.
  static func skip(_ what: String, _ why: String) {
    let count = skipped.withLock { count in
      count += 1
      return count
    }
    print("SKIP: \(what): \(why) (\(count) of the end-to-end tests' needs are not met)")
  }

  private static func has(_ what: String, _ missing: () throws -> String?) -> Bool {
    let why: String?
    do { why = try missing() } catch { why = "\(error)" }
    if let why { skip(what, why) }
    return why == nil
  }
}
