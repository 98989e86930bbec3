"""Findings dressed for their readers: severity and liveness of the day, names, the sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from babel.lists import format_list

from graph import clock
from graph.answers import Alike, FindingCard, FindingSubject, Named
from graph.questions.asking import Asking
from graph.questions.explain import explanation
from graph.rules import is_live, is_standing, severity_on
from graph.rules.columns import FOREVER
from graph.schema import LANGUAGES
from graph.store import Row

EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Today:
    """What of a finding depends on the day."""

    severity: str
    live: bool
    standing: bool


def on_day(row: Row, today: int) -> Today:
    levels = dict(zip(row["levels"], row["level_days"], strict=True))
    return Today(
        severity=severity_on(levels, row["window"], today),
        live=is_live(row["held_until"], row["planned_until"], row["window"], today),
        # What has no end yet has lasted until today.
        standing=is_standing(row["first"], today if row["last"] >= FOREVER else row["last"]),
    )


def cards(
    asking: Asking, rows: list[tuple[Row, Today]], language: str, partners: Mapping[str, str] = EMPTY
) -> list[FindingCard]:
    """The cards of these findings; `partners`: names, by id, that are known already."""
    names = _names(asking, [row for row, _ in rows], language, partners)
    return [_card(row, on, names, language) for row, on in rows]


def _names(
    asking: Asking, rows: list[Row], language: str, partners: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    wanted: dict[str, set[str]] = {"Department": set(), "Partner": set()}
    labels = {"area": "Area", "issue": "Issue", "restriction": "Restriction", "partner": "Partner",
              "topic": "Topic", "person": "Person", "department": "Department", "resource": "Resource",
              "commitment": "Commitment"}  # fmt: skip
    for row in rows:
        wanted["Department"].update(row["departments"])
        if row["partner"]:
            wanted["Partner"].add(row["partner"])
        for about in (row, *row.get("also", ())):
            label = labels.get(about["subject_kind"])
            if label:
                wanted.setdefault(label, set()).add(about["subject"])
            elif about["subject_kind"] == "networks":
                wanted.setdefault("Network", set()).update(about["group"])
    out = {("Partner", id): name for id, name in partners.items()}
    for label, ids in wanted.items():
        out |= {(label, id): name for id in ids if (name := asking.called(label, id, language)) is not None}
    asked = {
        label: left
        for label, ids in sorted(wanted.items())
        if (left := [i for i in sorted(ids) if (label, i) not in out])
    }
    if asked:
        parts = ", ".join(
            f"COLLECT {{ UNWIND ${label} AS id MATCH (n:{label} {{id: id}}) RETURN [id, {_caption(label, language)}] }} "
            f"AS {label}"
            for label in asked
        )
        found = asking.store.read(f"RETURN {parts}", **asked)[0]
        out |= {(label, id): name for label in asked for id, name in found[label]}
    for row in rows:
        if row["subject_kind"] == "networks":
            both = [out.get(("Network", n), n) for n in row["group"]]
            out["Networks", row["subject"]] = format_list(both, locale=_known(language))
    for way, texts in _DIRECTION.items():
        out["Direction", way] = texts[_known(language)]
    return out


def _caption(label: str, language: str) -> str:
    """Cypher for what a record `n` of this label is called."""
    if label == "Restriction":
        return "coalesce(n.reason, n.decision, n.kind)"
    if label == "Commitment":
        return "coalesce(n.key, n.value, n.text, n.id)"
    if language in LANGUAGES and label in ("Department", "Area", "Issue", "Topic", "Resource", "Network"):
        return f"coalesce(n.name_{language}, n.name)"
    return "n.name"


_DIRECTION = {
    "out": {"en": "visits of ours", "fi": "vierailumme", "sv": "våra besök"},
    "in": {"en": "visits to us", "fi": "vierailut luoksemme", "sv": "besök hos oss"},
}


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"


def _card(row: Row, on: Today, names: dict[tuple[str, str], str], language: str) -> FindingCard:
    subject_label = row["subject_kind"].capitalize()
    partner = row["partner"]
    departments = sorted(
        (Named(id=d, name=names.get(("Department", d), d)) for d in row["departments"]),
        key=lambda n: (n.name, n.id),
    )
    card = FindingCard(
        id=row["id"],
        rule=row["rule"],
        version=row["version"],
        severity=on.severity,
        certain=row["certain"],
        status=row.get("status", "open"),
        partner=Named(id=partner, name=names.get(("Partner", partner), partner)) if partner else None,
        subject=FindingSubject(
            kind=row["subject_kind"],
            id=row["subject"],
            name=names.get((subject_label, row["subject"]), row["subject"]),
        ),
        departments=departments,
        contacts=row["contacts"],
        records=row["records"],
        first=clock.iso(row["first"]) or "",
        last=clock.iso(row["last"]) or "",
        smallest_gap_days=row["gap"],
        live=on.live,
        standing=on.standing,
        explanation="",
        also=[
            Alike(
                id=x["id"],
                subject=FindingSubject(
                    kind=x["subject_kind"],
                    id=x["subject"],
                    name=names.get((x["subject_kind"].capitalize(), x["subject"]), x["subject"]),
                ),
            )
            for x in row.get("also", ())
        ],
    )
    detail = json.loads(row["detail"])
    settings = json.loads(row["settings"])
    return card.model_copy(update={"explanation": explanation(card, settings, detail, language)})
