/// What makes Python on Linux write files as it does on Windows, for wheels that were built there.
///
/// It is part of the build's environment, as its umask is: the tools run with it, and what they wrote stays as it is.
enum WindowsImitation {
  static let folder = "../windows"

  /// Python reads `sitecustomize` at its start.
  static let command = """
    mkdir ../windows
    cat > ../windows/sitecustomize.py <<'END'
    # Text files end their lines with CR LF, zip entries name Windows (0) as their system, and of modes there is only
    # whether a file may be written to.
    import builtins, io, os, zipfile
    plain_open, plain_init, plain_chmod = io.open, zipfile.ZipInfo.__init__, os.chmod
    def windows_open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, *rest, **named):
        if "b" not in mode and set(mode) & set("wax+") and newline is None:
            newline = "\\r\\n"
        return plain_open(file, mode, buffering, encoding, errors, newline, *rest, **named)
    def windows_init(self, *arguments, **named):
        plain_init(self, *arguments, **named)
        self.create_system = 0
    def windows_chmod(path, mode, **named):
        plain_chmod(path, 0o777 if os.path.isdir(path) else 0o666 if mode & 0o200 else 0o444, **named)
    os.chmod = windows_chmod
    builtins.open = io.open = windows_open
    zipfile.ZipInfo.__init__ = windows_init
    END
    """
}
