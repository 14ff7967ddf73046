import Model
import Processes
import RecipeFormat
import Sandbox
import Store
import SystemPackage

/// Makes the layers that Debian packages are installed in.
struct DebianLayers {
  let store: Store
  let engine: SandboxEngine
  let progress: any ProgressSink

  /// mmdebstrap runs as the machine has it, confined, with all maintainer scripts below it.
  ///
  /// Without the right to mount it leaves out `/dev`, `/proc` and `/sys`, and says so; the root that it makes is
  /// the same. No device node can be made, so what scripts write to `/dev` is a file there, which goes with `/dev`.
  private static let bootstrap = """
    mkdir -p /var/lib/dpkg /var/cache /var/log /root
    exec mmdebstrap --mode=root --variant=apt --format=directory --skip=check/qemu,check/signed-by,output/dev \
      --architectures="$1" --include="$2" --aptopt='APT::Sandbox::User "root"' \
      --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' '' /assembly/root "$3"
    """

  /// The environment's own apt and dpkg, with settings and state outside the root that is kept.
  private static let install = """
    mkdir -p /tmp/apt/lists/partial /tmp/apt/cache/archives/partial /tmp/apt/log
    echo "$1" > /tmp/apt/sources.list
    shift
    cat > /tmp/apt/apt.conf <<'END'
    Dir::Etc::sourcelist "/tmp/apt/sources.list";
    Dir::Etc::sourceparts "-";
    Dir::State::lists "/tmp/apt/lists";
    Dir::Cache "/tmp/apt/cache";
    Dir::Log "/tmp/apt/log";
    APT::Sandbox::User "root";
    APT::Install-Recommends "false";
    APT::Get::Assume-Yes "true";
    APT::Get::Remove "false";
    APT::Color "false";
    Acquire::Languages "none";
    Dpkg::Use-Pty "false";
    Dpkg::Options { "--force-confnew"; "--force-unsafe-io"; };
    END
    export APT_CONFIG=/tmp/apt/apt.conf
    printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    apt-get -qq update
    exec apt-get -q install --allow-downgrades "$@"
    """

  /// Makes the root that all recipes with the same base share.
  func base(
    _ packages: [LockedPackage], architecture: String, in scratch: FilePath, spool: ContentSpool
  ) async throws -> LayerTree {
    guard HostCommand.locate("mmdebstrap") != nil else {
      throw EnvironmentError(
        .machine, "assembling the base layer: this machine has no mmdebstrap",
        advice: "Install the Debian package mmdebstrap.")
    }
    let repository = try PackageRepository(packages, store: store, at: scratch.appending("base-packages"))
    let run = AssemblyRun(
      doing: "assembling the base layer with mmdebstrap", root: .hostTools,
      mounts: [.init(host: repository.folder, inside: PackageRepository.inside)], script: Self.bootstrap,
      arguments: [
        architecture, packages.map(\.name).joined(separator: ","), PackageRepository.sourceLine("copy"),
      ], epoch: repository.newest, collect: .tree("root"), treeAt: "/assembly",
      steps: ("Setting up ", packages.count))
    return try await collect(run, packages, epoch: repository.newest, in: scratch, spool: spool)
  }

  /// Installs packages over a base and returns what that changed.
  func packages(
    _ packages: [LockedPackage], over base: [LockedPackage], layer: SHA256Digest, at folder: FilePath,
    in scratch: FilePath, spool: ContentSpool
  ) async throws -> LayerTree {
    let below = try baseTree(layer, in: scratch)
    let repository = try PackageRepository(packages, store: store, at: scratch.appending("packages"))
    // Not older than the base, so that nothing of the base seems changed by its time alone.
    let epoch = max(repository.newest, try epoch(of: base))
    let run = AssemblyRun(
      doing: "installing the recipe's packages", root: .layers([folder]),
      mounts: [.init(host: repository.folder, inside: PackageRepository.inside)], script: Self.install,
      arguments: [PackageRepository.sourceLine("file")] + packages.map { "\($0.name)=\($0.version)" }, epoch: epoch,
      collect: .root, steps: ("Setting up ", packages.count))
    let names = Set(packages.map { "\($0.name) \($0.architecture ?? "")" })
    // A package of the recipe may replace one of the base by another version.
    let kept = base.filter { !names.contains("\($0.name) \($0.architecture ?? "")") }
    let above = try await collect(run, kept + packages, epoch: epoch, in: scratch, spool: spool)
    return try LayerDifference.between(below, above)
  }

  /// The newest time of packages, which all later layers' times follow, in seconds since 1970.
  func epoch(of packages: [LockedPackage]) throws(EnvironmentError) -> Int64 {
    var newest: Int64 = 0
    for package in packages {
      let path = try StoredInput.path(of: package.file, in: store, for: "the package \(package.name)")
      newest = max(newest, try DebianPackageFile(path, expecting: package).time)
    }
    return newest
  }

  private func collect(
    _ run: AssemblyRun, _ packages: [LockedPackage], epoch: Int64, in scratch: FilePath, spool: ContentSpool
  ) async throws -> LayerTree {
    let archive = scratch.appending("collected.tar")
    try await run.run(engine, to: archive, progress: progress)
    progress.report(.advanced(done: 0, total: nil, unit: .items, detail: "putting the layer in order"))
    var tree = try LayerReader.tree(of: archive, spool: spool)
    try InstalledPackages.check(tree, spool: spool, against: packages)
    try HostLeak.seal(&tree, epoch: epoch, spool: spool)
    return tree
  }

  private func baseTree(_ layer: SHA256Digest, in scratch: FilePath) throws -> LayerTree {
    guard let path = try store.verified(layer) else {
      throw EnvironmentError(.machine, "reading the base layer: sha256:\(layer) is gone from the store")
    }
    return try LayerReader.tree(of: path, spool: try ContentSpool(in: scratch, keepsBytes: false))
  }
}
