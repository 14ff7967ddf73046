import Processes

/// The kernel whose clock can be set, as a program of this machine.
enum UserModeLinux {
  static let program = "linux.uml"

  /// Throws where it is missing.
  static func require() throws(SandboxError) {
    guard HostCommand.locate(program) == nil else { return }
    throw SandboxError(
      .unavailable, "running a build by a clock that is set: this machine has no user-mode Linux (\(program))",
      advice: "install the Debian package user-mode-linux: apt-get install user-mode-linux")
  }
}
