"""Error pages: what happened, and what to do now."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from api.i18n import Language, choose
from api.pages.render import page
from api.pages.words import N_

_PAGES: dict[int, tuple[str, str]] = {
    400: (
        N_("That cannot be answered as it was asked"),
        N_("Go back, change what the message names, and try again."),
    ),
    403: (
        N_("You may not do this"),
        N_("Ask a coordinator of your city, who may do it or give you the right."),
    ),
    404: (
        N_("There is no such page"),
        N_("It may have been removed, or the address may be mistyped. Search for the partner by its name."),
    ),
    405: (N_("This address is not used like that"), N_("Start again from the search.")),
    409: (N_("Somebody else changed it meanwhile"), N_("Open the page again and look before you repeat it.")),
    412: (N_("Somebody else changed it meanwhile"), N_("Open the page again and look before you repeat it.")),
    413: (N_("The file is too large"), N_("Split it into several files and load them one after the other.")),
    421: (
        N_("This server does not answer to that name"),
        N_("Use the address you were given, or ask the person who runs Kumppani."),
    ),
    503: (
        N_("The graph database cannot be reached just now"),
        N_(
            "Nothing that was confirmed is lost. Wait a moment and open the page again; if it goes on, tell "
            "the person who runs Kumppani: the command kumppani doctor says what is wrong."
        ),
    ),
    507: (N_("The disk is full"), N_("Tell the person who runs Kumppani, then try again.")),
}
_OTHER = (
    N_("Something went wrong here"),
    N_("It was not your doing. Try again, and if it goes on, tell the person who runs Kumppani."),
)


def error_page(request: Request, status: int, title: str, detail: str) -> Response:
    """The page of a problem; `detail` is its sentence, in English."""
    status_texts = _PAGES.get(400 if status == 422 else status, _OTHER)
    language: Language = choose(request)
    heading, advice = (language.gettext(text) for text in status_texts)
    said = "" if status == 404 and "/api/" in detail else detail
    return page(request, "error.html", status, heading=heading, advice=advice, detail=said, code=status)
