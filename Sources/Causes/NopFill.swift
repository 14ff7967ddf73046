/// Bytes that compilers and linkers put between functions, and that do nothing when they are run.
enum NopFill {
  /// Whether there is nothing but whole such instructions, and zeros.
  static func isAll(_ bytes: some Collection<UInt8>) -> Bool {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      guard let length = length(rest) else { return false }
      rest = rest.dropFirst(length)
    }
    return true
  }

  /// The length of the filling instruction that the bytes begin with; nil where they begin with none.
  private static func length(_ bytes: ArraySlice<UInt8>) -> Int? {
    // AArch64's one, and then those of x86: zeros, int3, nop, and nops of several bytes with their prefixes.
    if bytes.starts(with: [0x1F, 0x20, 0x03, 0xD5]) { return 4 }
    if let first = bytes.first, [0x00, 0xCC].contains(first) { return 1 }
    let wide = bytes.prefix(11).prefix { $0 == 0x66 }
    var rest = bytes.dropFirst(wide.count)
    if rest.first == 0x2E { rest = rest.dropFirst() }
    if rest.first == 0x90 { return rest.startIndex + 1 - bytes.startIndex }
    let found = operands.first { rest.starts(with: $0) }
    return found.map { rest.startIndex + $0.count - bytes.startIndex }
  }

  /// `nopl` and `nopw` of all lengths.
  private static let operands: [[UInt8]] = [
    [0x0F, 0x1F, 0x84, 0, 0, 0, 0, 0], [0x0F, 0x1F, 0x80, 0, 0, 0, 0], [0x0F, 0x1F, 0x44, 0, 0], [0x0F, 0x1F, 0x40, 0],
    [0x0F, 0x1F, 0x00],
  ]
}
