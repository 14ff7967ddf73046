/// The shell programs of user-mode Linux: its first process, the command's last steps, and what reads its report.
///
/// The first process is root of a kernel that is itself a process without rights in a sandbox. It sees that sandbox's
/// root, which is the machine's tools and the launcher's folders at `/uml`, and starts bubblewrap again around the
/// command, so that the command is confined as it is on the machine's own kernel. What it reports may be an
/// adversary's.
enum GuestScript {
  /// Values come in a file, a line each, in the order of their names here; lists in files of their own.
  static let first = #"""
    #!/bin/sh
    set -euf
    PATH=/usr/bin:/usr/sbin:/bin:/sbin
    export PATH LC_ALL=C.UTF-8 TZ=UTC
    IFS='
    '
    # Whatever fails ends the machine; without a report that is the sandbox's failure.
    end() { exec 1>&- 2>&- 6>&-; sync; echo o >/proc/sysrq-trigger; while :; do sleep 60; done; }
    trap end EXIT
    mount -t proc proc /proc
    exec 6>/dev/tty1
    stty raw -echo </dev/tty1
    { for name in \#(names.joined(separator: " ")); do read -r "$name"; done; } </uml/guest/values
    export \#(names.joined(separator: " "))
    # Before anything is made that shows its time.
    date -s "@$START" >/dev/null
    mount -t tmpfs -o "size=$SIZE,nr_inodes=$INODES,mode=755,nosuid,nodev" verbatim /uml/inside
    cd /uml/inside
    mkdir -p -m 1777 tmp shm var lock
    mkdir home tree control
    chown "$IDENTITY:$IDENTITY" home tree
    if [ -e /uml/guest/tree ]; then
      tar --extract --file=/uml/guest/tree --directory=tree --numeric-owner --same-owner --preserve-permissions
    fi
    # The root is read-only.
    mount -t hostfs -o /uml/out none /uml/out
    mount -t cgroup2 cgroup control
    echo +pids >control/cgroup.subtree_control
    mkdir control/command
    # It is to run out of memory as a whole, which can be told from failing, and not by one large allocation.
    echo 1 >/proc/sys/vm/overcommit_memory
    # Above what the command may have by as many as its launcher has there: a shell and bubblewrap's two,
    # and what sets the clock.
    echo $((PROCESSES + 5)) >control/command/pids.max
    set -- $(cat /uml/guest/walls) --ro-bind /uml/root / --proc /proc
    for name in kcore keys timer_list timer_stats sched_debug latency_stats; do
      if [ -e "/proc/$name" ]; then set -- "$@" --ro-bind /dev/null "/proc/$name"; fi
    done
    for name in acpi asound scsi; do
      if [ -e "/proc/$name" ]; then set -- "$@" --ro-bind /uml/empty "/proc/$name"; fi
    done
    {
      echo none >code
      xargs -0 -x -n 100000 -s 2000000 -a /uml/guest/arguments \
        /bin/sh -euc "$(cat /uml/guest/enter)" enter "$@" --remount-ro /proc 2>&1 || :
    } | cat >&6
    read -r code <code
    {
      while IFS=' ' read -r name count; do
        if [ "$name" = oom_kill ] && [ "$count" != 0 ]; then echo 'limit memory'; fi
      done </proc/vmstat
      while IFS=' ' read -r name count; do
        if [ "$name" = max ] && [ "$count" != 0 ]; then echo 'limit processes'; fi
      done <control/command/pids.events
      # Fails when the file system is full.
      echo full 2>/dev/null >probe || echo full
      echo "returned $code"
    } >/uml/out/report
    if [ "$code" = 0 ] && [ -s /uml/guest/collect ]; then
      code=0
      (
        ulimit -f "$FILE_BLOCKS"
        exec bwrap $(cat /uml/guest/collector) --ro-bind /uml/inside/tree /collect --seccomp 4 --chdir /collect \
          -- /bin/sh -euc "$(cat /uml/guest/collect)" collect $(cat /uml/guest/names) \
          4</uml/filter >/uml/out/collected 2>>/uml/out/report 6>&-
      ) || code=$?
      echo "collected $code" >>/uml/out/report
    fi
    """#

  /// What the first process reads from its file of values.
  static let names = [
    "START", "RATE", "SIZE", "INODES", "MASK", "OPEN_FILES", "FILE_BLOCKS", "PROCESSES", "IDENTITY",
  ]

  /// The last steps before bubblewrap; the clock is set in the last of them.
  static let enter = #"""
    exec </dev/null 6>&-
    echo 0 >control/command/cgroup.procs
    ulimit -c 0
    ulimit -n "$OPEN_FILES"
    ulimit -f "$FILE_BLOCKS"
    umask "$MASK"
    if [ "$RATE" != 1000 ]; then
      perl -e '\#(pace)' "$START" "$RATE" >/dev/null 2>&1 &
      pacer=$!
    fi
    date -s "@$START" >/dev/null
    code=0
    setpriv --ruid="$IDENTITY" --euid=0 --regid="$IDENTITY" --clear-groups -- \
      bwrap --json-status-fd 9 --add-seccomp-fd 4 "$@" 4</uml/filter 9>status || code=$?
    if [ "$RATE" != 1000 ]; then kill "$pacer"; fi
    # Without that line bubblewrap did not get as far as the command.
    case $(cat status) in *'"exit-code"'*) echo "$code" >code ;; esac
    """#

  /// Sets the clock every 10 ms to where it should be, in Perl, which every Debian has: `clock_gettime` of the
  /// monotonic clock is call 228, `clock_settime` of the real one 227.
  private static let pace = #"""
    my ($start, $rate) = @ARGV;
    my ($whole, $part) = split /\./, $start;
    my $now = pack "qq", 0, 0;
    my $read = sub { syscall(228, 1, $now); my ($s, $n) = unpack "qq", $now; $s * 1e9 + $n };
    my $from = $read->();
    while (1) {
      my $spent = int(($read->() - $from) / 1000 * $rate) + $part;
      my $set = pack "qq", $whole + int($spent / 1e9), $spent % 1e9;
      syscall(227, 0, $set);
      select undef, undef, undef, 0.01;
    }
    """#

  /// Run on the machine, confined: what the guest reported, or what its kernel said when it reported nothing.
  static let report = #"""
    plain() { [ -f "$1" ] && ! [ -L "$1" ]; }
    if plain report; then head -c 65536 report; exit; fi
    if plain kernel; then tail -c 4096 kernel | tail -n 12 | while IFS= read -r line; do echo "said $line"; done; fi
    """#

  /// Run on the machine, confined: what the guest collected.
  static let collected = #"""
    [ -f collected ] && ! [ -L collected ]
    exec cat collected
    """#

  /// The kernel's own start: measurements of processors and file systems that no build uses take it a second.
  static let skippedStart = [
    "raid6_select_algo", "init_zswap", "init_btrfs_fs", "init_jfs_fs", "calibrate_xor_blocks", "init_xfs_fs",
    "strp_dev_init",
  ]
}
