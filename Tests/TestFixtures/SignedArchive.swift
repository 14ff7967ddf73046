public import SystemPackage

/// A Debian archive in a folder, signed by a key made for it, and an apt configuration that trusts that key.
public final class SignedArchive: Sendable {
  /// Where all of it is.
  public let folder: TemporaryFolder
  /// What `APT_CONFIG` is set to, for a machine that has this archive alone.
  public var configuration: FilePath { folder.path.appending("apt.conf") }
  /// The folder of packages; what is removed from it makes the archive a partial one.
  public var pool: FilePath { folder.path.appending("archive/pool") }

  /// Makes an archive of suite `bookworm` with one source package `sample` and its binary package; nil when this
  /// machine lacks gpg or dpkg-deb.
  public init?(version: String = "1:1.0-1") throws {
    folder = try TemporaryFolder()
    let made = try FixtureProcess.shell(Self.script, [folder.path.string, version])
    guard made.status == 0 else {
      print("SKIP: no signed archive can be made here: \(made.errors.suffix(300))")
      return nil
    }
  }

  /// Lists and signs what is in the pool anew, under another version.
  public func republish(version: String) throws -> Bool {
    try FixtureProcess.shell(Self.script, [folder.path.string, version]).status == 0
  }

  private static let script = #"""
    set -e
    top=$1 version=$2 plain=${2#*:}
    export GNUPGHOME=$top/gnupg
    mkdir -p $top/archive/pool $top/gnupg $top/sources $top/archive/dists/bookworm/main/binary-amd64 \
      $top/archive/dists/bookworm/main/source
    chmod 700 $top/gnupg
    if [ ! -e $top/key.gpg ]; then
      gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-gen-key sample ed25519 sign never
      gpg --batch --quiet --export > $top/key.gpg
    fi
    rm -rf $top/archive/pool/* $top/tree
    mkdir -p $top/tree/DEBIAN
    printf 'Package: sample\nVersion: %s\nArchitecture: amd64\nMaintainer: A <a@example.org>\nDescription: sample\n' \
      "$version" > $top/tree/DEBIAN/control
    deb=sample_${plain}_amd64.deb dsc=sample_$plain.dsc tar=sample_$plain.tar.gz
    dpkg-deb --root-owner-group -b $top/tree $top/archive/pool/$deb > /dev/null
    printf 'source of %s\n' "$version" > $top/archive/pool/$tar
    cd $top/archive/pool
    sum() { sha256sum $1 | cut -d' ' -f1; }
    size() { stat -c %s $1; }
    printf 'Format: 3.0 (native)\nSource: sample\nVersion: %s\nChecksums-Sha256:\n %s %s %s\nFiles:\n %s %s %s\n' \
      "$version" $(sum $tar) $(size $tar) $tar $(md5sum $tar | cut -d' ' -f1) $(size $tar) $tar > $dsc
    dists=$top/archive/dists/bookworm
    { cat $top/tree/DEBIAN/control
      printf 'Filename: pool/%s\nSize: %s\nSHA256: %s\n' $deb $(size $deb) $(sum $deb); } > $dists/main/binary-amd64/Packages
    { printf 'Package: sample\nBinary: sample\nVersion: %s\nFormat: 3.0 (native)\nDirectory: pool\n' "$version"
      printf 'Files:\n'; for f in $dsc $tar; do printf ' %s %s %s\n' $(md5sum $f | cut -d' ' -f1) $(size $f) $f; done
      printf 'Checksums-Sha256:\n'; for f in $dsc $tar; do printf ' %s %s %s\n' $(sum $f) $(size $f) $f; done
    } > $dists/main/source/Sources
    cd $dists
    { printf 'Origin: Sample\nSuite: stable\nCodename: bookworm\nDate: %s\nArchitectures: amd64\nComponents: main\nSHA256:\n' \
        "$(LC_ALL=C date -Ru)"
      for f in main/binary-amd64/Packages main/source/Sources; do printf ' %s %s %s\n' $(sum $f) $(size $f) $f; done
    } > Release
    rm -f InRelease
    gpg --batch --quiet --pinentry-mode loopback --passphrase '' --clearsign -o InRelease Release
    printf 'Types: deb\nURIs: file://%s/archive\nSuites: bookworm\nComponents: main\nSigned-By: %s/key.gpg\n' \
      $top $top > $top/sources/sample.sources
    printf 'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "%s/sources";\nAPT::Architecture "amd64";\n' \
      $top > $top/apt.conf
    gpgconf --kill all
    """#
}
