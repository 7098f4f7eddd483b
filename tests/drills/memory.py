"""Two million lines that all differ: what is remembered of them must stay bounded."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.drills.harness import Case, LostError
from tests.drills.writers import GOLDEN

_FEW, _MANY = 400_000, 2_000_000
_MOST_MB = 48  # that may be added from the few to the many


def cases() -> Iterator[Case]:
    """Yield the only case."""
    if sys.platform == "linux":
        yield Case("two million different lines", "predict", "memory", _bounded)


def _bounded(_folder: Path) -> None:
    command = [sys.executable, "-m", "lstm_sentiment_cli", "predict", "-m", GOLDEN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        peaks = []
        for begin, end in ((0, _FEW), (_FEW, _MANY)):
            for block in range(begin, end, 10_000):
                lines = (f"word{n} is as good as thing{n}\n" for n in range(block, block + 10_000))
                process.stdin.write("".join(lines).encode())
            status = Path(f"/proc/{process.pid}/status").read_text()
            peaks.append(int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024)
        process.stdin.close()
        code = process.wait()
    if code or peaks[1] - peaks[0] > _MOST_MB:
        raise LostError(f"ended with {code}; {peaks[0]:.0f} MB, then {peaks[1]:.0f} MB")
