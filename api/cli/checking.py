"""Before you contact, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import common
from api.cli.questions import Json

if TYPE_CHECKING:
    from graph.answers_acting import Check, Recorded

FINDINGS, BLOCKED = 3, 4
Names = list[str] | None


def check(
    department: Annotated[list[str], typer.Option(help="Who makes the contact: id or name.")],
    partner: Annotated[str, typer.Option(help="The partner's name in any spelling on record, or its id.")],
    date: Annotated[str, typer.Option(help="The day, year-month-day.")],
    area: Annotated[Names, typer.Option(help="A priority area; may be given several times.")] = None,
    topic: Annotated[Names, typer.Option(help="A topic; may be given several times.")] = None,
    purpose: Annotated[
        Names, typer.Option(help="inform, request, invite, negotiate, fund, represent or learn.")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="meeting, call, letter, visit_out, …")] = None,
    person: Annotated[Names, typer.Option(help="A counterpart person.")] = None,
    takes_part: Annotated[Names, typer.Option(help="A department that goes along.")] = None,
    end_date: Annotated[str | None, typer.Option(help="The last day, where there are several.")] = None,
    mode: Annotated[str | None, typer.Option(help="in_person, remote or hybrid.")] = None,
    approval: Annotated[str | None, typer.Option(help="The approval, where one is needed.")] = None,
    summary: Annotated[str | None, typer.Option(help="What it is about.")] = None,
    confidential: Annotated[bool, typer.Option("--confidential", help="It is to be confidential.")] = False,
    language: Annotated[str, typer.Option(help="en, fi or sv.")] = "en",
    json: Json = False,
) -> None:
    """Before you contact: who talks to the partner, and the findings that the contact would lead to.

    Exit code 0 when all is clear, 3 with findings, 4 when it is blocked, 2 when the question cannot be answered
    as it stands.
    """
    from graph.questions.check import Question

    question = Question(
        departments=tuple(department),
        partner=partner,
        date=date,
        end_date=end_date,
        takes_part=tuple(takes_part or ()),
        areas=tuple(area or ()),
        topics=tuple(topic or ()),
        persons=tuple(person or ()),
        purposes=tuple(purpose or ()),
        channel=channel,
        mode=mode,
        approval=approval,
        summary=summary,
        confidential=confidential,
        language=language,
    )
    with common.opened() as graph:
        answer = graph.check(question)
    if json:
        common.print_json(answer)
    else:
        _print(answer, partner)
    if answer.partner is None:
        raise typer.Exit(2)
    if answer.verdict != "clear":
        raise typer.Exit(BLOCKED if answer.verdict == "blocked" else FINDINGS)


def record(
    receipt: Annotated[str, typer.Argument(help="The receipt of a check.")], json: Json = False
) -> None:
    """Record the planned contact that was checked. Refused when something changed since the check."""
    with common.opened() as graph:
        done = graph.record(receipt)
    if json:
        common.print_json(done)
    else:
        _print_recorded(done)


def _print_recorded(done: Recorded) -> None:
    common.say(f"Recorded as {done.contact.id}, with {len(done.findings)} findings, as the check foretold.")


def _print(answer: Check, asked: str) -> None:
    console = common.console()

    def line(text: str) -> None:
        console.print(common.printable(text))

    if answer.partner is None:
        line(f"No partner is surely meant by {asked!r}.")
        for c in answer.candidates:
            line(f"  {c.id}  {c.name} ({c.country or '?'})  {c.why}")
        return
    said = {"clear": "Clear.", "inform": "There is something to know.", "blocked": "Blocked."}
    line(f"{answer.partner.name} ({answer.partner.id}): {said[answer.verdict]}")
    for f in answer.findings:
        line(f"  {f.rule} {f.severity}{'' if f.certain else ', possible'}: {f.explanation}")
    for s in answer.suggestions:
        line(f"  → {s.text}")
    for t in answer.talking:
        line(f"  talks: {t.name}, {t.held} held, last {t.last}")
    for p in answer.planned:
        line(f"  plans: {', '.join(d.name for d in p.departments)} on {p.date} ({p.id})")
    for n in answer.notices:
        ask = f"; ask {n.mailbox}" if n.mailbox else ""
        line(f"  {n.division}: something confidential since {n.month}{ask}")
    for x in answer.lead:
        line(f"  lead: {x.department.name}" + (f" ({x.area})" if x.area else ""))
    for r in answer.restrictions:
        line(f"  restriction: {r.kind}, {r.reason or r.target}")
    for m in answer.materials:
        line(f"  core message: {m.title} ({m.stance})")
    for a in answer.agreements:
        line(f"  agreement: {a.title}, to {a.valid_to or 'further notice'}")
    for e in answer.not_evaluated:
        line(f"  not asked: {e.rule}: {e.why}")
    line(f"Receipt {answer.receipt}. To record the contact: kumppani record {answer.receipt}")


def why_not(
    rule: Annotated[str, typer.Argument(help="Any of the fourteen, such as O1.")],
    a: Annotated[
        str, typer.Argument(help="Id of a record: for most rules a contact, for C1 a position and so on.")
    ],
    b: Annotated[str, typer.Argument(help="Id of another one; none for G1.")] = "",
    language: Annotated[str, typer.Option(help="en, fi or sv.")] = "en",
    json: Json = False,
) -> None:
    """Which conditions of a rule two records meet, and which they do not."""
    with common.opened() as graph:
        answer = graph.why_not(rule, a, b, language=language)
    if json:
        common.print_json(answer)
        return
    console = common.console()
    for c in answer.conditions:
        console.print(common.printable(f"{'yes' if c.holds else 'no '}  {c.text}"))
    found = "The rule finds this" if answer.linked else "The rule does not find this"
    console.print(f"{found}{', as possible' if answer.linked and not answer.certain else ''}.")
