import Model
public import RecipeFormat
import Store
import SystemPackage

extension Fetcher {
  /// Lists that a lock is made from are at most this old.
  private static let lockingAge: Int64 = 3600

  /// Pins the files of an input of the recipe's source.
  public func resolve(
    source input: InputReference, for environment: EnvironmentRecipe
  ) async throws(FetchError) -> LockedInput {
    try await resolve(input, for: environment, isSource: true)
  }

  /// Pins the file of a shipped artifact.
  public func resolve(
    shipped input: InputReference, for environment: EnvironmentRecipe
  ) async throws(FetchError) -> LockedInput {
    try await resolve(input, for: environment, isSource: false)
  }

  /// Pins everything that an environment is assembled from; the architecture is the machine's unless it is named.
  public func resolve(
    _ environment: EnvironmentRecipe, architecture: String? = nil
  ) async throws(FetchError) -> LockedEnvironment {
    switch environment {
    case .debian(let debian):
      return try await resolve(debian, environment, architecture)
    case .python(let debian, let wheels):
      var locked = try await resolve(debian, environment, architecture)
      let platform = PythonPlatform.of(suite: debian.suite, architecture: locked.architecture ?? "")
      for wheel in wheels { locked.wheels.append(try await resolve(wheel: wheel, for: platform)) }
      return locked
    case .rootfs(let input), .oci(let input, _):
      return LockedEnvironment(image: try await resolve(input, for: environment, isSource: true))
    }
  }

  private func resolve(
    _ debian: DebianEnvironment, _ environment: EnvironmentRecipe, _ architecture: String?
  ) async throws(FetchError) -> LockedEnvironment {
    let archive = try await freshArchive(DebianSuite(environment, architecture: architecture), for: debian.suite)
    let resolved = try await ResolvedPackages.of(debian.packages, in: archive)
    return LockedEnvironment(
      architecture: archive.architecture, base: resolved.base, packages: resolved.packages)
  }

  private func freshArchive(_ suite: DebianSuite, for what: String) async throws(FetchError) -> AptArchive {
    let archive = try await archives.archive(suite)
    if !offline {
      try await archive.update(olderThan: Self.lockingAge)
    } else if archive.age == nil {
      throw needsNetwork(what)
    }
    return archive
  }

  private func needsNetwork(_ what: String) -> FetchError {
    FetchError(
      .offline, "pinning \(what): its index would have to be asked, and the use of the network is forbidden",
      advice: "Run `verbatim lock` where there is a network, and take the lock along.")
  }

  /// Pins a wheel written as `name==version`.
  private func resolve(wheel: String, for platform: PythonPlatform?) async throws(FetchError) -> LockedPackage {
    guard let place = wheel.firstRange(of: "==") else {
      throw FetchError(
        .wrongReference, "pinning the wheel \"\(wheel.prefix(80))\": it is not of the form name==version")
    }
    let name = String(wheel[..<place.lowerBound])
    let version = String(wheel[place.upperBound...])
    let file = try await resolve(pypi: name, version, file: nil, kind: .wheel, platform: platform)
    return LockedPackage(name: name, version: version, file: file)
  }

  private func resolve(
    _ input: InputReference, for environment: EnvironmentRecipe, isSource: Bool
  ) async throws(FetchError) -> LockedInput {
    switch input {
    case .debian(let name, let version):
      let archive = try await freshArchive(DebianSuite(environment), for: input.description)
      if isSource { return LockedInput(input: input, files: try await archive.source(name, version).files) }
      return LockedInput(input: input, files: [try await archive.package(name, version).file])
    case .pypi(let name, let version, let file):
      let kind: PythonIndex.Kind = isSource ? .sdist : .wheel
      return LockedInput(input: input, files: [try await resolve(pypi: name, version, file: file, kind: kind)])
    case .url(let address, let digest):
      return LockedInput(input: input, files: [try await resolve(url: address, digest, input)])
    case .path(let path, let digest):
      let file = try recipeFolder.identify(path)
      if let digest, digest != file.sha256 {
        throw FetchError(
          .mismatch, "reading \(recipeFolder.path.appending(path)): its bytes are not those that the recipe names",
          details: ["expected SHA-256 \(digest)", "found SHA-256    \(file.sha256)"])
      }
      return LockedInput(input: input, files: [file])
    }
  }

  private func resolve(
    pypi name: String, _ version: String, file: String?, kind: PythonIndex.Kind, platform: PythonPlatform? = nil
  ) async throws(FetchError) -> LockedFile {
    guard !offline else { throw needsNetwork("\(name)==\(version)") }
    let listed = try await pythonIndex.choose(name, version, file: file, kind: kind, platform: platform)
    guard let digest = listed.file.sha256 else {
      throw FetchError(.indexUnusable, "pinning \(listed.file.name): the index gives no SHA-256")
    }
    if let size = listed.file.size { return LockedFile(name: listed.file.name, sha256: digest, size: size) }
    // The HTML form tells no size, so the file itself has to.
    let size = try await sizeOf(digest) { () async throws(FetchError) in
      _ = try await download.fetch(
        listed.file.address, name: listed.file.name, expecting: digest, size: nil, connection: listed.connection)
    }
    return LockedFile(name: listed.file.name, sha256: digest, size: size)
  }

  private func resolve(
    url address: String, _ digest: SHA256Digest, _ input: InputReference
  ) async throws(FetchError) -> LockedFile {
    guard WebAddress.isFetchable(address) else {
      throw FetchError(
        .wrongReference,
        "fetching \"\(WebAddress.withoutSecrets(String(address.prefix(200))))\": it is no http, https or ftp address")
    }
    let name = WebAddress.fileName(address) ?? "download"
    for candidate in inputs.candidates(for: LockedFile(name: name, sha256: digest, size: -1)).prefix(64)
    where try LocalFiles.digest(candidate) == digest {
      _ = try await fetching { try store.insert(file: candidate, expecting: digest) }
    }
    let size = try await sizeOf(digest) { () async throws(FetchError) in
      guard !offline else { throw needsNetwork(input.description) }
      _ = try await download.fetch(address, name: name, expecting: digest, size: nil, connection: Connection())
    }
    return LockedFile(name: name, sha256: digest, size: size)
  }

  /// The size of an object of the store, which is brought first where it is not there.
  private func sizeOf(
    _ digest: SHA256Digest, orFetch fetch: () async throws(FetchError) -> Void
  ) async throws(FetchError) -> Int64 {
    var path = try await fetching { try store.verified(digest) }
    if path == nil {
      try await fetch()
      path = try await fetching { try store.verified(digest) }
    }
    guard let path, let size = LocalFiles.size(path) else {
      throw FetchError(.machine, "reading the object \(digest.short) of the store: it is gone again")
    }
    return size
  }
}
