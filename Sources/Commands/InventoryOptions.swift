import ArgumentParser
import Checking
import Evidence
import Model
import SystemPackage

/// In which forms what went into a check is listed.
struct InventoryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write what went in and what is claimed as CycloneDX 1.6.", valueName: "file"))
  var cyclonedx: String?

  @Option(help: ArgumentHelp("Write what went in and what came out as SPDX 3.0.1.", valueName: "file"))
  var spdx: String?

  @Flag(help: "Say in --cyclonedx that the party is not who made the product.")
  var thirdParty = false

  func validate() throws {
    for name in [cyclonedx, spdx].compactMap({ $0 }) { try OutputFile(name).validate() }
  }

  /// Writes the files that were asked for.
  func write(_ result: CheckResult, evidence: FilePath, party: String?) throws {
    guard cyclonedx != nil || spdx != nil else { return }
    let record = try EvidenceRecord.make(
      result, in: evidence, party: party ?? "urn:verbatim:unnamed", time: try SigningOptions.time())
    if let cyclonedx {
      try OutputFile(cyclonedx).write(CycloneDXInventory(record, isThirdParty: thirdParty).bytes)
    }
    if let spdx { try OutputFile(spdx).write(SPDXInventory(record).bytes) }
  }
}
