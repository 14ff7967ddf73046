import Glibc
import SystemPackage

/// The system's words for an error number.
func systemMessage(_ number: Int32 = errno) -> String { Errno(rawValue: number).description }
