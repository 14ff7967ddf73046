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
      # Python before 3.9 wrote the numbers of a device, zeros, into the header of every entry of a tar archive, and no
      # time where pax has it with its fraction.
      import tarfile
      plain_stn, plain_pax = tarfile.stn, tarfile.TarInfo.create_pax_header
      class Fraction(float):
          __int__ = __trunc__ = __round__ = lambda self, *digits: 0
      def old_stn(text, length, *rest):
          return b"0000000\\0" if text == "" and length == 8 else plain_stn(text, length, *rest)
      def old_pax(self, info, encoding):
          if isinstance(info["mtime"], float):
              info["mtime"] = Fraction(info["mtime"])
          return plain_pax(self, info, encoding)
      tarfile.stn, tarfile.TarInfo.create_pax_header = old_stn, old_pax\(format)
      END
      """
  }
}
