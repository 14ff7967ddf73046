import Model

/// The notes of a section or segment: each with an owner, a type and a description.
struct ELFNotes: Structure {
  let prefix: String
  let kind: ELFKind
  let alignment: Int64

  func layOut(
    _ source: inout ByteSource, _ range: Range<Int64>, into layout: inout LayoutBuilder
  ) throws(FormatError) {
  }
}
