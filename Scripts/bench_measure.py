"""Runs programs for the parts of Scripts/bench: their time and memory, and the files that they are measured on."""
import glob
import os
import statistics
import subprocess
import time

WORK = os.environ.get("VERBATIM_BENCH_WORK", "/tmp")
CHECKOUT = os.environ.get("VERBATIM_CHECKOUT", os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Run:
    """What one run of a program took."""

    def __init__(self, command, output=subprocess.DEVNULL, codes=(0, 1)):
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.monotonic() - start
        self.processor = usage.ru_utime + usage.ru_stime
        self.megabytes = usage.ru_maxrss / 1024
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            raise RuntimeError(f"{command[0]} ended with {process.returncode}")


def ours(*arguments, **options):
    """One run of the program that is measured."""
    return Run([os.environ["VERBATIM"], *arguments], **options)


def by_turns(*runs, times=5):
    """The median seconds of each, run by turns so that whatever else the machine does meets all."""
    seconds = [[] for _ in runs]
    for _ in range(times):
        for taken, run in zip(seconds, runs):
            taken.append(run().seconds)
    return [statistics.median(taken) for taken in seconds]


def row(*cells):
    """One row of the table: what, ours, peer, ratio, target."""
    print("|".join(cells), flush=True)


def install(*packages):
    """Installs what is measured against."""
    subprocess.run([os.path.join(CHECKOUT, "Scripts", "install-missing"), *packages], check=True)


def debian(name, version):
    """A package of the configured index; None where that has it no more."""
    folder = os.path.join(WORK, "debian", f"{name}-{version}".replace(":", "_"))
    os.makedirs(folder, exist_ok=True)
    # apt fetches as a user of its own where it can.
    os.chmod(folder, 0o777)
    if not glob.glob(folder + "/*.deb"):
        subprocess.run(["apt-get", "download", "-q", f"{name}={version}"], cwd=folder, capture_output=True)
    return next(iter(glob.glob(folder + "/*.deb")), None)


def wheel(name, version):
    """A wheel of the configured index; None where that has it no more."""
    folder = os.path.join(WORK, "wheels", f"{name}-{version}")
    os.makedirs(folder, exist_ok=True)
    if not glob.glob(folder + "/*.whl"):
        subprocess.run(
            ["python3", "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", folder,
             f"{name}=={version}"], capture_output=True)
    return next(iter(glob.glob(folder + "/*.whl")), None)


def random_file(path, size):
    """The same bytes on every machine, that nothing compresses or shares."""
    with open(path, "wb") as file:
        source = subprocess.Popen(
            ["openssl", "enc", "-aes-128-ctr", "-nosalt", "-K", "00112233445566778899aabbccddeeff", "-iv", "0" * 32,
             "-in", "/dev/zero"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        subprocess.run(["head", "-c", str(size)], stdin=source.stdout, stdout=file, check=True)
        source.stdout.close()
        source.kill()
        source.wait()
