"""What the rules would find with other thresholds: counts per rule and month, and nothing is stored."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Sequence

from graph import clock
from graph.answers_acting import MonthCount, RuleCount, WhatIf
from graph.derive import evaluate
from graph.derive.findings import FULL, scope_of
from graph.derive.positions import read_partners
from graph.derive.read import read_contacts
from graph.errors import BadInput
from graph.questions import findings as listed
from graph.questions.asking import VISIBLE_ONES, Asking, confidential_seen
from graph.rules import RULES
from graph.rules.base import Found
from graph.rules.config import LARGEST, RuleSettings
from graph.scopes import PARTNER, scope_id

MOST_AT_ONCE = 30_000  # contacts that are judged together


def numbers(settings: RuleSettings) -> dict[str, int]:
    """Every threshold that may be tried, as "rule.name", with its value now."""
    return {
        f"{rule}.{name}": value
        for rule, own in settings.values.items()
        for name, value in own.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }


def parsed(settings: RuleSettings, text: str) -> dict[str, int]:
    """`O1.days:30` or `O1.days=30`, several with commas between them; BadInput says what is allowed."""
    there = numbers(settings)
    out: dict[str, int] = {}
    for part in text.split(","):
        name, _, value = part.strip().replace("=", ":").partition(":")
        name, value = name.strip(), value.strip()
        if name not in there:
            raise BadInput(
                f"There is no threshold {name!r}; write it as O1.days:30. There are: {', '.join(there)}."
            )
        if not value.isascii() or not value.isdigit() or int(value) > LARGEST:
            raise BadInput(f"{name} would be {value!r}; it takes a whole number from 0 to {LARGEST}.")
        out[name] = int(value)
    return out


def what_if(asking: Asking, text: str) -> WhatIf:
    """How many findings there would be, beside how many there are; by rule, and by the month of the last record."""
    wanted = parsed(asking.settings, text)
    rules = sorted({name.partition(".")[0] for name in wanted}, key=list(RULES).index)
    tried = _settings(asking.settings, wanted, rules)
    now: Counter[tuple[str, str]] = Counter()
    for row in listed.visible_rows(asking):
        now[row["rule"], _month(row["last"])] += 1
    then = Counter({key: n for key, n in now.items() if key[0] not in rules})
    for found in _found(asking, tried, rules):
        then[found.rule, _month(found.last)] += 1
    keys = sorted(set(now) | set(then))
    return WhatIf(
        what_if=wanted,
        rules=[
            RuleCount(
                rule=rule,
                now=sum(n for (r, _), n in now.items() if r == rule),
                then=sum(n for (r, _), n in then.items() if r == rule),
            )
            for rule in RULES
        ],
        months=[MonthCount(rule=r, month=m, now=now[r, m], then=then[r, m]) for r, m in keys],
    )


def _month(day: int) -> str:
    return (clock.iso(day) or "")[:7]


def _settings(settings: RuleSettings, wanted: dict[str, int], rules: Sequence[str]) -> RuleSettings:
    """The settings with what is tried; only the rules that it touches are on."""
    values = copy.deepcopy(settings.values)
    for rule, own in values.items():
        own["on"] = own["on"] and rule in rules
    for name, value in wanted.items():
        rule, _, setting = name.partition(".")
        values[rule][setting] = value
    return RuleSettings(values)


def _found(asking: Asking, settings: RuleSettings, rules: Sequence[str]) -> Iterator[Found]:
    """What these rules find over all that the viewer may see."""
    run, base, today = asking.store.read, asking.base, asking.today.toordinal()
    seen = confidential_seen(asking)
    kinds = {kind for rule in rules for kind in (RULES[rule].scope, *RULES[rule].scopes.values())}
    for kind in sorted(kinds):
        ids = [
            r["id"].partition(":")[2]
            for r in run(
                "MATCH (s:Scope) WHERE s.id STARTS WITH $kind RETURN s.id AS id ORDER BY id", kind=kind + ":"
            )
        ]
        if kind == PARTNER:
            for chunk in _chunks(asking, ids):
                raw = read_contacts(
                    run, chunk, match=VISIBLE_ONES, by_partner=True, persons=True, **asking.eyes
                )
                partners, _ = read_partners(run, chunk)
                known = evaluate.known_partners(partners, raw)
                tables = evaluate.read_partner_tables(run, base, partners)
                found = evaluate.partner_world(
                    base, raw, range(len(raw.id)), known, settings, FULL, tables=tables, today=today
                )
                focus = {scope_id(PARTNER, p) for p in chunk}
                yield from (f for f in found if scope_of(f) in focus)
            continue
        for start in range(0, len(ids), 200):
            judged = evaluate.scope_world(
                run, base, kind, ids[start : start + 200], settings,
                visible=lambda c, hidden: not hidden or c in seen, world=FULL, today=today,
            )  # fmt: skip
            yield from (f for f in judged.found if f.rule in rules)


def _chunks(asking: Asking, partners: Sequence[str]) -> Iterator[list[str]]:
    counts = {
        r["id"]: r["n"]
        for r in asking.store.read(
            "UNWIND $ids AS id MATCH (m:Partner {canonical: id}) "
            "RETURN id, sum(COUNT { (m)<-[:WITH_PARTNER]-() }) AS n",
            ids=list(partners),
        )
    }
    chunk: list[str] = []
    size = 0
    for p in partners:
        if chunk and size + counts.get(p, 0) > MOST_AT_ONCE:
            yield chunk
            chunk, size = [], 0
        chunk.append(p)
        size += counts.get(p, 0)
    if chunk:
        yield chunk
