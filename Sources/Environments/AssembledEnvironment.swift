public import Model
public import SystemPackage

/// An environment that is ready to build in.
public struct AssembledEnvironment: Sendable {
  /// What it is, the same on every machine.
  public let identity: EnvironmentIdentity
  /// The unpacked layers, the lowest first; read-only by convention, and checked at every start.
  public let layerFolders: [FilePath]
  /// The folders that a build's PATH must begin with; empty but for an environment with wheels.
  public let programFolders: [String]
}
