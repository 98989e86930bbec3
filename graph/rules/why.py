"""What stands behind a finding: all its linked pairs, what was compared, and what would have silenced it.

Everything is computed again from the columns by the same functions that found it, so nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from typing import Any

from graph.rules.base import Found, Pair, Rule
from graph.rules.columns import Columns
from graph.rules.config import RuleSettings
from graph.rules.counted import filled
from graph.rules.misses import nearest_miss

LIMIT = 10_000  # pairs that are listed unless more are asked for

PIECES: dict[str, dict[str, str]] = {
    "gap": {
        "en": "{gap:day lies|days lie} between the two; the rule looks at {days:day|days} or fewer.",
        "fi": "Yhteyksien väli on {gap:päivä|päivää}; sääntö katsoo enintään {days} päivän välejä.",
        "sv": "Det är {gap:dag|dagar} mellan de två; regeln ser till högst {days:dag|dagar}.",
    },
    "gap_range": {
        "en": "{gap} to {widest} days lie between the two, because a day is known by its month only; the "
        "rule looks at {days:day|days} or fewer.",
        "fi": "Yhteyksien väli on {gap}–{widest} päivää, koska päivä tiedetään vain kuukauden tarkkuudella; "
        "sääntö katsoo enintään {days} päivän välejä.",
        "sv": "Det är {gap}–{widest} dagar mellan de två, eftersom en dag bara är känd på månaden när; "
        "regeln ser till högst {days:dag|dagar}.",
    },
    "shared_topics": {
        "en": "They share {count:topic|topics}.",
        "fi": "Yhteisiä aiheita on {count}.",
        "sv": "De har {count:gemensamt ämne|gemensamma ämnen}.",
    },
    "no_shared_topic": {
        "en": "They share no topic.",
        "fi": "Yhteistä aihetta ei ole.",
        "sv": "De har inget gemensamt ämne.",
    },
    "common_days": {
        "en": "Both are valid on {count:common day|common days}.",
        "fi": "Molemmat ovat voimassa {count} yhteisenä päivänä.",
        "sv": "Båda gäller under {count:gemensam dag|gemensamma dagar}.",
    },
    "open_ended": {
        "en": "Both are valid, and no end is in sight.",
        "fi": "Molemmat ovat voimassa toistaiseksi.",
        "sv": "Båda gäller tills vidare.",
    },
    "same_entry": {
        "en": "Days, channel and topics are the same.",
        "fi": "Päivät, kanava ja aiheet ovat samat.",
        "sv": "Dagar, kanal och ämnen är desamma.",
    },
    "in_stretch": {
        "en": "Both begin within one stretch of {days:day|days} that holds too many.",
        "fi": "Molemmat alkavat samassa {days} päivän jaksossa, jossa yhteyksiä on liikaa.",
        "sv": "Båda börjar inom samma {days:dag|dagar}, som rymmer för många.",
    },
    "against_message": {
        "en": "The core message that was valid then says otherwise.",
        "fi": "Silloin voimassa ollut ydinviesti sanoo muuta.",
        "sv": "Det kärnbudskap som då gällde säger något annat.",
    },
    "members_shared": {
        "en": "{shared} of {union} other members are in both networks.",
        "fi": "Muista jäsenistä {shared}/{union} on molemmissa verkostoissa.",
        "sv": "{shared} av {union} övriga medlemmar är med i båda nätverken.",
    },
    "single": {
        "en": "One record is enough for this rule.",
        "fi": "Tälle säännölle riittää yksi tietue.",
        "sv": "För den här regeln räcker en post.",
    },
}


def evidence(
    rule: Rule,
    columns: Columns,
    settings: RuleSettings,
    group: tuple[str, ...],
    anchor: str,
    *,
    limit: int = LIMIT,
) -> Iterator[Pair]:
    """The linked pairs of one finding, certain ones first, at most `limit`; none without such a finding.

    Args:
        columns: at least all contacts (positions, restrictions) of the finding's scope.
        group, anchor: the finding's group key and the id of its first record.
    """
    return islice(rule.evidence(columns, settings, group, anchor), limit)


def explain(
    rule: Rule, columns: Columns, settings: RuleSettings, group: tuple[str, ...], anchor: str
) -> dict[str, Any] | None:
    """Compared values, threshold and nearest miss of one finding as JSON values; None when there is none.

    Keys: `threshold` (settings by name), `pairs` (the pairs that show it best, with what was compared),
    `silent_at` (the largest window, in days, at which it would not fire; None when a smaller one changes
    nothing), `pieces` (name, values, and a sentence in each language).
    """
    for found in rule.evaluate(columns, settings):
        if found.group == group and found.records[0] == anchor:
            return explained(rule, columns, settings, found)
    return None


def explained(rule: Rule, columns: Columns, settings: RuleSettings, found: Found) -> dict[str, Any]:
    """What `explain` says, of a finding that is at hand."""
    pairs = [
        pair
        for a, b in combinations(found.best, 2)
        if (pair := rule.compare(columns, settings, found.group, a, b)) is not None
    ]
    silent = None
    pieces: list[dict[str, Any]] = []
    if len(found.records) == 1:
        pieces.append(piece("single"))
    for pair in pairs:
        pieces += [{**p, "records": [pair.a, pair.b]} for p in pair.pieces]
    miss = nearest_miss(found)
    pieces.append(miss)
    if miss["piece"] == "silent_at":
        silent = miss["values"]["days"]
    return {
        "threshold": dict(found.settings),
        "pairs": [pair.as_json() for pair in pairs],
        "silent_at": silent,
        "pieces": pieces,
    }


def piece(name: str, **values: int) -> dict[str, Any]:
    """One sentence about compared values, in each language."""
    return {
        "piece": name,
        "values": values,
        "text": {language: filled(text, values) for language, text in PIECES[name].items()},
    }
