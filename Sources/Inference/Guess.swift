public import Fetching
public import Model
public import RecipeFormat
public import Store
public import SystemPackage

/// A guess at the environment that made an artifact; it can be drafted as a recipe and learns from what came of it.
public protocol Guess: Sendable {
  /// The recipe that says it.
  var draft: RecipeDraft { get }

  /// What to try next, the most likely first, after a check of this guess did not reproduce the artifact.
  ///
  /// `rebuilt` are the files that the build left, in the order of the recipe's artifacts; none when it failed.
  /// Never one that makes the built bytes fit by changing them: every setting is one of the build's environment.
  func alternatives(after result: CheckResult, rebuilt: [FilePath]) async throws -> [any Guess]

  /// Whether a check can teach it anything; without, nothing is tried after it.
  var learns: Bool { get }

  /// Whether its build only measures, so that what it shows counts though more differs.
  var isMeasurement: Bool { get }

  /// The same with one setting less, for each that could be without effect; the search keeps those that reproduce too.
  func simplifications() async throws -> [any Guess]

  /// What a person should know of a check that did not reproduce the artifact, beside its causes; a sentence each.
  func remarks(on result: CheckResult) -> [String]
}

extension Guess {
  /// Nothing beside the causes.
  public func remarks(on result: CheckResult) -> [String] { [] }

  /// Guesses learn unless they say otherwise.
  public var learns: Bool { true }

  /// Guesses are meant to reproduce unless they say otherwise.
  public var isMeasurement: Bool { false }
}

/// What inferring may use.
public struct InferenceContext: Sendable {
  /// Where files are kept.
  public let store: Store
  /// Where files come from; only indexes and archives that the machine is configured with are asked.
  public let fetcher: Fetcher
  /// The source archive that the person names, in place of the one that the index lists.
  public let source: FilePath?
  /// The archives of Debian packages that the person names, in place of the machine's.
  public let mirrors: [DebianMirror]
  /// What a builder wrote down of a Debian package's build.
  public let buildInfo: FilePath?
  /// Who is told what goes on.
  public let progress: any ProgressSink

  /// Makes a context of its parts.
  public init(
    store: Store, fetcher: Fetcher, source: FilePath?, mirrors: [DebianMirror] = [], buildInfo: FilePath? = nil,
    progress: any ProgressSink
  ) {
    self.store = store
    self.fetcher = fetcher
    self.source = source
    self.mirrors = mirrors
    self.buildInfo = buildInfo
    self.progress = progress
  }
}

/// One kind of shipped artifact that recipes can be inferred for.
public protocol ShippedKind: Sendable {
  /// What it is called in messages, in the plural.
  var name: String { get }

  /// Whether it is of this kind; `head` are the first 4096 bytes of a file, or nothing for a release of an index.
  func recognises(_ shipped: ShippedReference, head: [UInt8]) -> Bool

  /// Reads the artifact, finds its source and makes the first guess.
  func guess(_ shipped: ShippedReference, _ context: InferenceContext) async throws -> any Guess
}
