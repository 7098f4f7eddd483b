"""A small search in a process of its own, for tests that kill it: FOLDER and changes as JSON."""

import json
import sys
from pathlib import Path

from tests.tuning.conftest import searched

if __name__ == "__main__":
    searched(Path(sys.argv[1]), **json.loads(sys.argv[2]))
