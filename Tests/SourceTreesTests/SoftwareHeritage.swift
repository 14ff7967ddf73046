import Glibc
import TestFixtures

extension Checkout {
  /// A Python that has `swh.model`: the one that `VERBATIM_SWH_PYTHON` names, or the machine's own.
  static var softwareHeritagePython: String {
    unsafe getenv("VERBATIM_SWH_PYTHON").map { unsafe String(cString: $0) } ?? "python3"
  }
}
