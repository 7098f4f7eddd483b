"""What `summarize` takes on a million scored rows of 50 groups in 365 days.

    python benchmarks/summarizing.py --work FOLDER [--rows N]

The rows are generated, and kept in the folder for the next time. Processor seconds are those of
the whole process; on a machine that does nothing else, two cores share the last part of them.
"""

import argparse
import csv
import os
import random
import subprocess
import time
from datetime import UTC, datetime, timedelta
from math import exp
from pathlib import Path

from measure import OURS

GROUPS, DAYS = 50, 365
_WORDS = (
    *("love", "great", "thanks", "bad", "late", "worst", "happy", "day", "flight", "bag"),
    *("the", "a", "so", "very", "good", "rain", "cat"),
)


def write(path: Path, rows: int) -> None:
    """Write rows of groups with shares of their own, in an order of chance."""
    chance = random.Random(1)  # noqa: S311  # nothing secret
    shares = [chance.uniform(0.1, 0.9) for _ in range(GROUPS)]
    first = datetime(2023, 1, 1, tzinfo=UTC)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "topic", "date", "text", "p_positive", "p_negative"])
        for number in range(rows):
            group = chance.randrange(GROUPS)
            tone = 1 if chance.random() < shares[group] else -1
            probability = round(1 / (1 + exp(-chance.gauss(1.8 * tone, 1.9))), 7)
            when = first + timedelta(seconds=chance.randrange(DAYS * 86_400))
            text = " ".join(chance.choices(_WORDS, k=12))
            writer.writerow(
                [number, f"topic {group}", when.isoformat(), text, probability, 1 - probability]
            )


def main() -> None:
    """Measure it once, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    path = options.work / f"scored-{options.rows}.csv"
    if not path.exists():
        options.work.mkdir(parents=True, exist_ok=True)
        write(path, options.rows)
    arguments = ["summarize", str(path), "--by", "topic", "--over", "date", "--top", str(GROUPS)]
    started = time.monotonic()
    process = subprocess.Popen([*OURS, *arguments, "--quiet"], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("summarize failed")
    seconds = time.monotonic() - started
    print(
        f"{options.rows:,} rows, {GROUPS} groups, {DAYS} days: {seconds:.1f} s, processor "
        f"{used.ru_utime + used.ru_stime:.1f} s, memory {used.ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
