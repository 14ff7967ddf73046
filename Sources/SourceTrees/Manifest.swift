import Model

/// The text that lists a tree; `Documentation/Formats/Manifest.md` describes it.
enum Manifest {
  private static let header = "verbatim-manifest 1\n"

  static func bytes(nodes: [TreeNode], contents: [ContentIdentity]) -> [UInt8] {
    var paths = [[UInt8]](repeating: [], count: nodes.count)
    for index in nodes.indices.dropFirst() {
      let node = nodes[index]
      paths[index] = node.parent == 0 ? node.name : paths[node.parent] + [0x2F] + node.name
    }
    let order = nodes.indices.dropFirst().sorted { paths[$0].lexicographicallyPrecedes(paths[$1]) }
    var text = Array(header.utf8)
    text.reserveCapacity(nodes.count * 120)
    for index in order {
      switch nodes[index].kind {
      case .folder: text += Array("040000 - - ".utf8)
      case .file(let content, _):
        let identity = contents[content]
        text += Array("\(nodes[index].kind.gitMode) \(identity.size) \(identity.sha256.hex) ".utf8)
      case .symbolicLink(let target):
        text += Array("120000 \(target.count) ".utf8)
        escape(target, into: &text)
        text.append(0x20)
      }
      escape(paths[index], into: &text)
      text.append(0x0A)
    }
    return text
  }

  /// Writes a byte that is not printable ASCII, or is `%`, as `%` and two upper-case digits.
  private static func escape(_ bytes: [UInt8], into text: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in bytes {
      if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "%") {
        text.append(byte)
      } else {
        text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
  }
}
