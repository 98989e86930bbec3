"""`python -m api.bench.sets FOLDER [SET]`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from api.bench.sets import run

if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("KUMPPANI_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        sys.exit("Name the folder of the public data sets, or set KUMPPANI_TEST_DATA.")
    found = run(Path(folder), sys.argv[2] if len(sys.argv) > 2 else "")
    sys.exit(0 if all(line.refused or (line.adds_up and not line.again) for line in found) else 1)
