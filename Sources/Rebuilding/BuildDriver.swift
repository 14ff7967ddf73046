/// The script that runs a recipe's steps one after the other inside the sandbox.
enum BuildDriver {
  private static let script = #"""
    number=0
    for step; do
      number=$((number + 1))
      printf '+ [%d/%d] %s\n' "$number" "$#" "$step"
      /bin/sh -c "$step" || exit
    done
    """#

  /// The command that runs the steps and ends with the status of the first that fails.
  static func command(steps: [String]) -> [String] { ["/bin/sh", "-c", script, "build"] + steps }

  /// Whether a line of the log announces a step; a build may print such lines itself, so it only helps messages.
  static func isAnnouncement(_ line: String) -> Bool { line.hasPrefix("+ [") }
}
