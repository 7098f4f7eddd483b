"""The program in a forked process, disturbed at a step of its choice; what it left behind.

Everything costly is imported once, before the forks: a run of a command takes milliseconds, and a
tiny training two seconds.
"""

import atexit
import ctypes
import hashlib
import os
import select
import signal
import sys
import termios
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lstm_sentiment_cli.atomic import restore

LIMIT = 20.0  # seconds after which a command that was disturbed, or has little to do, hangs
TRAINING_LIMIT = 180.0  # for what trains undisturbed, on a busy machine
_SILENCE = 2.0

_STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
_PRIVATE = 0x00044000  # MS_REC | MS_PRIVATE
_REMOUNT = 0x00000020  # MS_REMOUNT


class LostError(Exception):
    """Something was lost, hung, or ended with a traceback."""


class Fault(NamedTuple):
    """A signal that the program gets just before one of its steps, or after some seconds."""

    signal: signal.Signals
    step: int = 0  # from 1: a file that it opens for writing, flushes, renames or removes
    after: float = 0.0


class Ended(NamedTuple):
    """How a run ended; the code is negative when a signal ended it."""

    code: int
    out: str
    err: str
    steps: int


class Running:
    """A command in a process of its own, in a folder of its own."""

    def __init__(
        self,
        arguments: Sequence[str],
        folder: Path,
        fault: Fault | None = None,
        *,
        keys: str | None = None,
        before: Callable[[], None] | None = None,
        given: Path | None = None,
    ) -> None:
        """Start; with `keys` in a terminal, where they are typed at once; `given` is its stdin."""
        self.name = " ".join(arguments)
        self._fault, self._began = fault, time.monotonic()
        number = sum(1 for _ in (folder.parent).glob("run-*.err"))
        self._files = [folder.parent / f"run-{number}.{kind}" for kind in ("out", "err", "steps")]
        for file in self._files:
            file.touch()
        self._terminal = None if keys is None else os.openpty()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _become(arguments, folder, fault, self._files, self._terminal, before, given)
        if self._terminal and keys:
            self._before = termios.tcgetattr(self._terminal[1])
            os.write(self._terminal[0], keys.encode())
            threading.Thread(target=self._drain, daemon=True).start()

    def wait(self, limit: float = LIMIT) -> Ended:
        """Wait for its end; LostError when it hangs, or ends with a traceback."""
        deadline = self._began + limit
        due = self._began + self._fault.after if self._fault and self._fault.after else None
        while (status := os.waitpid(self.pid, os.WNOHANG))[0] == 0:
            time.sleep(0.005)
            if due and self._fault and time.monotonic() > due:
                os.kill(self.pid, self._fault.signal)
                due, deadline = None, time.monotonic() + LIMIT
            if time.monotonic() > deadline:
                os.killpg(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise LostError(f"hung for {limit:g} s: {self.name}")
        out, err, steps = (file.read_text(errors="replace") for file in self._files)
        if self._terminal and not self._restored():
            raise LostError(f"left the terminal raw or without echo: {self.name}")
        for said in (out, err):
            if "Traceback" in said or "Fatal Python error" in said:
                raise LostError(f"traceback of {self.name}: {said.strip().splitlines()[-1]}")
        return Ended(os.waitstatus_to_exitcode(status[1]), out, err, len(steps))

    def _drain(self) -> None:
        assert self._terminal is not None
        with suppress(OSError), self._files[0].open("ab", buffering=0) as out:
            while True:
                # Ctrl-C may have dropped what was typed: then Ctrl-C and Ctrl-D leave.
                if not select.select([self._terminal[0]], [], [], _SILENCE)[0]:
                    os.write(self._terminal[0], b"\x03\x04")
                elif block := os.read(self._terminal[0], 65536):
                    out.write(block)

    def _restored(self) -> bool:
        """Return whether the terminal echoes and edits as before; a kill may leave it raw."""
        assert self._terminal is not None
        now = termios.tcgetattr(self._terminal[1])
        if self._fault and self._fault.signal == signal.SIGKILL:
            return True
        return now[3] == self._before[3]


def run(arguments: Sequence[str], folder: Path, fault: Fault | None = None, **how: object) -> Ended:
    """Run a command to its end."""
    limit = how.pop("limit", LIMIT)
    return Running(arguments, folder, fault, **how).wait(limit)


def _become(
    arguments: Sequence[str],
    folder: Path,
    fault: Fault | None,
    files: Sequence[Path],
    terminal: tuple[int, int] | None,
    before: Callable[[], None] | None,
    given: Path | None,
) -> None:
    """Turn this process into the program; never returns."""
    code = 1
    try:
        atexit._clear()
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(folder)
        _redirect(files, terminal, given)
        os.environ.update({name: str(folder / "home") for name in _HOMES})
        os.environ["XDG_STATE_HOME"] = str(folder / STATE)
        if before:
            before()
        _count_steps(fault, os.open(files[2], os.O_WRONLY | os.O_APPEND))
        code = _main(arguments)
    except KeyboardInterrupt:  # before the program began
        code = 130
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            threading._shutdown()
            atexit._run_exitfuncs()
            sys.stdout.flush()
        os._exit(code)


_HOMES = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
STATE = "out/state"  # the history of conversations is one of the things written


def _main(arguments: Sequence[str]) -> int:
    from lstm_sentiment_cli.cli.main import main

    sys.argv = ["lstm-sentiment", *arguments]
    try:
        main(list(arguments))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return 130
    return 0


def _redirect(files: Sequence[Path], terminal: tuple[int, int] | None, given: Path | None) -> None:
    if terminal is not None:
        os.close(terminal[0])
        os.login_tty(terminal[1])
        os.environ |= {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    else:
        os.setsid()
        os.dup2(os.open(given or os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(files[0], os.O_WRONLY | os.O_APPEND), 1)
        os.dup2(os.open(files[1], os.O_WRONLY | os.O_APPEND), 2)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False)
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    sys.stderr.reconfigure(line_buffering=True)


def _count_steps(fault: Fault | None, counter: int) -> None:
    """Note each step in a file, and send this process its signal before the chosen one."""
    count, flush = 0, os.fsync

    def step() -> None:
        nonlocal count
        count += 1
        os.write(counter, b".")
        if fault and fault.step == count:
            os.kill(os.getpid(), fault.signal)

    def heard(event: str, values: tuple[object, ...]) -> None:
        if event in _STEPS:
            step()
        elif event == "open":
            path, _, flags = values
            shown = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else "/dev/"
            if isinstance(flags, int) and flags & _FOR_WRITING and not shown.startswith("/dev/"):
                step()

    def fsync(file: int) -> None:
        step()
        flush(file)

    os.fsync = fsync
    sys.addaudithook(heard)


def mount(folder: Path) -> bool:
    """Mount an empty disk, seen by this process and its children alone, where that is allowed."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    if libc.unshare(_NEW_MOUNTS) or libc.mount(None, b"/", None, _PRIVATE, None):
        return False
    return not libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"")


def leave_room(folder: Path, room: int) -> None:
    """Leave so many bytes, rounded up to pages, on the disk that is mounted there."""
    disk = os.statvfs(folder)
    used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
    size = f"size={used + room}".encode()
    if ctypes.CDLL(None).mount(b"tmpfs", os.fsencode(folder), b"tmpfs", _REMOUNT, size):
        raise OSError(f"cannot give the disk at {folder} another size")


def digest(path: Path) -> str | None:
    """Return what tells a file or folder from another; None: it is not there.

    Of a model the figures that time stamps, and the time it took, leave alone.
    """
    restore(path)  # as every command does that opens a folder
    if path.is_dir():
        if (path / "manifest.json").exists() or (path / "model.onnx").exists():
            return _model_digest(path)
        return ", ".join(f"{each.name} {digest(each)}" for each in sorted(path.iterdir()))
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _model_digest(folder: Path) -> str:
    from lstm_sentiment_cli.model.folder import read_manifest, verify_folder

    if bad := [check.problem for check in verify_folder(folder) if check.problem]:
        raise LostError(f"{folder.name} is half a model: {bad[0]}")
    files = read_manifest(folder).files
    return " ".join(files[name] for name in ("tokenizer.json", "model.onnx"))


def leftovers(folder: Path, allowed: Sequence[str] = ()) -> list[str]:
    """Return the hidden files and folders below a folder, which only kills may leave."""
    names = (each.name for each in folder.rglob(".*"))
    return sorted(name for name in names if not any(part in name for part in allowed))


def wait_for_end(pids: Sequence[int]) -> None:
    """Wait until children have ended; LostError, and their end, when they outlive their command."""
    deadline = time.monotonic() + LIMIT
    while running := list(filter(_runs, pids)):
        if time.monotonic() > deadline:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
            raise LostError(f"children still run {LIMIT:g} s after their command has ended")
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class Case(NamedTuple):
    """One thing to try; LostError if it does not survive."""

    fault: str
    of: str  # what it happens to
    name: str
    attempt: Callable[[Path], None]  # is given an empty folder of its own

    @property
    def drill(self) -> str:
        """Return the name of all cases with this fault of the same thing."""
        return f"{self.fault} of {self.of}"


def attempt(case: Case, folder: Path, verdict: Path) -> None:
    """Try a case in this process, and write what was lost, if anything; never returns."""
    lost = ""
    try:
        case.attempt(folder)
    except LostError as error:
        lost = str(error)
    except BaseException:
        lost = "the drill is broken: " + traceback.format_exc()
    verdict.write_text(lost)
    os._exit(0)
