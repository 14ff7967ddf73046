import Model
import RecipeFormat

/// The settings of a recipe, a line each, for saying in which two recipes differ.
enum RecipeSettings {
  static func lines(_ recipe: Recipe) -> [String] {
    var lines: [String] = []
    switch recipe.environment {
    case .debian(let debian): lines += debian.packages
    case .python(let debian, let wheels): lines += debian.packages + wheels
    case .rootfs, .oci: break
    }
    let build = recipe.build
    lines += build.run.map { "run \($0)" }
    lines += build.variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    switch build.epoch {
    case .seconds(let seconds): lines.append("epoch \(seconds)")
    case .unset: lines.append("epoch unset")
    case nil: break
    }
    if let clock = build.clock { lines.append("clock \(clock.text)") }
    if let umask = build.umask { lines.append("umask 0\(String(umask, radix: 8))") }
    if let processors = build.processors { lines.append("processors \(processors)") }
    return lines
  }
}
