/// What makes Python write tar archives as its versions before 3.9 did, for source distributions that were packed by one.
///
/// It is part of the build's environment, as its umask is: the tools run with it, and what they wrote stays as it is.
enum OldPythonImitation {
  static let folder = "../python"

  /// Python reads `sitecustomize` at its start. `isGNU` is for versions before 3.8, whose dialect was GNU's.
  static func command(isGNU: Bool) -> String {
    let format = isGNU ? "\ntarfile.DEFAULT_FORMAT = tarfile.TarFile.format = tarfile.GNU_FORMAT" : ""
    return """
      mkdir ../python
      cat > ../python/sitecustomize.py <<'END'
      # Python before 3.9 wrote the numbers of a device, zeros, into the header of every entry of a tar archive.
      import tarfile
      plain_stn = tarfile.stn
      def old_stn(text, length, *rest):
          return b"0000000\\0" if text == "" and length == 8 else plain_stn(text, length, *rest)
      tarfile.stn = old_stn\(format)
      END
      """
  }
}
