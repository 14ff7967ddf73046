import Model

/// What a build that failed for a module that is not there, or a requirement that is not met, suggests.
enum MissingModule {
  static func moves(_ failure: InconclusiveReason, _ plan: WheelPlan) -> [WheelMove] {
    var moves: [WheelMove] = []
    for line in [failure.message] + failure.details {
      for mark in ["No module named '", "No module named "] {
        guard let place = line.firstRange(of: mark) else { continue }
        let module = line[place.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        guard !module.isEmpty else { continue }
        moves += supply(String(module), line, plan)
        break
      }
      for mark in ["satisfies the requirement ", "The '", "No matching distribution found for "] {
        guard let place = line.firstRange(of: mark) else { continue }
        let text = line[place.upperBound...].prefix { !$0.isWhitespace && $0 != "'" && $0 != "(" }
        guard let requirement = PythonRequirement(text), requirement.name.contains(where: \.isLetter) else { continue }
        moves.append(
          WheelMove(WheelRule.wheels, String(text), evidence: "the build says: \(line.prefix(120))") {
            $0.require(String(text))
          })
      }
    }
    return moves
  }

  private static func supply(_ module: String, _ line: String, _ plan: WheelPlan) -> [WheelMove] {
    let evidence = "the build says: \(line.prefix(120))"
    switch module {
    case "pkg_resources", "distutils":
      return [
        WheelMove(WheelRule.wheels, "setuptools<81", evidence: evidence) {
          $0.require("setuptools")
          $0.bounds["setuptools"] = VersionSpecifiers("<81")
        }
      ]
    default:
      let project = PythonRequirement.normalised(module)
      guard project.first?.isLetter == true, !plan.requires.contains(where: { $0.name == project }) else { return [] }
      return [WheelMove(WheelRule.wheels, project, evidence: evidence) { $0.require(project) }]
    }
  }
}
