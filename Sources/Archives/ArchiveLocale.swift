import Glibc

/// The character set that libarchive converts names to.
///
/// A program starts in the C locale, where libarchive can give no name that is not ASCII. Only the character
/// type is set: messages and numbers stay those of the C locale.
public enum ArchiveLocale {
  /// Sets C.UTF-8 on first use; every reader does it.
  public static func prepare() { _ = isUTF8 }

  /// Whether the machine has the locale; glibc carries it since 2.35.
  static let isUTF8: Bool = unsafe setlocale(LC_CTYPE, "C.UTF-8") != nil
}
