/// The shell programs that make a sandbox; they run trusted tools only, in a mount namespace of their own.
///
/// Everything variable comes in by the environment, named by `LaunchPlan`, with lists a line each, or as arguments,
/// never as text of the program. Descriptor 3 is the engine's control channel; it speaks in lines: `stage NAME`,
/// `fail WHAT`, `returned CODE`, `full`, `missing PATH`, `collected CODE`, and bubblewrap's JSON.
enum LauncherScript {
  /// Makes the sandbox, runs the command, collects.
  static let main = [
    start, "prepare() {", scratch, root, identity, tree, guest, release, "}", "confine() {", confine, "}", command,
    reported, collect,
  ].joined(separator: "\n")

  /// The life line.
  private static let start = #"""
    set -euf
    exec 3>&2 5<&0 7>&1 </dev/null
    # The engine holds the other end of descriptor 5: when it ends, however that happens, this ends everything.
    { read -r _ <&5 || :; kill -KILL 0; } >/dev/null 2>&1 3>&- 7>&- &
    watcher=$!
    trap 'kill -KILL $watcher 2>/dev/null' EXIT
    exec 5<&-
    fail() { echo "fail $*" >&3; exit 90; }
    newline='
    '
    IFS=$newline
    umask 022
    # The kernel should rather kill a build than anything else of this machine.
    echo 1000 2>/dev/null >/proc/self/oom_score_adj || :
    # A process joins by itself: in cgroup v1 that waits for nobody, in v2 10 ms for every processor to pass by.
    join() { if [ -n "$JOIN" ]; then echo 0 >"$JOIN" || fail "joining the control group"; fi; }
    """#

  /// The scratch file system. Its shell's standard output is the filter's pipe, which nothing else may write to.
  private static let scratch = #"""
    set -e
    # What cannot be prepared must not be started.
    trap 'echo "fail preparing the sandbox" >&3; kill -KILL 0' EXIT
    exec 4>&1 >/dev/null
    echo 'stage scratch' >&3
    mount -t tmpfs -o "size=$SIZE,nr_inodes=$INODES,mode=755,nosuid,nodev" verbatim "$SCRATCH"
    cd "$SCRATCH"
    # Each further process costs 2 ms: the mode is that of the last part of each path, which `.` has already.
    mkdir -p -m 1777 tmp shm $MAKE
    if [ -n "$OWN" ]; then chown "$IDENTITY:$IDENTITY" $OWN & owning=$!; fi
    if [ -n "$COLLECT$GUEST" ]; then printf "$FILTER" >filter; fi
    """#

  /// The overlay, and the mount points in it.
  private static let root = #"""
    echo 'stage root' >&3
    # A mount point is made before bubblewrap looks for it, and never through a link of the root.
    plain() {
      IFS=/
      path=root
      first=
      for part in $1; do
        path=$path${part:+/$part}
        if [ -L "$path" ]; then fail "mounting at $1: ${path#root} is a symbolic link in the root"; fi
        if [ -z "$first" ] && ! [ -e "$path" ]; then first=$path; fi
      done
      IFS=$newline
      if [ -z "$first" ]; then return; fi
      printf '.%s\n' "${first#root}" >>new
      if [ "$WHOLE" = 0 ]; then return; fi
      # The folder gets its time back, or it would tell of our mount point in a collected root.
      stamps=$((stamps + 1))
      touch -r "${first%/*}" "stamp$stamps"
      stamped=stamp$stamps$newline${first%/*}$newline$stamped
    }
    : >new
    stamps=0
    stamped=
    if [ "$ROOT" = layers ]; then
      lower=
      count=0
      for layer in $LAYERS; do
        # Links, so that no path of this machine shows in the command's mount table, and none needs escaping.
        ln -s "$layer" "l$count"
        lower=l$count${lower:+:$lower}
        count=$((count + 1))
      done
      # The overlay's own root shows the upper folder's mode and time, whatever the layers have.
      if [ "$WHOLE" = 1 ]; then
        chmod --reference="$layer/." upper
        touch -r "$layer/." upper
      fi
      mount -t overlay -o "lowerdir=$lower,upperdir=upper,workdir=work,$OVERLAY" overlay root
    fi
    missing=
    for folder in $FOLDERS; do
      plain "$folder"
      if ! [ -d "root$folder" ]; then missing=$missing${newline}root$folder; fi
    done
    if [ -n "$missing" ]; then mkdir -p $missing; fi
    for file in $FILES; do
      plain "$file"
      if ! [ -e "root$file" ]; then : >"root$file"; fi
    done
    stamp=
    for line in $stamped; do
      if [ -z "$stamp" ]; then stamp=$line; continue; fi
      touch -r "$stamp" "$line"
      stamp=
    done
    count=0
    for host in $MOUNTS; do
      if [ -d "$host" ]; then mkdir "m$count"; else : >"m$count"; fi
      mount --bind "$host" "m$count"
      count=$((count + 1))
    done
    """#

  /// What a program may look up about machine and user, the same everywhere.
  private static let identity = #"""
    # On the host's tools they lie in the root's own /etc, on layers each is mounted over the layers' own.
    if [ "$ROOT" = host ]; then cd root/etc; fi
    printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$HOST_NAME" >hosts
    : >resolv.conf
    echo "$HOST_NAME" >hostname
    named() {
      found=
      if [ -f "root/etc/$1" ] && ! [ -L "root/etc/$1" ] && ! [ -L root/etc ]; then
        while IFS= read -r line; do
          printf '%s\n' "$line"
          case $line in *:*:"$IDENTITY":*) found=1 ;; esac
        done <"root/etc/$1"
      else
        echo "$2"
      fi
      if [ -z "$found" ] && [ "$IDENTITY" != 0 ]; then echo "$3"; fi
    }
    if [ "$ROOT" = host ] || [ "$IDENTITY" != 0 ]; then
      named passwd 'root:x:0:0:root:/root:/bin/sh' "builder:x:$IDENTITY:$IDENTITY::$HOME_FOLDER:/bin/sh" >passwd
      named group 'root:x:0:' "builder:x:$IDENTITY:" >group
    fi
    cd "$SCRATCH"
    if [ "$ROOT" = layers ] && [ -f root/etc/machine-id ] && ! [ -L root/etc/machine-id ] && ! [ -L root/etc ]; then
      echo 00000000000040008000000000000001 >machine-id
    fi
    """#

  /// The build's writable folder.
  private static let tree = #"""
    echo 'stage tree' >&3
    if [ -n "$OWN" ]; then wait "$owning" || fail "giving the builder the folders that are its own"; fi
    host=
    for line in $PLACEMENTS; do
      if [ -z "$host" ]; then host=$line; continue; fi
      folder=tree/$line
      if ! [ -d "$host" ]; then folder=${folder%/*}; fi
      # AS makes them the builder's, so that all is his in one pass, with no right but to read what is the caller's.
      if ! [ -d "$folder" ]; then $AS mkdir -p "$folder"; fi
      $AS cp -a --no-preserve=ownership -T -- "$host" "tree/$line"
      host=
    done
    """#

  /// What user-mode Linux starts from; the command's arguments hold line feeds, so they end with zero bytes.
  private static let guest = #"""
    if [ -n "$GUEST" ]; then
      printf '%s\n' "$GUEST" >guest/first
      chmod 755 guest/first
      printf '%s\0' "$@" >guest/arguments
      printf '%s\n' "$GUEST_VALUES" >guest/values
      printf '%s\n' "$GUEST_WALLS" >guest/walls
      printf '%s\n' "$GUEST_ENTER" >guest/enter
      printf '%s' "$GUEST_COLLECT" >guest/collect
      printf '%s\n' "$GUEST_NAMES" >guest/names
      printf '%s\n' "$GUEST_COLLECTOR" >guest/collector
      # As an archive, since the guest sees times of the machine's files without their fractions.
      if [ -d tree ]; then
        tar --create --file=guest/tree --directory=tree --format=pax --numeric-owner --sort=name \
          --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' .
      fi
    fi
    """#

  /// What bubblewrap waits for before it does anything. Were it not written, bubblewrap would refuse an empty filter.
  private static let release = #"""
    echo 'stage command' >&3
    printf "$FILTER" >&4
    trap - EXIT
    """#

  /// The command, its arguments bubblewrap's; it starts while the sandbox is prepared.
  private static let confine = #"""
    set -e
    exec 4<&0 </dev/null
    join
    if [ -z "$IDENTITY_MAP" ]; then eval "$ENTER"; fi
    # A user namespace with the same users, so that capabilities end at it. Its first process tells its number and
    # waits; this side writes the maps, and hands on the status.
    {
      code=0
      unshare --user /bin/sh -euc "$ENTER" enter "$@" 6>&1 || code=$?
      echo "$code"
    } | {
      read -r process && printf '%s\n' "$IDENTITY_MAP" >"/proc/$process/gid_map" &&
        printf '%s\n' "$IDENTITY_MAP" >"/proc/$process/uid_map" ||
        { echo 'fail mapping the users of the user namespace' >&3; kill -KILL 0; }
      read -r code
      exit "$code"
    }
    """#

  /// Both at once; the command's status is left in `code`, since the scratch file system may be full by then.
  private static let command = #"""
    # Neither side of a pipe in a condition would end at its first error.
    set +e
    prepare "$@" | confine "$@"
    code=$?
    set -e
    cd "$SCRATCH"
    echo 'stage ended' >&3
    echo "returned $code" >&3
    # Fails when the scratch file system is full.
    [ ! -e new ] || echo full 2>/dev/null >probe || echo full >&3
    """#

  /// The last steps before bubblewrap: the limits that are the process's own.
  static let enter = #"""
    if [ -n "$IDENTITY_MAP" ]; then
      echo $$ >&6
      while ! read -r _ </proc/self/uid_map; do :; done
    fi
    ulimit -c 0
    ulimit -n "$OPEN_FILES"
    ulimit -f "$FILE_BLOCKS"
    ulimit -d "$DATA_KIB"
    ulimit -p "$PROCESSES"
    umask "$MASK"
    IFS='
    '
    set -f
    # With user-mode Linux, what is run here is that; the arguments are for the bubblewrap in it.
    if [ -n "$OUTER" ]; then set -- $OUTER; fi
    exec $RUN bwrap --json-status-fd 3 --add-seccomp-fd 4 "$@" >&7 2>&1 6>&- 7>&-
    """#

  /// What user-mode Linux reports, each line marked as its; then `code` is the command's.
  private static let reported = #"""
    if [ -n "$GUEST" ]; then
      echo 'stage report' >&3
      [ "$code" != 0 ] || code=90
      said=$(
        join
        exec bwrap $COLLECTOR --seccomp 4 --chdir /collect -- /bin/sh -euc "$GUEST_REPORT" report \
          4<filter 2>/dev/null 3>&- 7>&-
      ) || said=
      for line in $said; do
        echo "guest $line" >&3
        if [ "$line" = 'collected 0' ]; then code=0; fi
      done
    fi
    """#

  /// The collector: the host's tar, confined, over what the command left.
  private static let collect = #"""
    if [ -n "$COLLECT" ] && [ "$code" = 0 ]; then
      echo 'stage collect' >&3
      code=0
      (
        join
        ulimit -f "$FILE_BLOCKS"
        exec bwrap $COLLECTOR --ro-bind "$SCRATCH/new" /new --seccomp 4 --chdir /collect \
          -- /bin/sh -euc "$COLLECT" collect $NAMES 4<filter >"$COLLECT_TO" 2>&3 3>&- 7>&-
      ) || code=$?
      echo "collected $code" >&3
    fi
    """#

  /// Writes each named path and the folders above it, and stops at the first that is no folder, so that nothing is
  /// taken through a link. What is not there is reported.
  static let collectArtifacts = #"""
    set -f
    seen='
    '
    for name in "$@"; do
      IFS=/
      path=.
      for part in $name; do
        path=$path/$part
        if ! [ -L "$path" ] && ! [ -e "$path" ]; then echo "missing $name" >&2; break; fi
        case $seen in *"
    $path
    "*) ;; *) printf '%s\0' "${path#./}"; seen=$seen$path'
    ' ;; esac
        if [ -L "$path" ] || ! [ -d "$path" ]; then
          if [ "$path" != "./$name" ]; then echo "missing $name" >&2; fi
          break
        fi
      done
    done | tar --create --format=pax --numeric-owner --no-recursion --null --verbatim-files-from --files-from=- \
      --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'
    """#

  /// Writes one folder of the tree, entered without following a link.
  static let collectTree = #"""
    set -f
    IFS=/
    for part in $1; do
      if [ -L "$part" ] || ! [ -d "$part" ]; then echo "missing $1" >&2; exit 0; fi
      cd "./$part"
    done
    exec tar --create --format=pax --numeric-owner --sort=name --xattrs '--xattrs-include=*' \
      --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' .
    """#

  /// Writes the merged root without what was only mounted there.
  static let collectRoot = #"""
    exec tar --create --format=pax --numeric-owner --sort=name --xattrs '--xattrs-include=*' \
      --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' \
      --anchored --no-wildcards --exclude-from=/new --wildcards \
      '--exclude=./proc/*' '--exclude=./sys/*' '--exclude=./dev/*' '--exclude=./tmp/*' .
    """#
}
