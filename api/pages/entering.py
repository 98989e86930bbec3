"""Entering, showing and changing single records in the browser."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.pages.render import page
from api.pages.views import _frame
from graph import Graph, forms, schema
from graph.answers_acting import Entry
from graph.errors import BadInput, Changed

router = APIRouter(include_in_schema=False)

LONG = frozenset({"text", "summary", "programme"})
BLANK = 2  # empty lines for more names


def _fields(
    graph: Graph, label: str, code: str, given: dict[str, Any], named: dict[str, str]
) -> list[dict[str, Any]]:
    """The fields of a form with what they hold.

    Args:
        given: field -> value, as `graph.entries.flat` has them.
        named: id -> name of what is named by hand.
    """
    links = {f.name: f for f in forms.FORMS[label]}
    amounts = {f.amount for f in links.values() if f.amount}
    kinds = {p.name: p for p in schema.LABEL[label].properties}
    out = []
    for name in forms.allowed(label):
        value = given.get(name)
        own: dict[str, Any] = {"name": name, "value": value, "options": [], "required": False}
        if name in amounts:
            own["widget"] = "number"
        elif name in links:
            f = links[name]
            values = [value] if isinstance(value, str) else list(value or [])
            own |= {"many": f.many, "values": values}
            if f.label in forms.CHOSEN:
                own |= {"widget": "select", "options": graph.options(f.label, code)}
            else:
                lines = [(v, named.get(v, "")) for v in values]
                extra = (BLANK if f.many else 1) if f.many or not lines else 0
                own |= {"widget": "lines", "lines": lines + [("", "")] * extra}
        else:
            p = kinds[name]
            own["required"] = p.required
            if p.kind == "choice":
                own |= {"widget": "choice", "options": list(p.choices)}
            elif p.kind == "choices":
                own |= {"widget": "choices", "options": list(p.choices), "values": list(value or [])}
            elif p.kind == "texts":
                own |= {"widget": "lines", "lines": [(v, "") for v in value or []] + [("", "")] * BLANK}
            else:
                widgets = {"day": "date", "int": "number", "number": "number"}
                own["widget"] = "long" if name in LONG else widgets.get(p.kind, "text")
        out.append(own)
    return out


def given_in(label: str, sent: FormData) -> dict[str, Any]:
    """The fields that a form sent; an empty one clears what was there."""
    many = {f.name for f in forms.FORMS[label] if f.many}
    numbers = {f.amount for f in forms.FORMS[label] if f.amount}
    kinds = {p.name: p.kind for p in schema.LABEL[label].properties}
    out: dict[str, Any] = {}
    for name in forms.allowed(label):
        texts = [str(v).strip() for v in sent.getlist(name)]
        texts = [t for t in texts if t]
        kind = kinds.get(name)
        if name in many or kind in ("texts", "choices"):
            out[name] = texts
        elif not texts:
            out[name] = None
        elif name in numbers or kind in ("number", "int"):
            out[name] = _number(name, texts[0], whole=kind == "int")
        else:
            out[name] = texts[0]
    return out


def _number(name: str, text: str, *, whole: bool) -> float | int:
    try:
        return int(text) if whole else float(text.replace(",", "."))
    except ValueError:
        raise BadInput(f"{name} is {text!r}, not a number.") from None


def _page(
    request: Request,
    kind: str,
    given: dict[str, Any],
    *,
    entry: Entry | None = None,
    complaint: str = "",
    changed: bool = False,
    status: int = 200,
) -> HTMLResponse:
    graph, code, frame = _frame(request)
    named = {n.id: n.name for links in (entry.links if entry else {}).values() for n in links}
    return page(
        request,
        "entry.html",
        status,
        kind=kind,
        entry=entry,
        fields_list=_fields(graph, forms.label_of(kind), code, given, named),
        complaint=complaint,
        changed=changed,
        may_write=graph.viewer.may("editor"),
        **frame,
    )


def _flat(entry: Entry) -> dict[str, Any]:
    links = {name: [n.id for n in named] for name, named in entry.links.items()}
    return {**entry.fields, **links}


@router.get("/enter")
def kinds(request: Request) -> HTMLResponse:
    """What can be entered by hand."""
    _, _, frame = _frame(request)
    return page(request, "enter.html", kinds=list(forms.entered()), **frame)


def _add(kind: str) -> None:
    label = forms.KINDS[kind]

    def new(request: Request) -> HTMLResponse:
        graph, _, _ = _frame(request)
        graph.viewer.require("editor", "enter records")
        params = request.query_params
        many = {f.name for f in forms.FORMS[label] if f.many}
        given = {
            n: params.getlist(n) if n in many else params[n] for n in forms.allowed(label) if n in params
        }
        return _page(request, kind, given)

    async def enter(request: Request) -> Response:
        sent = await request.form()
        return await _in_thread(lambda: _enter(request, kind, label, sent))

    def show(request: Request, id: str) -> HTMLResponse:
        graph, _, _ = _frame(request)
        entry = graph.entry(kind, id)
        return _page(request, kind, _flat(entry), entry=entry)

    async def change(request: Request, id: str) -> Response:
        sent = await request.form()
        return await _in_thread(lambda: _change(request, kind, label, id, sent))

    router.add_api_route(f"/{kind}/new", new, methods=["GET"])
    router.add_api_route(f"/{kind}/new", enter, methods=["POST"])
    router.add_api_route(f"/{kind}/{{id}}", show, methods=["GET"])
    router.add_api_route(f"/{kind}/{{id}}", change, methods=["POST"])


async def _in_thread(work: Any) -> Response:
    import anyio

    made: Response = await anyio.to_thread.run_sync(work)
    return made


def _enter(request: Request, kind: str, label: str, sent: FormData) -> Response:
    graph, _, _ = _frame(request)
    shown = {name: sent.getlist(name) if name in _lists(label) else sent.get(name) for name in sent}
    try:
        entry = graph.enter(kind, {k: v for k, v in given_in(label, sent).items() if v not in (None, [])})
    except BadInput as error:
        return _page(request, kind, shown, complaint=str(error), status=400)
    return RedirectResponse(f"/{kind}/{entry.id}", status_code=303)


def _lists(label: str) -> set[str]:
    several = {p.name for p in schema.LABEL[label].properties if p.kind in ("texts", "choices")}
    return several | {f.name for f in forms.FORMS[label] if f.many}


def _change(request: Request, kind: str, label: str, id: str, sent: FormData) -> Response:
    graph, _, _ = _frame(request)
    version, what = str(sent.get("record_version") or ""), str(sent.get("do") or "save")
    try:
        if what == "delete":
            graph.delete(kind, id, version=version)
            return page(request, "gone.html", kind=kind, id=id, **_frame(request)[2])
        given = {"status": "cancelled"} if what == "cancel" else given_in(label, sent)
        graph.change(kind, id, given, version=version)
    except Changed as error:
        # The form keeps what was typed, beside the record as it is now; sending it again is a choice.
        entry = graph.entry(kind, id)
        shown = given_in(label, sent) if what == "save" else _flat(entry)
        return _page(request, kind, shown, entry=entry, complaint=str(error), changed=True, status=412)
    except BadInput as error:
        entry = graph.entry(kind, id)
        return _page(
            request, kind, given_in_or(label, sent, entry), entry=entry, complaint=str(error), status=400
        )
    return RedirectResponse(f"/{kind}/{id}", status_code=303)


def given_in_or(label: str, sent: FormData, entry: Entry) -> dict[str, Any]:
    """What was typed; what is recorded where it cannot even be read."""
    try:
        return given_in(label, sent)
    except BadInput:
        return _flat(entry)


for _kind in forms.entered():
    _add(_kind)

__all__ = ["router"]
