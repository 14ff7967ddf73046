import FoundationEssentials
import Model
import SystemPackage
import TestFixtures
import Testing

extension EndToEnd {
  /// Recipes inferred from real wheels, from wheels that were tampered with, and from what is no wheel.
  @Suite(.enabled(if: Requirements.debian)) struct InferTests {
    /// The wheel that the tests are on: made by flit with the times of its source, in a zone that is UTC.
    static let wheel = "tomli-2.0.2-py3-none-any.whl"

    private struct Inferred: Decodable {
      struct Line: Decodable {
        var setting: String
        var value: String
        var evidence: String
        var confidence: Double
      }
      var builds: Int
      var inferences: [Line]
    }

    /// Infers and checks; nil, and said, where the index does not have it today.
    private func infer(
      _ shipped: String, in folder: FilePath, flags: [String] = []
    ) throws -> (status: Int32, report: CheckResult, inferred: Inferred)? {
      let result = try Verbatim.run(
        ["infer", shipped, "--search", "--builds", "2", "--json", "-o", "recipe", "--evidence", "evidence"] + flags,
        in: folder)
      guard let report = try? Verbatim.report(result) else {
        Requirements.skip("inferring \(shipped)", result.errors)
        return nil
      }
      return (result.status, report, try JSONDecoder().decode(Inferred.self, from: Data(result.output.utf8)))
    }

    @Test func aReleaseIsReproducedFromItsWheelAlone() throws {
      let folder = try TemporaryFolder()
      guard let (status, report, inferred) = try infer("pypi:tomli==2.0.2", in: folder.path) else { return }
      #expect(status == 0 && report.verdict == .reproduced && inferred.builds == 1)
      #expect(inferred.inferences.contains { $0.value == "flit-core==3.9.0" && $0.evidence.contains("Generator") })
      #expect(inferred.inferences.allSatisfy { $0.confidence > 0 && $0.confidence <= 1 && !$0.setting.isEmpty })
      let recipe = String(decoding: try folder.read("recipe/recipe.yaml"), as: UTF8.self)
      #expect(recipe.contains("# flit-core==3.9.0: WHEEL says \"Generator: flit 3.9.0\""))
      // The recipe stands by itself.
      let (again, _) = try Verbatim.check("recipe", in: folder.path, flags: ["--locked"])
      #expect(again.status == 0)
    }

    /// A wheel that was packed by zlib-ng, as Fedora has it.
    @Test func anotherCompressorIsReproduced() throws {
      let folder = try TemporaryFolder()
      guard let (status, report, inferred) = try infer("pypi:pytest-cov==7.1.0", in: folder.path) else { return }
      #expect(status == 0 && report.verdict == .reproduced && inferred.builds == 1)
      #expect(inferred.inferences.contains { $0.value == "zlib-ng in the place of zlib, as Fedora has it" })
    }

    /// What is done to a wheel, in Python, and the cause that has to be found.
    struct Tampering: Sendable, CustomTestStringConvertible {
      var name: String
      var program: String
      var cause: Set<String>
      var testDescription: String { name }
    }

    static let tamperings = [
      Tampering(
        name: "a file", program: "items.append((copy(items[0][0], 'tomli/spy.py'), b'1'))", cause: ["missing-file"]),
      Tampering(
        name: "a member",
        program: "items = [(i, d + b'# x' if i.filename.endswith('_re.py') else d) for i, d in items]",
        cause: ["content"]),
      Tampering(
        name: "METADATA",
        program:
          "items = [(i, d.replace(b'Taneli', b'Danieli') if i.filename.endswith('METADATA') else d) for i, d in items]",
        cause: ["content"]),
      Tampering(name: "a mode", program: "items[0][0].external_attr = 0o100755 << 16", cause: ["umask-modes"]),
      Tampering(name: "a time", program: "items[0][0].date_time = (2023, 3, 4, 5, 6, 8)", cause: ["clock"]),
      Tampering(name: "the order", program: "items.insert(0, items.pop(2))", cause: ["file-order"]),
      // Another compressor, as another machine may have.
      Tampering(name: "where it was built", program: "level = 1", cause: ["compression"]),
      // One that is neither zlib nor zlib-ng as anybody sets them up: fixed codes only.
      Tampering(
        name: "what packed it",
        program: "zipfile._get_compressor = lambda *_: __import__('zlib').compressobj(6, 8, -15, 8, 4)",
        cause: ["compression"]),
    ]

    private static let script = """
      import sys, zipfile, copy as copying
      def copy(info, name):
          other = copying.copy(info)
          other.filename = name
          return other
      with zipfile.ZipFile(sys.argv[1]) as archive:
          items = [(info, archive.read(info)) for info in archive.infolist()]
      level = None
      exec(sys.argv[3])
      with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as archive:
          for info, data in items:
              archive.writestr(info, data, zipfile.ZIP_DEFLATED, level)
      """

    @Test func tamperingIsNeverInferredAway() throws {
      let folder = try TemporaryFolder()
      guard try infer("pypi:tomli==2.0.2", in: folder.path) != nil else { return }
      let whole = folder.path.appending("evidence/rebuilt/\(Self.wheel)")
      let script = try folder.write("tamper.py", Self.script)
      for tampering in Self.tamperings {
        let place = try TemporaryFolder()
        let shipped = place.path.appending(Self.wheel)
        let run = try FixtureProcess.shell(
          "python3 \"$@\"", [script.string, whole.string, shipped.string, tampering.program])
        try #require(run.status == 0, "\(run.errors)")
        guard let (status, report, _) = try infer(shipped.string, in: place.path) else { return }
        #expect(status == 1 && report.verdict == .different, "\(tampering.name)")
        let causes = Set(report.artifacts.flatMap(\.differences).compactMap { $0.cause?.name })
        #expect(!causes.isDisjoint(with: tampering.cause), "\(tampering.name): \(causes.sorted())")
        #expect(report.deterministic == true)
      }
    }

    @Test func whatCannotBeReadIsSaidOnce() throws {
      let folder = try TemporaryFolder()
      try folder.write("text-1.0-py3-none-any.whl", "no zip")
      var zip = ZipBuilder()
      zip.member("x-1.dist-info/METADATA", Array("Name: x\nVersion: 1\n".utf8))
      try folder.write("cut-1.0-py3-none-any.whl", Array(zip.finished().dropLast(30)))
      try folder.write("bare-1.0-py3-none-any.whl", zip.finished())
      try folder.write("photo.jpg", "jpg")
      try folder.write("empty", "")
      try folder.write(
        "cut.deb", "!<arch>\ndebian-binary   1700000000  0     0     100644  4         `\n2.0\ncontrol")
      let cases = [
        ("text-1.0-py3-none-any.whl", "it is no zip file, so it is no wheel"),
        ("cut-1.0-py3-none-any.whl", "it was cut or damaged"),
        ("bare-1.0-py3-none-any.whl", "no .dist-info folder with METADATA and WHEEL"),
        ("photo.jpg", "its recipe in photo-0 is only a start"), ("nowhere.whl", "reading nowhere.whl"),
        ("empty", "of no kind that a recipe can be inferred for"), ("cut.deb", "it is no whole Debian package"),
        ("debian:no-such-package-of-verbatim-tests=1", "no-such-package-of-verbatim-tests"),
        ("pypi:six", "belongs NAME==VERSION"),
        ("pypi:no-such-project-of-verbatim-tests==1", "no index has a project of that name"),
        ("pypi:six==0.0.0.dev999", "the index does not list this version"),
      ]
      for (shipped, words) in cases {
        let result = try Verbatim.run(["infer", shipped, "--check"], in: folder.path)
        #expect(result.status == 2, "\(shipped)")
        #expect(result.errors.contains(words), "\(shipped): \(result.errors)")
        #expect(result.output.isEmpty)
      }
    }

    @Test func anIndexThatDoesNotAnswerIsSaid() throws {
      let folder = try TemporaryFolder()
      let result = try Verbatim.run(
        ["infer", "pypi:six==1.17.0"], in: folder.path, store: folder.path.appending("store").string,
        prefix: "PIP_INDEX_URL=http://127.0.0.1:9/simple")
      #expect(result.status == 2)
      #expect(result.errors.contains("it did not answer as it should"))
    }
  }
}
