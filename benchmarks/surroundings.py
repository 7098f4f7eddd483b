"""What figures depend on: the machine and the versions, without any name of theirs."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from peers import versions as peers_versions

from lstm_sentiment_cli.inference.predictor import cores

PACKAGES = ("lstm-sentiment-cli", "numpy", "onnxruntime", "keras", "tensorflow")


def surroundings() -> dict[str, object]:
    """Return the machine and the versions of both environments."""
    return {
        "processor": _processor(),
        "cores": cores(),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {"python": platform.python_version()} | _versions(),
        "peers": peers_versions(),
    }


def _processor() -> str:
    found = _line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()
    flags = (_line("/proc/cpuinfo", "flags") or "").split()
    units = [
        name for flag, name in (("avx512f", "AVX-512"), ("avx512_vnni", "VNNI")) if flag in flags
    ]
    return ", ".join([found, *units])


def _memory() -> str:
    kilobytes = (_line("/proc/meminfo", "MemTotal") or "0 kB").split()[0]
    return f"{int(kilobytes) / 2**20:.0f} GiB" if kilobytes != "0" else "unknown"


def _line(path: str, name: str) -> str | None:
    """Return what a file of Linux says after a name, None on other systems."""
    if not sys.platform.startswith("linux"):
        return None
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return None


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found
