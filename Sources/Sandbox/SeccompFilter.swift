import CSeccomp
import Glibc
import SystemPackage

/// The system calls that no sandboxed command gets, as a BPF program for `bwrap --seccomp`.
///
/// A list of what is denied rather than of what is allowed: builds use nearly everything, and namespaces and missing
/// capabilities are the boundary; this keeps them from the parts of the kernel that boundaries were broken through.
struct SeccompFilter: Sendable {
  /// The program as octal escapes for a shell's `printf`.
  let octal: String

  /// Answered as if the caller had no right to it.
  static let forbidden = [
    "add_key", "keyctl", "request_key",
    "mount", "umount", "umount2", "pivot_root", "fsopen", "fsconfig", "fsmount", "fspick", "move_mount", "open_tree",
    "open_tree_attr", "mount_setattr", "setns", "unshare",
    "bpf", "perf_event_open", "userfaultfd", "lookup_dcookie", "open_by_handle_at", "name_to_handle_at",
    "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "create_module",
    "swapon", "swapoff", "reboot", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime",
    "acct", "quotactl", "quotactl_fd", "nfsservctl", "syslog", "vhangup", "iopl", "ioperm", "uselib", "_sysctl",
    "fanotify_init", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "vmsplice", "modify_ldt",
    "sethostname", "setdomainname",
  ]

  /// Answered as by a kernel that is older than they are, so that callers fall back.
  static let absent = ["clone3", "io_uring_setup", "io_uring_enter", "io_uring_register", "landlock_create_ruleset"]

  /// Makes the filter for this machine's architecture, and the 32-bit one that its kernel also runs.
  init() throws(SandboxError) {
    let rules = SeccompRules()
    try rules.addSecondArchitecture()
    for name in Self.forbidden { try rules.deny(name, EPERM) }
    for name in Self.absent { try rules.deny(name, ENOSYS) }
    // A namespace is as good as a capability: each flag on its own, since a filter compares with a mask.
    for flag in [CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET] {
      try rules.deny(
        "clone", EPERM, argument: 0, mask: UInt64(UInt32(bitPattern: Int32(flag))),
        value: UInt64(UInt32(bitPattern: Int32(flag))))
    }
    // Typing into a terminal. The kernel looks at the lower half of the request only.
    for request in [UInt64(TIOCSTI), 0x541C] {
      try rules.deny("ioctl", EPERM, argument: 1, mask: 0xFFFF_FFFF, value: request)
    }
    octal = Self.octal(try rules.export())
  }

  private static func octal(_ program: [UInt8]) -> String {
    var text = ""
    text.reserveCapacity(program.count * 4)
    for byte in program {
      text += "\\"
      for shift in [UInt8(6), 3, 0] { text.append(Character(UnicodeScalar(0x30 + (byte >> shift) & 7))) }
    }
    return text
  }
}

/// Owns a libseccomp filter context.
@safe private struct SeccompRules: ~Copyable {
  private let context: scmp_filter_ctx

  init() {
    guard let made = unsafe seccomp_init(UInt32(SCMP_ACT_ALLOW)) else {
      fatalError("libseccomp could not allocate a filter: memory is exhausted")
    }
    unsafe context = made
  }

  deinit { unsafe seccomp_release(context) }

  /// Also filters the second set of system calls that a 64-bit kernel has; another set kills its caller.
  func addSecondArchitecture() throws(SandboxError) {
    #if arch(x86_64)
      let second = UInt32(SCMP_ARCH_X86)
    #elseif arch(arm64)
      let second = UInt32(SCMP_ARCH_ARM)
    #endif
    #if arch(x86_64) || arch(arm64)
      let code = unsafe seccomp_arch_add(context, second)
      guard code == 0 || code == -EEXIST else {
        throw SandboxError(.unavailable, "making the seccomp filter: the 32-bit system calls could not be added")
      }
    #endif
  }

  func deny(_ name: String, _ number: Int32) throws(SandboxError) {
    try deny(name, number, arguments: [])
  }

  func deny(
    _ name: String, _ number: Int32, argument: UInt32, mask: UInt64, value: UInt64
  ) throws(SandboxError) {
    try deny(
      name, number, arguments: [scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)])
  }

  private func deny(_ name: String, _ number: Int32, arguments: [scmp_arg_cmp]) throws(SandboxError) {
    let call = unsafe seccomp_syscall_resolve_name(name)
    // A call that this libseccomp does not know cannot be filtered by name; newer ones are all of the mount family,
    // which takes a capability that the command lacks.
    guard call != __NR_SCMP_ERROR else { return }
    let code = unsafe seccomp_rule_add_array(
      context, verbatim_seccomp_errno(UInt16(number)), call, UInt32(arguments.count), arguments)
    // EDOM: none of the architectures has it.
    guard code == 0 || code == -EDOM else {
      throw SandboxError(
        .unavailable, "making the seccomp filter: the rule for \(name) was refused: \(Errno(rawValue: -code))")
    }
  }

  func export() throws(SandboxError) -> [UInt8] {
    let file = verbatim_memory_file()
    guard file >= 0 else {
      throw SandboxError(.unavailable, "making the seccomp filter: no memory file: \(Errno(rawValue: errno))")
    }
    let descriptor = FileDescriptor(rawValue: file)
    defer { try? descriptor.close() }
    let code = unsafe seccomp_export_bpf(context, file)
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    do {
      let count = unsafe try bytes.withUnsafeMutableBytes {
        unsafe try descriptor.read(fromAbsoluteOffset: 0, into: $0)
      }
      if code == 0, count > 0, count < bytes.count { return Array(bytes.prefix(count)) }
    } catch {}
    throw SandboxError(.unavailable, "making the seccomp filter: it could not be exported")
  }
}
