import Glibc

/// Measures work by the processor time of its thread, which what else runs on the machine hardly changes.
public enum ThreadTime {
  /// The seconds of processor time that the calling thread spends in what does not leave it.
  public static func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = now()
    try work()
    return now() - start
  }

  private static func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
