/// The kinds of files that are read as strictly as a recipe, as messages call them.
package struct DocumentKind: Sendable {
  let name: String
  let plural: String
  /// The line that every one begins with.
  let start: String
  /// What explains every key.
  let documentation: String

  package static let recipe = DocumentKind(
    name: "recipe", plural: "recipes", start: "verbatim: 1", documentation: "Documentation/Formats/Recipe.md")
  package static let policy = DocumentKind(
    name: "policy", plural: "policies", start: "policy: 1", documentation: "Documentation/Formats/Policy.md")
}
