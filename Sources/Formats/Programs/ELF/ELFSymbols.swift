import Model

/// A function or an object of the symbol table that has bytes of a section.
struct ELFPlacedSymbol: Sendable {
  let section: Int
  let place: UInt64
  let size: UInt64
  let isFunction: Bool
  let name: String

  static func all(_ image: ELFImage, _ source: inout ByteSource) throws(FormatError) -> [ELFPlacedSymbol] { [] }
}
