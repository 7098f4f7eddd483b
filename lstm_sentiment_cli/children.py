"""Child processes that get pickled messages, and say how they ended when they died.

The parent writes to the child's stdin. A child may answer through its stdout; what it prints goes
to a temporary file, which is read when it fails. It ends when the parent closes the pipe, or ends.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.atomic import temporary_files

MOST_DEATHS = 3  # when children have died so often of one piece of work, it fails


class ChildProcess:
    """A Python process that runs a module."""

    def __init__(
        self,
        module: str,
        task: object,
        *,
        on_reply: Callable[[Any], None] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it, and send its task.

        `on_reply` is called with each answer, by a thread of this process, and with None when no
        more will come.
        """
        # Not in the folder of the work: the message may be that its disk is full.
        with temporary_files():
            self._output = tempfile.TemporaryFile()  # noqa: SIM115  closed by `stop`
        self._process = subprocess.Popen(  # noqa: S603  a module of ours
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if on_reply else self._output,
            stderr=self._output,
            env=os.environ
            | (environment or {})
            # The path of this process, which need not be the folder it was started in.
            | {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)},
            # Ctrl-C is for this process alone.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        if on_reply:
            threading.Thread(target=self._pass_on, args=[on_reply], daemon=True).start()
        self.send(task)

    def send(self, message: object) -> None:
        """Send a message; if the child has died already, the next look at it sees that."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            pickle.dump(message, self._process.stdin)
            self._process.stdin.flush()

    @property
    def code(self) -> int | None:
        """Its exit code, negative for a signal; None as long as it runs."""
        return self._process.poll()

    def wait(self) -> int:
        """Wait until it ends; return its exit code."""
        return self._process.wait()

    def said(self) -> str:
        """Return what it printed."""
        self._output.seek(0)
        return self._output.read().decode(errors="replace").strip()

    def terminate(self) -> None:
        """Ask it to clean up and end."""
        self._process.terminate()

    def stop(self, patience: float = 0.0) -> None:
        """Kill it, if it has not ended within so many seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        self._process.kill()
        self._output.close()
        with suppress(BrokenPipeError), self._process:
            pass

    def _pass_on(self, on_reply: Callable[[Any], None]) -> None:
        assert self._process.stdout is not None
        # Written by our own child: nobody else writes to this pipe.
        with suppress(EOFError, pickle.UnpicklingError, OSError, ValueError):
            while True:
                on_reply(pickle.load(self._process.stdout))  # noqa: S301
        on_reply(None)


def ending(code: int) -> str:
    """Return how a process ended: -9 → "SIGKILL", 1 → "code 1"."""
    # On POSIX a signal is a negative code.
    return signal.Signals(-code).name if -code in set(signal.Signals) else f"code {code}"


def inbox() -> "queue.Queue[Any]":
    """Return what the parent sends to this child, the task first.

    A thread ends this process when the parent closes the pipe, or ends.
    """
    # Not sys.stdin, whose lock would be held when the interpreter shuts down.
    messages = os.fdopen(0, "rb")
    received: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_receive, args=[messages, received], daemon=True).start()
    return received


def _receive(messages: BufferedReader, received: "queue.Queue[Any]") -> None:
    with suppress(EOFError):
        while True:
            # Pickled by the process that started this one: nobody else writes to this pipe.
            received.put(pickle.load(messages))  # noqa: S301
    os._exit(0)


def outbox() -> Callable[[object], None]:
    """Return what sends an answer to the parent; what is printed goes where errors go."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lock = threading.Lock()

    def send(answer: object) -> None:
        with lock:
            pickle.dump(answer, answers)
            answers.flush()

    return send
