import Model

/// What a section is for, told by its name and type.
struct ELFSectionShape {
  let image: ELFImage
  let index: Int

  private var section: ELFSection { image.sections[index] }

  /// Adds the section's region.
  func add(_ source: inout ByteSource, to layout: inout LayoutBuilder) throws(FormatError) {
    let (shape, role) = shape()
    try layout.add(section.name, at: section.offset, count: section.size, shape, role: role)
  }

  private func shape() -> (Shape, Difference.Role?) {
    if section.name.hasPrefix(".debug_") || section.name.hasPrefix(".zdebug_") { return (.opaque, .debug) }
    if section.isExecutable { return (.opaque, .code) }
    return (.opaque, .data)
  }
}
