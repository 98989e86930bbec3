"""Workbooks that are there whole or not at all, whatever the disk says."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from graph.errors import BadInput


@contextmanager
def workbook(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """A workbook to write, put in its place once it is whole; BadInput when it cannot be written.

    Text that begins with "=" is text: a name must not become a formula.
    """
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".kumppani-", suffix=".xlsx", dir=path.absolute().parent)
        os.close(handle)
        part = Path(name)
        book = xlsxwriter.Workbook(name, {"strings_to_formulas": False, "strings_to_urls": False})
        yield book
        book.close()
        # mkstemp makes it for its owner alone; a file asked for by name gets the usual mode.
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
        part.replace(path)
    except (OSError, XlsxWriterException) as error:
        why = error if isinstance(error, OSError) else error.args[0] if error.args else error
        raise BadInput(f"{path} cannot be written: {getattr(why, 'strerror', None) or why}.") from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
