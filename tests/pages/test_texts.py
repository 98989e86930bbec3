"""Every text is translated, dates and numbers are written right, and the right language chosen."""

from __future__ import annotations

import re

import pytest
from fastapi import Request

from api.i18n import COOKIE, LANGUAGES, Language, choose
from api.pages.words import WORDS
from api.translations import DOMAINS, Domain, extracted, read
from graph import schema
from loaders.mapping import names as mappings

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda d: d.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated_fuzzy_or_left_over(domain: Domain, language: str) -> None:
    wanted = {(m.id, m.context) for m in extracted(domain) if m.id}
    catalog = read(domain, language)
    assert len(wanted) > 30
    assert {(m.id, m.context) for m in catalog if m.id} == wanted, "run: python -m api.translations"
    for message in catalog:
        if not message.id:
            continue
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        assert all(t and t.strip() for t in texts), f"{language}: {message.id!r} is not translated"
        assert not message.fuzzy, message.id
        known = {p for id in ids for p in PLACEHOLDER.findall(id)}
        for text in texts:
            assert set(PLACEHOLDER.findall(text)) <= known, (message.id, text)
        assert set(PLACEHOLDER.findall(texts[-1])) == set(PLACEHOLDER.findall(ids[-1])), message.id


def test_finnish_uses_our_words() -> None:
    texts = [
        t
        for domain in DOMAINS
        for m in read(domain, "fi")
        if m.id
        for t in ([m.string] if isinstance(m.string, str) else m.string)
    ]
    assert not [t for t in texts if re.search("kontakti", t, re.I)]
    whole = " ".join(texts).lower()
    for word in ("kumppani", "toimiala", "verkosto", "yhteydenpito", "päällekkäi", "ristirii", "painopiste"):
        assert word in whole


def test_every_value_of_the_schema_has_a_word() -> None:
    assert set(WORDS["kind"]) == set(schema.PARTNER_KINDS)
    assert set(WORDS["channel"]) == set(schema.CHANNELS)
    assert set(WORDS["purpose"]) == set(schema.PURPOSES)
    assert set(WORDS["restriction"]) == set(schema.RESTRICTION_KINDS)
    assert set(mappings()) <= set(WORDS["mapping"])


@pytest.mark.parametrize(
    ("query", "cookie", "header", "language"),
    [
        ("", "", "", "en"),
        ("", "", "fi-FI,fi;q=0.9,en;q=0.8", "fi"),
        ("", "", "en;q=0.1, sv", "sv"),
        ("", "", "de, ja;q=0.5", "en"),
        ("", "", "fi;q=0, en", "en"),
        ("", "", ";;q=,,%%%;q=x,fi;q=0.3", "fi"),
        ("", "sv", "fi", "sv"),
        ("lang=fi", "sv", "en", "fi"),
        ("lang=xx", "sv", "en", "sv"),
        ("lang=../../etc", "..", "", "en"),
    ],
)
def test_which_language(query: str, cookie: str, header: str, language: str) -> None:
    headers = [(b"accept-language", header.encode()), (b"cookie", f"{COOKIE}={cookie}".encode())]
    request = Request({"type": "http", "query_string": query.encode(), "headers": headers})
    assert choose(request).code == language


def test_days_and_numbers() -> None:
    fi = Language("fi")
    assert fi.day("2026-03-14") == "14.3.2026"
    assert fi.day(None) == ""
    assert fi.month("2026-03") == "maaliskuu 2026"
    assert fi.precise("2026-03-01", "year") == "2026"
    assert fi.number(23050) == "23\u00a0050"
    assert fi.euros(17000.0) == "17\u00a0000\u00a0€"
    assert fi.moment("2026-06-01T21:30:00.000000+00:00").startswith("2.6.2026")
    assert Language("en").precise("2026-03-01", "month") == "March 2026"
