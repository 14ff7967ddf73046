import Model

/// Code or data that differs for none of the other reasons.
struct Content: CauseRule {
  let name = "content"
  let summary = "code or data that differs for none of these reasons"

  func fix(_ subject: Subject) -> String {
    "find out what it is: nothing known to vary between builds explains it"
  }
}
