"""Values of the schema in words: translated where they are shown."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 (the name that extraction looks for)
    """Marks a text for translation where it stands."""
    return text


WORDS: dict[str, dict[str, str]] = {
    "kind": {
        "city": N_("City"),
        "region": N_("Region"),
        "state": N_("State"),
        "eu_institution": N_("EU institution"),
        "international_organisation": N_("International organisation"),
        "university": N_("University"),
        "company": N_("Company"),
        "ngo": N_("Non-governmental organisation"),
        "network_secretariat": N_("Network secretariat"),
        "other": N_("Other partner"),
    },
    "partner_status": {"active": N_("active"), "dormant": N_("dormant"), "ended": N_("ended")},
    "channel": {
        "meeting": N_("Meeting"),
        "call": N_("Call"),
        "letter": N_("Letter"),
        "message": N_("Message"),
        "event": N_("Event"),
        "visit_out": N_("Visit to the partner"),
        "visit_in": N_("Visit to Helsinki"),
        "delegation_out": N_("Delegation to the partner"),
        "delegation_in": N_("Delegation to Helsinki"),
    },
    "purpose": {
        "inform": N_("to inform"),
        "request": N_("to ask for something"),
        "invite": N_("to invite"),
        "negotiate": N_("to negotiate"),
        "fund": N_("to agree on funding"),
        "represent": N_("to represent the city"),
        "learn": N_("to learn"),
    },
    "contact_status": {"planned": N_("planned"), "held": N_("held"), "cancelled": N_("cancelled")},
    "severity": {
        "info": N_("for information"),
        "review": N_("to review"),
        "low": N_("low"),
        "medium": N_("medium"),
        "high": N_("high"),
        "critical": N_("critical"),
        "block": N_("blocking"),
    },
    "finding_status": {
        "open": N_("open"),
        "acknowledged": N_("acknowledged"),
        "waived": N_("waived"),
        "resolved": N_("resolved"),
    },
    "restriction": {
        "suspended": N_("Cooperation is suspended"),
        "approval_needed": N_("Approval is needed before a contact"),
        "channel_only": N_("Only through the channels named"),
    },
    "agreement_status": {"draft": N_("draft"), "in_force": N_("in force"), "ended": N_("ended")},
    "load_status": {
        "running": N_("running or interrupted"),
        "done": N_("done"),
        "failed": N_("failed"),
        "undoing": N_("being undone"),
        "undone": N_("undone"),
    },
    "blocked_by": {
        "changed": N_("changed since"),
        "used": N_("used by a later record"),
        "merged": N_("merged with another partner by a judgement"),
        "leads_to_nothing": N_("led to a record before that is gone now"),
    },
    "role": {"member": N_("member"), "leads": N_("leads"), "takes_part": N_("takes part")},
    "mapping": {
        "agreements": N_("Agreements"),
        "aliases": N_("Further names of partners"),
        "areas": N_("Priority areas"),
        "city-aliases": N_("European cities and their other names"),
        "climactor-actors": N_("Cities and regions in climate networks"),
        "climactor-names": N_("Variants of names (ClimActor)"),
        "commitments": N_("Commitments"),
        "contacts": N_("Contacts"),
        "demo": N_("Demo data"),
        "departments": N_("Departments"),
        "eu-mep-meetings": N_("Meetings of Members of the European Parliament"),
        "fi-avoimuus-activities": N_("Contacts in the Finnish Transparency Register"),
        "fi-avoimuus-memberships": N_("Memberships in the Finnish Transparency Register"),
        "fi-avoimuus-organisations": N_("Organisations in the Finnish Transparency Register"),
        "fi-avoimuus-targets": N_("Targets in the Finnish Transparency Register"),
        "issues": N_("Issues"),
        "leads": N_("Lead departments"),
        "libhxl-3w": N_("Who does what, where (HXL)"),
        "materials": N_("Core messages and other materials"),
        "memberships": N_("Memberships of networks"),
        "networks": N_("Networks"),
        "partners": N_("Partners"),
        "persons": N_("Persons"),
        "positions": N_("Positions"),
        "resources": N_("Resources"),
        "restrictions": N_("Restrictions"),
        "topics": N_("Topics"),
        "trips": N_("Trips"),
        "twin-towns-world": N_("Twin towns of the world"),
    },
    "created": {
        "Agreement": N_("Agreements"),
        "Alias": N_("Names"),
        "Area": N_("Priority areas"),
        "Commitment": N_("Commitments"),
        "Contact": N_("Contacts"),
        "Department": N_("Departments"),
        "Goal": N_("Goals"),
        "Issue": N_("Issues"),
        "Material": N_("Core messages and other materials"),
        "Network": N_("Networks"),
        "Partner": N_("Partners"),
        "Person": N_("Persons"),
        "Position": N_("Positions"),
        "Resource": N_("Resources"),
        "Restriction": N_("Restrictions"),
        "Topic": N_("Topics"),
        "Trip": N_("Trips"),
        "Department-LEADS": N_("Lead departments"),
        "Department-MEMBER_OF": N_("Our memberships"),
        "Partner-MEMBER_OF": N_("Partners' memberships"),
    },
}


def word(group: str, value: str | None) -> str:
    """The English text of a value, to be translated; a value that is in no list stands as it is."""
    return WORDS[group].get(value, value) if value else ""
