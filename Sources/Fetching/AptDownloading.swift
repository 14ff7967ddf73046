import Model
import Processes
import RecipeFormat
import SystemPackage

extension AptArchive {
  /// Downloads packages that the index lists, into an empty folder; returns where each file is that arrived.
  ///
  /// The digests are not checked here but where the files are stored.
  func download(
    packages: [LockedPackage], into folder: FilePath
  ) async throws(FetchError) -> (files: [LockedFile: FilePath], complaints: [String]) {
    let total = packages.reduce(0) { $0 + $1.file.size }
    let count = packages.count == 1 ? packages[0].name : "\(packages.count) packages"
    let result = try await DownloadWatch.watching(folder, total: total, detail: count, stall: stall, progress: progress)
    {
      () async throws(FetchError) in
      try await query("apt-get", ["-qq", "download"] + packages.map { "\($0.name)=\($0.version)" }, in: folder)
    }
    var files: [LockedFile: FilePath] = [:]
    for package in packages {
      let path = folder.appending(Self.writtenName(package))
      // apt leaves what was cut short under the same name.
      if LocalFiles.size(path) == package.file.size { files[package.file] = path }
    }
    return (files, complaints(result))
  }

  /// Downloads the files of a source package that the index lists, into an empty folder; nothing is unpacked.
  func download(
    source: IndexedSource, into folder: FilePath
  ) async throws(FetchError) -> (files: [LockedFile: FilePath], complaints: [String]) {
    let total = source.files.reduce(0) { $0 + $1.size }
    let arguments = ["-qq", "source", "--download-only", "--only-source", "\(source.name)=\(source.version)"]
    let result = try await DownloadWatch.watching(
      folder, total: total, detail: source.name, stall: stall, progress: progress
    ) {
      () async throws(FetchError) in
      try await query("apt-get", arguments, in: folder)
    }
    var files: [LockedFile: FilePath] = [:]
    for file in source.files {
      let path = folder.appending(file.name)
      if LocalFiles.size(path) == file.size { files[file] = path }
    }
    return (files, complaints(result))
  }

  /// The name under which `apt-get download` writes a package: with its epoch, escaped.
  static func writtenName(_ package: LockedPackage) -> String {
    let version = package.version.replacing("%", with: "%25").replacing("_", with: "%5f").replacing(":", with: "%3a")
    return "\(package.name)_\(version)_\(package.architecture ?? "all").deb"
  }
}
