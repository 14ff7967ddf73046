/// The formats in the order in which they are asked; the first that recognises both sides lays them out.
public enum FormatList {
  /// All of them; what is known by few bytes or by its name comes late.
  public static let all: [any Format] = [
    ELFFile(),
    ArArchive(),
    TarArchive(),
    GzipFile(),
  ]
}
