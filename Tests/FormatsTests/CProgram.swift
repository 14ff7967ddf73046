import SystemPackage
import TestFixtures

/// A small C program, compiled once in several ways; nothing where there is no compiler.
struct CProgram {
  static let shared = CProgram()

  private let folder: TemporaryFolder?

  private init() {
    folder = try? TemporaryFolder()
    guard let folder else { return }
    let built = try? FixtureProcess.shell(Self.script, [folder.path.string])
    if built?.status != 0 { print("SKIP: no ELF file was compiled: \(built?.errors ?? "no folder")") }
  }

  /// Where the files are.
  var folderText: String { folder?.path.string ?? "" }

  /// The path of a file of the folder.
  func path(_ name: String) -> String? { folder?.path.appending(name).string }

  /// A file of the folder; nil where it was not built.
  func bytes(_ name: String) throws -> [UInt8]? {
    guard let folder, let bytes = try? folder.read(name), !bytes.isEmpty else { return nil }
    return bytes
  }

  private static let script = """
    set -e
    cd "$1"
    mkdir -p one two
    cat >main.c <<'END'
    #include <stdio.h>
    #include <stdlib.h>
    static int table[64] = {1, 2, 3};
    const char stamp[] = "built at " STAMP;
    static int helper(int value) { return value * table[value & 63]; }
    __attribute__((noinline)) int twice(int value) { return helper(value) + helper(value + FACTOR); }
    int main(int count, char **arguments) {
      printf("%s: a longer text of %d\\n", stamp, twice(count));
      return arguments[0] == NULL ? abort(), 1 : 0;
    }
    END
    cp main.c one; cp main.c two
    compile() { gcc -g -O1 -DSTAMP='"12:34:56"' -DFACTOR=3 "$@"; }
    compile -o main main.c -Wl,-rpath,/opt/lib
    compile -c -o main.o main.c
    gcc -g -O1 -DSTAMP='"12:34:57"' -DFACTOR=3 -o stamped main.c -Wl,-rpath,/opt/lib
    gcc -g -O1 -DSTAMP='"12:34:56"' -DFACTOR=5 -o changed main.c -Wl,-rpath,/opt/lib
    strip -o stripped main
    compile -shared -fPIC -o library.so main.c -Wl,-soname,library.so.1
    objcopy --strip-section-headers main sectionless 2>/dev/null || cp library.so sectionless
    for version in 2 3 4 5; do compile -gdwarf-$version -o dwarf$version main.c; done
    (cd one && compile -o program "$PWD/main.c")
    (cd two && compile -o program "$PWD/main.c")
    compile -gz=zlib -o compressed main.c
    objcopy --only-keep-debug main main.debug
    objcopy --strip-debug --add-gnu-debuglink=main.debug main linked
    ar rcs library.a main.o
    """
}
