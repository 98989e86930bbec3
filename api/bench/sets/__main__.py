"""`python -m api.bench.sets FOLDER [SET] [--page]`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from api.bench.sets import run

if __name__ == "__main__":
    named = [x for x in sys.argv[1:] if x != "--page"]
    folder = named[0] if named else os.environ.get("KUMPPANI_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        sys.exit("Name the folder of the public data sets, or set KUMPPANI_TEST_DATA.")
    found = run(Path(folder), named[1] if len(named) > 1 else "", page="--page" in sys.argv)
    sys.exit(0 if all(line.refused or (line.adds_up and not line.again) for line in found) else 1)
