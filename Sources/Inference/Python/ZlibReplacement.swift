import Fetching
import RecipeFormat

/// zlib-ng in the place of the environment's zlib, as Fedora has it since its version 40, for what was packed there.
///
/// It is part of the build's environment, as its umask is: built from its own source before the first step, and found by
/// Python's dynamic linker. Fedora leaves out zlib-ng's new strategies, as openSUSE and Homebrew do; the index's wheel of
/// zlib-ng has them, and bookworm has no package of it.
enum ZlibReplacement {
  /// The source distribution that contains zlib-ng 2.2.5.
  static let source = (project: "zlib-ng", version: "1.0.0", file: "zlib_ng-1.0.0.tar.gz")
  private static let arrival = ".zlib-ng"

  /// The recipe's item for it; the first command takes it out of the source tree again.
  static var input: SourceInput {
    SourceInput(
      input: .pypi(name: source.project, version: source.version, file: source.file), into: arrival)
  }

  /// Its own configure and make would take a minute in user-mode Linux; one call of the compiler takes seconds.
  static let command = #"""
    set -e
    mv \#(arrival) ../zlib-ng
    cd ../zlib-ng/src/zlib_ng/zlib-ng
    cp zlib_name_mangling.h.empty zlib_name_mangling.h
    cp zconf.h.in zconf.h
    sed s/@ZLIB_SYMBOL_PREFIX@//g zlib.h.in > zlib.h
    gcc -O1 -std=c11 -fPIC -shared -Wl,-soname,libz.so.1 -Wl,--version-script,zlib.map -o libz.so.1 -I. \
      -DZLIB_COMPAT -DNO_QUICK_STRATEGY -DNO_MEDIUM_STRATEGY -D_DEFAULT_SOURCE -DHAVE_UNISTD_H \
      -DHAVE_BUILTIN_CTZ -DHAVE_BUILTIN_CTZLL [!g]*.c arch/generic/*.c
    """#

  /// Whether the index has it; its release of 2025 is no news to a page that was fetched once.
  static func isListed(_ fetcher: Fetcher) async throws -> Bool {
    let project = try await fetcher.pythonProject(source.project, asOf: 1_767_225_600)
    return project?.files.contains { $0.name == source.file } == true
  }

  /// What stands before the back end's call.
  static let prefix = "LD_LIBRARY_PATH=../zlib-ng/src/zlib_ng/zlib-ng "
}
