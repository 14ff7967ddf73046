import Model

/// The order in which a file system or a search gave the parts.
struct FileOrder: CauseRule {
  let name = "file-order"
  let summary = "the same parts in another order"

  func finding(_ subject: Subject) -> Finding? {
    switch subject.difference.kind {
    case .order: return Finding(0.9, "the same parts in another order")
    case .moved:
      return subject.difference.role == .name ? nil : Finding(0.85, "the same part at another place")
    default: break
    }
    if subject.difference.isInode {
      return Finding(0.8, "numbers of files, as the file system or the order of reading gave them: \(subject.shown)")
    }
    if subject.difference.role == .order { return Finding(0.85, "a field that gives an order") }
    guard subject.isReadable, let order = OrderText(subject) else { return nil }
    return order.isWithinLine
      ? Finding(0.85, "the same words in another order") : Finding(0.9, "the same lines in another order")
  }

  func finding(_ change: Change, in subject: Subject) -> Finding? {
    OrderText(change).map { _ in Finding(0.85, "the same words in another order: \(change.shown)") }
  }

  func fix(_ subject: Subject) -> String {
    switch subject.difference.format {
    case "tar": "tar --sort=name"
    case "cpio": "find . -print0 | LC_ALL=C sort -z | cpio -0 --reproducible -o"
    case "zip", "wheel", "jar", "apk": "find . | LC_ALL=C sort | zip -X -@"
    case "ar": "give ar its members sorted: LC_ALL=C; ar Dcr lib.a $(sort)"
    case "ELF": "give the linker its objects sorted: $(sort $(wildcard *.c)) in make"
    default: "sort what a folder lists before it is used (LC_ALL=C sort, sorted(os.listdir()))"
    }
  }
}
