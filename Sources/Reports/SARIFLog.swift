import Model

/// The part of SARIF 2.1.0 that is written, with its property names.
struct SARIFLog: Encodable {
  var schema = "https://json.schemastore.org/sarif-2.1.0.json"
  var version = "2.1.0"
  var runs: [Run]

  enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }

  struct Run: Encodable {
    var tool: Tool
    var invocations: [Invocation]
    var artifacts: [Artifact]
    var results: [Result]
    var properties: RunProperties
  }

  struct Tool: Encodable { var driver: Driver }

  struct Driver: Encodable {
    var name: String
    var version: String
    var rules: [Rule]
  }

  struct Rule: Encodable {
    var id: String
    var shortDescription: Message
    var help: Message?
    var defaultConfiguration: Configuration
  }

  struct Configuration: Encodable { var level: String }

  /// Text with everything spelled out that a viewer would obey or hide.
  struct Message: Encodable {
    var text: String

    init(_ text: String) { self.text = VisibleText.escaped(text) }
  }

  struct Invocation: Encodable {
    var executionSuccessful: Bool
    var exitCode: Int
    var toolExecutionNotifications: [Notification]?
  }

  struct Notification: Encodable {
    var level = "error"
    var message: Message
  }

  struct Artifact: Encodable {
    var location: ArtifactLocation
    var length: Int64?
    var hashes: [String: String]?
    var roles: [String]
    var properties: ArtifactProperties
  }

  struct ArtifactProperties: Encodable {
    var verdict: String
    var rebuiltSha256: String?
    var reconstruction: [String]?
  }

  struct ArtifactLocation: Encodable {
    var uri: String
    var index: Int?
  }

  struct Result: Encodable {
    var ruleId: String
    var ruleIndex: Int?
    var level: String
    var message: Message
    var locations: [Location]
    var suppressions: [Suppression]?
    var properties: ResultProperties
  }

  struct Location: Encodable {
    var physicalLocation: PhysicalLocation
    var logicalLocations: [LogicalLocation]
  }

  struct PhysicalLocation: Encodable { var artifactLocation: ArtifactLocation }

  struct LogicalLocation: Encodable {
    var name: String
    var fullyQualifiedName: String
    var kind: String
  }

  struct Suppression: Encodable {
    var kind: String
    var justification: String
  }

  struct ResultProperties: Encodable {
    var id: String
    var kind: String
    var format: String?
    var role: String?
    var offset: Int64?
    var length: Int64?
    var confidence: Double?
    var followers: Int?
  }

  struct RunProperties: Encodable {
    var verdict: String
    var omittedResults: Int
    var wholeResult: String
  }
}
