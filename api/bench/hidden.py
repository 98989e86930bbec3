"""Whether an answer takes longer where much is hidden: the time of a reader's answers before and after.

A reader's answers are the same with and without 10,000 confidential contacts; their time must not tell either.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from graph import Graph, Viewer
from graph.facts import Fact, Link
from graph.questions.check import Question

HIDDEN, MOST = 10_000, 0.05
READER = Viewer("bench-reader", frozenset(), "reader")
ASKED = 150  # turns of each question, before and after
WARM_UP = 10  # turns before that, which do not count
TURN = 0.03  # seconds that a question is asked before it is the next one's turn: short answers vary most


class Line(NamedTuple):
    """One question: medians in seconds, before and after, of this partner and of one that nothing is hidden of.

    `machine` tells by how much the machine was slower by then: what answers about the other partner took, after
    against before.
    """

    what: str
    before: float
    after: float
    machine: float

    @property
    def moved(self) -> float:
        """By what share answers about this partner have become longer than those about the other one."""
        return self.after / self.before / self.machine - 1

    @property
    def kept(self) -> bool:
        return self.moved <= MOST


def hidden(
    graph: Graph,
    *,
    partner: str,
    other: str,
    department: str,
    area: str,
    day: date,
    contacts: int = HIDDEN,
    asked: int = ASKED,
    say: Callable[[str], None] = lambda text: None,
) -> list[Line]:
    """A line for each question, of medians before and after `contacts` hidden contacts are written.

    They are spread over a year around `day`, all with one partner, which is the worst case. The graph holds
    them afterwards: use one that is thrown away.

    Args:
        partner: id of a partner that the graph holds, with open contacts of its own. department, area: ids too.
        other: id of another one like it, which gets none: its answers tell what the machine does meanwhile.
    """
    reader = graph.as_viewer(READER).on(day)

    def about(id: str) -> dict[str, Callable[[], object]]:
        question = Question(
            departments=(department,),
            partner=id,
            date=(day + timedelta(20)).isoformat(),
            areas=(area,),
            purposes=("inform",),
            channel="meeting",
        )
        return {
            "who talks to": lambda: reader.who_talks_to(id),
            "check": lambda: reader.check(question),
            "the partner's page": lambda: reader.partner(id),
            "the partner's findings": lambda: reader.findings(partner=id),
            "its contacts": lambda: reader.contacts(partner=id),
        }

    both = {(what, id): about(id)[what] for what in about(partner) for id in (partner, other)}
    before = _medians(both, asked)
    _write(graph, partner, department, area, day, contacts, say)
    after = _medians(both, asked)
    # Of all questions together: what the machine does meanwhile it does to all of them.
    machine = statistics.median(after[what, other] / before[what, other] for what in about(other))
    return [Line(what, before[what, partner], after[what, partner], machine) for what in about(partner)]


def _medians(
    questions: dict[tuple[str, str], Callable[[], object]], asked: int
) -> dict[tuple[str, str], float]:
    """The questions by turns, so that a slow moment of the machine meets all of them."""
    times: dict[tuple[str, str], list[float]] = {what: [] for what in questions}
    for turn in range(WARM_UP + asked):
        for what, ask in questions.items():
            began = time.perf_counter()
            while (start := time.perf_counter()) - began < TURN:
                ask()
                if turn >= WARM_UP:
                    times[what].append(time.perf_counter() - start)
    return {what: statistics.median(own) for what, own in times.items()}


def _write(
    graph: Graph,
    partner: str,
    department: str,
    area: str,
    day: date,
    contacts: int,
    say: Callable[[str], None],
) -> None:
    links = (Link("MADE_BY", department), Link("WITH_PARTNER", partner), Link("ABOUT", area, label="Area"))
    for start in range(0, contacts, 1_000):
        batch = [
            Fact(
                "Contact",
                f"c-hidden-{n}",
                properties={
                    "date": (day + timedelta(n % 365 - 182)).isoformat(),
                    "status": "planned" if n % 365 > 182 else "held",
                    "confidentiality": "confidential",
                    "summary": f"hidden {n}",
                },
                links=links,
            )
            for n in range(start, min(start + 1_000, contacts))
        ]
        graph.write(batch, load="l-hidden", source="bench")
        say(f"{start + len(batch):,} hidden contacts written")
    graph.refresh()


def table(lines: list[Line]) -> list[str]:
    """The lines to print: milliseconds before and after, the difference, whether it is kept."""
    out = [f"{'a reader asks':<26}{'before ms':>11}{'after ms':>11}{'machine':>9}{'moved':>9}"]
    for line in lines:
        mark = "" if line.kept else f"  more than {MOST:.0%}"
        out.append(
            f"{line.what:<26}{line.before * 1e3:>11.1f}{line.after * 1e3:>11.1f}{line.machine:>9.2f}{line.moved:>+9.1%}{mark}"
        )
    return out
