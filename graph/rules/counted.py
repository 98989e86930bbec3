"""Numbers in sentences: one day, two days, in the forms of each language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Counted:
    """A number, or a range of them as text, that a sentence may follow by its noun: `{gap:day|days}`.

    Finnish, Swedish and English have one form for exactly one and another for all else.
    """

    def __init__(self, value: int | str) -> None:
        self.value = value

    def __format__(self, forms: str) -> str:
        if not forms:
            return str(self.value)
        one, _, other = forms.partition("|")
        return f"{self.value} {one if self.value == 1 else other}"


def filled(text: str, values: Mapping[str, Any]) -> str:
    """The sentence with its values, whose numbers take the form that the count asks for."""
    return text.format(
        **{
            name: Counted(v) if isinstance(v, (int, str)) and not isinstance(v, bool) else v
            for name, v in values.items()
        }
    )
