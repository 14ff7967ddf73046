/// The kinds of statements that a check leaves, and what names them.
public enum StatementType {
  /// SLSA Provenance v1.
  public static let provenance = "https://slsa.dev/provenance/v1"
  /// SLSA Verification Summary v1.
  public static let summary = "https://slsa.dev/verification_summary/v1"
  /// What binds the views of one check to each other; `Documentation/Formats/Evidence.md`.
  public static let view = "urn:verbatim:view:v1"
  /// How the artifacts of a provenance were built; `Documentation/Formats/Evidence.md`.
  public static let build = "urn:verbatim:rebuild:v1"
  /// The log of the build, whose digest is in the statement that binds the views.
  static let log = "urn:verbatim:evidence:build.log"
}
