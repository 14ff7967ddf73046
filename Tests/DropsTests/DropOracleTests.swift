import Digests
import Model
import SystemPackage
import TestFixtures
import Testing

@testable import Drops

/// Programs that other people wrote read a drop.
@Suite struct DropOracleTests {
  @Test func tarAndSumReadIt() throws {
    let fixture = try DropFixture()
    let result = try FixtureProcess.shell(
      """
      set -e
      mkdir "$2/out" && cd "$2/out" && tar -xf "$1"
      test "$(tar -cf - --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=644 --mtime=@0 \
        oci-layout | head -c 1024 | sha256sum)" = "$(head -c 1024 "$1" | sha256sum)"
      cd blobs/sha256
      for file in *; do echo "$file  $file"; done | sha256sum --quiet -c
      ls | wc -l
      """, [try fixture.pack().string, fixture.folder.path.string])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "8\n")
  }

  @Test func pythonReadsIt() throws {
    guard try FixtureProcess.shell("command -v python3").status == 0 else {
      return print("SKIP: reading a drop with Python: this machine has none")
    }
    let fixture = try DropFixture()
    let script = """
      import hashlib, json, sys, tarfile
      tar = tarfile.open(sys.argv[1])
      names = tar.getnames()
      assert names[:2] == ["oci-layout", "index.json"], names
      assert all((m.mode, m.uid, m.gid, m.mtime, m.uname, m.gname) == (0o644, 0, 0, 0, "", "") for m in tar)
      def blob(d):
          data = tar.extractfile("blobs/sha256/" + d["digest"][7:]).read()
          assert hashlib.sha256(data).hexdigest() == d["digest"][7:] and len(data) == d["size"]
          return data
      manifest = json.loads(blob(json.load(tar.extractfile("index.json"))["manifests"][0]))
      assert manifest["artifactType"] == "application/vnd.verbatim.drop.v1"
      blob(manifest["config"])
      digests = [d["digest"] for d in manifest["layers"]]
      assert digests[2:] == sorted(digests[2:])
      for d in manifest["layers"]:
          blob(d)
          print(d["annotations"]["org.verbatim.kind"], d["annotations"]["org.opencontainers.image.title"])
      assert len(names) == 4 + len(digests)
      """
    let result = try FixtureProcess.shell(
      "printf '%s' \"$2\" | python3 - \"$1\" | LC_ALL=C sort", [try fixture.pack().string, script])
    #expect(
      result.output == "artifact empty\nartifact shipped\nenvironment root.tar\nlock recipe.lock\nrecipe recipe.yaml\n"
        + "source source.tar\n", "\(result.errors)")
  }

  @Test func containerToolsReadIt() throws {
    guard try FixtureProcess.shell("command -v skopeo && command -v umoci").status == 0 else {
      return print("SKIP: reading a drop with skopeo and umoci: this machine has them not")
    }
    let fixture = try DropFixture()
    let path = try fixture.pack()
    let result = try FixtureProcess.shell(
      """
      set -e
      skopeo inspect --raw "oci-archive:$1"
      mkdir "$2/layout" && tar -xf "$1" -C "$2/layout"
      umoci ls --layout "$2/layout"
      """, [path.string, fixture.folder.path.string])
    #expect(result.status == 0, "\(result.errors)")
    let manifest = DropParts(try TemporaryFolder.read(path)).parts[2].data
    #expect(result.output.trimmingPrefix(String(decoding: manifest, as: UTF8.self)) == "drop\n", "\(result.output)")
  }
}
