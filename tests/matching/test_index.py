"""Names known from the start, and candidates among many."""

from __future__ import annotations

import pytest

from graph.matching import Named, known
from graph.matching.countries import code
from graph.matching.forms import form
from graph.matching.index import Index, match_many
from graph.matching.places import key, places
from graph.matching.quick import Quick
from loaders.known_places import make


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Tukholma", "Stockholm"),
        ("Санкт-Петербург", "Saint Petersburg"),
        ("Αθήνα", "Athens"),
        ("Київ", "Kyiv"),
        ("القاهرة", "Cairo"),
        ("Tampereen kaupunki", "Tampere"),
        ("Göteborgs Stad", "Gothenburg"),
        ("Kyiv (Kiev)", "Kyiv"),
    ],
)
def test_cities_are_known_in_many_languages(text: str, place: str) -> None:
    found = known.find(text)
    assert (found[0].name, found[0].sure) == (place, True)


def test_namesakes_are_left_to_a_person() -> None:
    assert places().find("Córdoba").place is None
    assert {p.country for p in places().find("Córdoba").candidates} >= {"ES", "AR"}
    spain, argentina = (places().find("Córdoba", c).place for c in ("ES", "AR"))
    assert spain is not None
    assert argentina is not None
    assert spain.id != argentina.id
    assert places().find("Frankfurt an der Oder Land", "DE").place is None
    assert places().find("").place is None
    assert places().find("Håbo", "SE").place is None  # not Habo


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WHO", "World Health Organization"),
        ("Maailman terveysjärjestö", "World Health Organization"),
        ("Världshälsoorganisationen", "World Health Organization"),
        ("World Health Organization (WHO)", "World Health Organization"),
        ("Euroopan komissio", "European Commission"),
        ("Östersjöstädernas union", "Union of the Baltic Cities"),
    ],
)
def test_organisations_are_known_by_abbreviation_and_in_three_languages(text: str, name: str) -> None:
    (found,) = [k for k in known.find(text) if k.ref.startswith("org:")]
    assert (found.name, found.sure) == (name, True)


def test_no_two_organisations_share_a_full_name() -> None:
    seen: dict[str, str] = {}
    for organisation in known.organisations():
        for text in organisation.names:
            k = form(text, "other").key
            assert seen.setdefault(k, organisation.ref) == organisation.ref, text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Saksa", "DE"), ("Tyskland", "DE"), ("Germany", "DE"), ("uk", "GB"), ("Ohio, United States", "US"),
     ("Viro", "EE"), ("Atlantis", None), ("", None)],
)  # fmt: skip
def test_countries_in_three_languages(text: str, expected: str | None) -> None:
    assert code(text) == expected


ENTRIES = [
    ("se", Named("Stockholm", "city", "SE")),
    ("ee", Named("Tallinn", "city", "EE")),
    ("es", Named("Córdoba", "city", "ES")),
    ("ar", Named("Córdoba", "city", "AR")),
    ("who", Named("World Health Organization", "international_organisation")),
    ("oy", Named("Stockholm Oy", "company", "FI")),
]


@pytest.fixture(scope="module")
def index() -> Index:
    made = Index()
    for id, named in ENTRIES:
        made.add(id, named)
    return made


@pytest.mark.parametrize(
    "text", ["Tukholma", "STOCKHOLM", "Stockholms stad", "City of Stockholm", "Стокгольм"]
)
def test_one_partner_under_all_its_names(index: Index, text: str) -> None:
    match = index.resolve(Named(text))
    assert match is not None
    assert match.id == "se"
    assert index.match(Named(text))[0].id == "se"


def test_what_is_unsure_is_a_candidate(index: Index) -> None:
    assert index.resolve(Named("Stockhom")) is None
    assert index.match(Named("Stockhom"))[0].id == "se"
    assert index.resolve(Named("Córdoba")) is None
    assert {m.id for m in index.match(Named("Córdoba"))} == {"es", "ar"}
    match = index.resolve(Named("Córdoba", "city", "AR"))
    assert match is not None
    assert match.id == "ar"
    assert index.match(Named("Nowhere at all")) == []
    assert index.match(Named("")) == []


@pytest.mark.parametrize("processes", [1, 2])
def test_many_names_at_once_are_answered_as_one_by_one(index: Index, processes: int) -> None:
    asked = [Named(text) for text in ("Tukholma", "Stockhom", "Nowhere at all", "Córdoba", "WHO")]
    assert match_many(ENTRIES, asked, processes=processes) == [index.match(one) for one in asked]


