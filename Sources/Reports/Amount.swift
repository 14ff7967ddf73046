/// Amounts as people read them.
public enum Amount {
  /// A count with its thousands set apart by commas.
  public static func count(_ number: Int64) -> String {
    var digits = Array(String(number.magnitude))
    var index = digits.count - 3
    while index > 0 {
      digits.insert(",", at: index)
      index -= 3
    }
    return (number < 0 ? "-" : "") + String(digits)
  }

  /// A count and its noun, in the plural unless it is one.
  public static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count(Int64(number))) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// A size with a binary prefix and one decimal, rounded down; below 1 KiB in bytes.
  public static func size(_ bytes: Int64) -> String {
    guard bytes >= 1024 else { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
    var unit: Int64 = 1024
    var prefixes = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][...]
    while prefixes.count > 1, bytes / unit >= 1024 {
      unit *= 1024
      prefixes.removeFirst()
    }
    return "\(bytes / unit).\(bytes % unit / (unit / 16) * 10 / 16) \(prefixes[prefixes.startIndex])"
  }

  /// A time in seconds with one decimal, or in minutes and seconds.
  public static func seconds(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    let tenths = Int64((seconds * 10).rounded())
    guard tenths >= 600 else { return "\(tenths / 10).\(tenths % 10) s" }
    return "\(tenths / 600) min \(tenths % 600 / 10) s"
  }
}
