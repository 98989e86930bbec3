"""Words of the schema as the map shows them."""

from __future__ import annotations

from gettext import NullTranslations


def N_(text: str) -> str:  # noqa: N802 (the name that extraction looks for)
    """Marks a text for translation where it stands; it is translated where it is shown."""
    return text


KINDS = {
    "city": N_("Cities"),
    "region": N_("Regions"),
    "state": N_("States"),
    "eu_institution": N_("EU institutions"),
    "international_organisation": N_("International organisations"),
    "university": N_("Universities"),
    "company": N_("Companies"),
    "ngo": N_("Non-governmental organisations"),
    "network_secretariat": N_("Network secretariats"),
    "other": N_("Other partners"),
}
SEVERITIES = {
    "info": N_("for information"),
    "review": N_("to review"),
    "low": N_("low"),
    "medium": N_("medium"),
    "high": N_("high"),
    "critical": N_("critical"),
    "block": N_("blocking"),
}


def kind_name(texts: NullTranslations, kind: str) -> str:
    """The plural of a partner kind; a kind of nobody's schema as it is."""
    return texts.gettext(KINDS[kind]) if kind in KINDS else kind


def severity_name(texts: NullTranslations, severity: str) -> str:
    """A severity in words."""
    return texts.gettext(SEVERITIES[severity])


def script_texts(texts: NullTranslations) -> dict[str, str]:
    """What map.js says itself; {names} are filled in there."""
    return {
        "nothing": texts.gettext("Nothing here is called that."),
        "rows": texts.gettext("{shown} of {all} rows"),
        "selected": texts.gettext("{name}: {count} connections"),
        "department": texts.gettext("Department"),
        "partner": texts.gettext("Partner"),
        "group": texts.gettext("Several together"),
        "open": texts.gettext("Open the partner's page"),
    }
