"""Runs the percent scripts and writes the paired .ipynb files: python notebooks/make.py

Run it on a graph that holds the demo and nothing else. What is committed are the small outputs; those of
cells tagged `big-output` are left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
BIG = "big-output"


def executed(notebook: nbformat.NotebookNode, timeout: int = 300) -> nbformat.NotebookNode:
    """The notebook with the outputs of a run in a kernel of its own; CellExecutionError when a cell fails.

    Args:
        timeout: seconds that a cell may take.
    """
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(HERE)}},
    )
    client.execute()
    return notebook


def pair(script: Path) -> nbformat.NotebookNode:
    """A percent script as a notebook without outputs, cell ids fixed by their order."""
    notebook = jupytext.read(script)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    return notebook


def lean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook as it is committed."""
    notebook.metadata.pop("language_info", None)
    for cell in notebook.cells:
        if BIG in cell.metadata.get("tags", []):
            cell.outputs = []
            cell.execution_count = None
    return notebook


def main() -> None:
    for script in sorted(HERE.glob("*.py")):
        if script == Path(__file__):
            continue
        nbformat.write(lean(executed(pair(script))), script.with_suffix(".ipynb"))
        sys.stdout.write(f"{script.stem}.ipynb written\n")


if __name__ == "__main__":
    main()
