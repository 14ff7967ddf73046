import FoundationEssentials
import Model
import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// Recipes inferred from a real source distribution and the tree that it was made of, and from tampered ones.
  @Suite(.enabled(if: Requirements.debian)) struct SdistTests {
    private static let name = "blinker-1.9.0.tar.gz"
    private static let digest = "b4ce2265a7abece45e7cc896e98dbebe6cead56bcf805a3d23136d145f5445bf"

    /// Makes of a source distribution what a forge gives out of its tree: no PKG-INFO, one time, modes of git.
    private static let archiver = """
      import io, sys, tarfile
      with tarfile.open(sys.argv[1]) as old, tarfile.open(sys.argv[2], "w:xz") as new:
          for item in sorted(old.getmembers(), key=lambda item: item.name):
              if item.name.endswith("/PKG-INFO"): continue
              data = old.extractfile(item).read()
              item.name = "forge-" + item.name
              item.mtime, item.mode, item.pax_headers = 1700000000, 0o664, {}
              new.addfile(item, io.BytesIO(data))
      """

    /// Packs it again as flit-core does, with a change.
    private static let tampering = """
      import gzip, io, sys, tarfile
      with tarfile.open(sys.argv[1]) as old:
          items = [(item, old.extractfile(item).read()) for item in old.getmembers()]
      time = items[0][0].mtime
      exec(sys.argv[3])
      with gzip.GzipFile("blinker-1.9.0.tar", "wb", 9, open(sys.argv[2], "wb"), time) as packed:
          with tarfile.TarFile(mode="w", fileobj=packed, format=tarfile.PAX_FORMAT) as new:
              for item, data in items:
                  item.size = len(data)
                  new.addfile(item, io.BytesIO(data))
      """

    /// The real file and an archive of its tree; nil, and said, where the index does not have it today.
    private func prepare(_ folder: TemporaryFolder) throws -> (shipped: FilePath, source: FilePath)? {
      let result = try Verbatim.run(["infer", "pypi:blinker==1.9.0", "-o", "wheel"], in: folder.path)
      let object = FilePath(Verbatim.sharedStore).appending("objects/\(Self.digest.prefix(2))/\(Self.digest)")
      guard result.status == 0, FileManager.default.fileExists(atPath: object.string) else {
        Requirements.skip("inferring for \(Self.name)", result.errors)
        return nil
      }
      let shipped = folder.path.appending(Self.name)
      let source = folder.path.appending("blinker-tag.tar.xz")
      try FileManager.default.copyItem(atPath: object.string, toPath: shipped.string)
      let script = try folder.write("archive.py", Self.archiver)
      let run = try FixtureProcess.shell("python3 \"$@\"", [script.string, shipped.string, source.string])
      try #require(run.status == 0, "\(run.errors)")
      return (shipped, source)
    }

    private func infer(
      _ shipped: FilePath, _ source: FilePath, in folder: FilePath
    ) throws -> (status: Int32, report: CheckResult) {
      let result = try Verbatim.run(
        [
          "infer", shipped.string, "--source", source.string, "--check", "--json", "-o", "recipe",
          "--evidence", "evidence",
        ], in: folder)
      return (result.status, try Verbatim.report(result))
    }

    @Test func aSourceDistributionIsReproducedFromItsTreeAlone() throws {
      let folder = try TemporaryFolder()
      guard let (shipped, source) = try prepare(folder) else { return }
      let (status, report) = try infer(shipped, source, in: folder.path)
      #expect(status == 0 && report.verdict == .reproduced)
      let recipe = String(decoding: try folder.read("recipe/recipe.yaml"), as: UTF8.self)
      #expect(recipe.contains("backend.build_sdist(\"../dist\")") && recipe.contains("epoch: 1731086565"))
      #expect(recipe.contains("# flit-core>=3.10,<3.11: PKG-INFO has Metadata-Version 2.3"))
      let script = try folder.write("tamper.py", Self.tampering)
      for (program, cause) in [
        ("items[3] = (items[3][0], items[3][1] + b'# x')", "content"), ("items[3][0].mtime = time + 5", "clock"),
      ] {
        let place = try TemporaryFolder()
        let changed = place.path.appending(Self.name)
        let run = try FixtureProcess.shell(
          "python3 \"$@\"", [script.string, shipped.string, changed.string, program])
        try #require(run.status == 0, "\(run.errors)")
        let (status, report) = try infer(changed, source, in: place.path)
        #expect(status == 1 && report.verdict == .different, "\(program)")
        let causes = Set(report.artifacts.flatMap(\.differences).compactMap { $0.cause?.name })
        #expect(causes.contains(cause), "\(program): \(causes.sorted())")
      }
    }

    private func write(_ name: String, version: String = "1.0", in folder: TemporaryFolder) throws {
      var tar = TarBuilder()
      tar.file("thing-1.0/PKG-INFO", "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\n")
      try folder.write("thing-1.0.tar", tar.finished())
      let packing = try FixtureProcess.shell("gzip -9nf \"$1\"", [folder.path.appending("thing-1.0.tar").string])
      try #require(packing.status == 0, "\(packing.errors)")
    }

    @Test(arguments: [("../../thing", "1.0"), ("thing", "1.0+../x"), ("thing", "")])
    func metadataThatNamesNoProjectIsRefused(name: String, version: String) throws {
      let folder = try TemporaryFolder()
      try write(name, version: version, in: folder)
      let result = try Verbatim.run(["infer", "thing-1.0.tar.gz"], in: folder.path)
      #expect(result.status == 2 && result.errors.contains("its PKG-INFO names no project and version"))
      let again = try Verbatim.run(["infer", "thing-1.0.tar.gz", "--source", "thing-1.0.tar.gz"], in: folder.path)
      #expect(again.status == 2 && result.output.isEmpty)
    }

    @Test func aSourceThatCannotBeReadIsSaid() throws {
      let folder = try TemporaryFolder()
      try write("thing", in: folder)
      try folder.write("source.tar.gz", "no archive")
      for (source, words) in [
        ("source.tar.gz", "source.tar.gz"), ("nowhere.tar.gz", "nowhere.tar.gz"),
        ("thing-1.0.tar.gz", "has the name of what was shipped"),
      ] {
        let result = try Verbatim.run(["infer", "thing-1.0.tar.gz", "--source", source, "--offline"], in: folder.path)
        #expect(result.status == 2 && result.errors.contains(words), "\(source): \(result.errors)")
      }
    }

    @Test func withoutASourceItIsAStart() throws {
      let folder = try TemporaryFolder()
      try write("thing", in: folder)
      let result = try Verbatim.run(["infer", "thing-1.0.tar.gz"], in: folder.path)
      #expect(result.status == 0 && result.output.contains("with --source"), "\(result.output) \(result.errors)")
      #expect(try Verbatim.run(["infer", "thing-1.0.tar.gz", "--check"], in: folder.path).status == 2)
    }
  }
}