@pytest.mark.parametrize(
    ("text", "other", "kind"),
    [
        ("Tallinn", "Talin", "city"),
        ("Chaykovski Fund", "Tschaikowsky Fund", "company"),
        ("MTK", "Maa- ja metsätaloustuottajain keskusliitto (MTK)", "ngo"),
        ("Aldo", "Aldo Group International", "company"),
        ("J.-C. Martin", "Martin, Jean Claude", "person"),
        ("القاهرة", "Cairo", "city"),
    ],
)
def test_a_quick_look_says_no_to_none_that_is_possible(text: str, other: str, kind: str) -> None:
    assert Quick(text, kind).may_be(other, kind)
    assert Quick(other, kind).may_be(text, kind)


def test_a_quick_look_says_no_to_what_is_clearly_another() -> None:
    assert not Quick("Harbour of Northfield", "company").may_be("Harbour of Tallinn", "company")


def surely(index: Index, text: str, kind: str, country: str | None = None) -> str:
    """The id that a name surely means, "" when a person is asked."""
    found = index.resolve(Named(text, kind, country))
    return found.id if found else ""


def test_a_city_is_not_sure_where_its_county_is_recorded_too() -> None:
    made = Index()
    made.add("city", Named("Cork City Council", "city", "IE"))
    assert surely(made, "Cork", "city", "IE") == "city"
    made.add("county", Named("Cork County", "city", "IE"))
    assert surely(made, "Cork", "city", "IE") == ""
    assert surely(made, "City of Cork", "city", "IE") == "city", "it says that it is a city"
    assert surely(made, "Cork City Council", "city", "IE") == "city", "letter by letter"


def test_a_company_is_not_sure_where_its_group_is_recorded_too() -> None:
    made = Index()
    made.add("one", Named("Phoenix Holdings", "company", "GB"))
    assert surely(made, "Phoenix Holdings plc", "company", "GB") == "one"
    made.add("group", Named("Phoenix Group Holdings", "company", "GB"))
    assert surely(made, "Phoenix Holdings plc", "company", "GB") == ""
    assert surely(made, "PHOENIX HOLDINGS", "company", "GB") == "one"


def test_a_garbled_name_may_be_recorded_garbled() -> None:
    made = Index()
    made.add("meant", Named("Ihlas Holding", "company", "TR"))
    assert surely(made, "Ä°HLAS HOLDÄ°NG", "company", "TR") == "meant"
    made.add("garbled", Named("AdegHLAS HOLDAdegNG", "company", "TR"))
    assert surely(made, "Ä°HLAS HOLDÄ°NG", "company", "TR") == ""


def test_one_of_unknown_country_does_not_beat_one_of_the_country_asked_about() -> None:
    made = Index()
    made.add("anywhere", Named("Acme Property Trust Ltd", "company"))
    assert surely(made, "Acme Property Trust Ltd", "company", "GB") == "anywhere"
    made.add("here", Named("Acme Property Trust", "company", "GB"))
    assert surely(made, "Acme Property Trust Ltd", "company", "GB") == ""


def test_a_forgotten_name_finds_nothing() -> None:
    made = Index()
    made.add("a", Named("Vaasa", "city", "FI"))
    made.add("a", Named("Vaasa", "city", "FI"))
    assert len(made) == 1
    made.discard("a", "Vaasa")
    assert made.match(Named("Vaasa")) == []
    assert len(made) == 0


def test_the_file_of_places_is_made_as_it_is_read() -> None:
    row = {"geonameid": 1, "name": "Ä", "countrycode": "FI", "admin1code": "01", "population": 2000,
           "latitude": 1.0, "longitude": 2.0, "alternatenames": ["Toinen", "XYZ"]}  # fmt: skip
    made = make([row], {"FI"})
    assert made == make([row], {"FI"})
    from graph.matching.places import Places

    assert Places(made).find("Toinen").candidates[0].id == 1
    assert Places(made).find("XYZ").candidates == ()


def test_shipped_keys_are_the_ones_that_are_asked_for() -> None:
    """The file holds keys made by `key`: when that changes, the file has to be made anew."""
    step = len(places()) // 400
    for nr in range(0, len(places()), step):
        place = places().place(nr)
        assert place.id in {p.id for p in places().under(key(place.name))[0]}, place.name
