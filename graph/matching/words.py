"""Words in names that do not tell one name from another, by what they say: the rules' own vocabulary.

Everything is written in lower-case ASCII, the way `text.latin` writes it.
"""

from __future__ import annotations


def _list(text: str) -> list[str]:
    return text.split()


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What a legal form is called, by the word it counts as; (countries where it is usual) beside it.
# Forms of one class are one company's ways of writing; a form of another class is another legal person.
# form; class; countries where it is usual; spellings
_LEGAL = """
oy; limited; FI; oy | osakeyhtio | oy ab | ab oy
oyj; public; FI; oyj | julkinen osakeyhtio | oyj abp | abp
ab; limited; SE FI; ab | aktiebolag | aktiebolaget
as; limited; NO DK CZ EE; as | a s | aksjeselskap | aktieselskab | asa | a s p
aps; limited; DK; aps | anpartsselskab
ou; limited; EE; ou | osauhing
sia; limited; LV; sia
uab; limited; LT; uab
ltd; limited; GB IE; ltd | limited | private limited | pvt ltd | pte ltd | pty ltd | co ltd | company
  limited | private limited company | corporation limited
plc; public; GB IE; plc | public limited company | p l c
llc; limited; US; llc | limited liability company | l l c
inc; public; US; inc | incorporated | incorporation
corp; public; US; corp | corporation | korporatsiya
pc; company; US; pc | p c | professional corporation
co; company; US GB; co | company | compagnie | companhia | compania | kompaniya | cie
lp; partnership; US GB; lp | l p | limited partnership
llp; partnership; US GB; llp | l l p | limited liability partnership
na; public; US; n a | national association
gmbh; limited; DE AT; gmbh | g m b h | gesellschaft mit beschrankter haftung | gesmbh | ggmbh |
  gemeinnutzige gmbh | mbh | gesellschaft mit beschraenkter haftung
ag; public; DE AT CH; ag | a g | aktiengesellschaft | aktiengeselschaft | akg
kg; partnership; DE AT; kg | gmbh co kg | gmbh und co kg | kommanditgesellschaft
se; public; EU; se | societas europaea
ev; association; DE; e v | ev | eingetragener verein
ry; association; FI; ry | rekisteroity yhdistys | r y | rf | r f
sa; public; FR ES PT BE PL; sa | s a | sociedad anonima | societe anonyme | sociedade anonima
sarl; limited; FR LU; sarl | s a r l | societe a responsabilite limitee
sas; limited; FR; sas | s a s | societe par actions simplifiee | sasu
asbl; association; BE LU; asbl | vzw | aisbl | ivzw
srl; limited; IT RO ES; srl | s r l | societa a responsabilita limitata | societatea cu raspundere
  limitata | societate cu raspundere limitata
spa; public; IT; spa | s p a | societa per azioni
sb; limited; IT; societa benefit | srl sb | spa sb
sl; limited; ES; sl | s l | slu | sociedad limitada | sociedad de responsabilidad limitada
sacv; public; MX; sa de cv | s a de c v | sapi de cv | s a p i de c v
bv; limited; NL BE; bv | b v | besloten vennootschap | bvba | b v b a
nv; public; NL BE; nv | n v | naamloze vennootschap
spzoo; limited; PL; sp z o o | sp z oo | sp zoo | spzoo | spolka z ograniczona odpowiedzialnoscia
sro; limited; CZ SK; sro | s r o | spol s r o
doo; limited; SI HR RS; doo | d o o
kft; limited; HU; kft | korlatolt felelossegu tarsasag
ooo; limited; RU; ooo | obshchestvo s ogranichennoy otvetstvennost'yu | obshchestvo s ogranichennoi
  otvetstvennostyu | tov | too
oao; public; RU; oao | ao | pao | zao | pjsc | jsc | ojsc | cjsc | joint stock company | open joint
  stock company | public joint stock company | joynt stock company | closed joint stock company |
  aktsionernoe obshchestvo | aktsionerne tovaristvo | publichnoe aktsionernoe obshchestvo | otkrytoe
  aktsionernoe obshchestvo
ano; association; RU; ano | avtonomnaya nekommercheskaya organizatsiya
pt; public; ID; pt | p t
sti; limited; TR; ltd sti | limited sirketi
"""
LEGAL: dict[str, tuple[str, str, tuple[str, ...]]] = {}
for _row in _LEGAL.replace("\n  ", " ").strip().splitlines():
    _form, _class, _countries, _spellings = (part.strip() for part in _row.split(";"))
    LEGAL[_form] = (_class, _countries, tuple(x.strip() for x in _spellings.split("|")))
# Forms that are written for each other often enough to be no difference at all.

CORPORATE = _set("""co company corporation corp inc ltd limited plc""")
APART = frozenset({"association", "partnership"})  # against CORPORATE: another legal person

# "City of", "kaupunki", "stad": what a city calls itself beside its name.
CITY = _set(
    """
city kaupunki kaupungin stad stads staden kommun kommune kommunen kunta kunnan municipality municipal
town township council borough metropolitan local authority government amalgamated almalgamated
territorial community hromada ac tc silska selyshchna atc linn linna linnavalitsus vald pasvaldiba dome
pilseta pilsetas miesto savivaldybe stadt landeshauptstadt hauptstadt bundeshauptstadt hansestadt
federal freie und kreisfreie universitatsstadt bundesstadt gemeinde marktgemeinde stadtgemeinde
verbandsgemeinde stadtverwaltung magistrat markt kreisstadt ville commune mairie municipalite
ayuntamiento ajuntament concello excelentisimo excmo udala municipio concejo alcaldia ciudad villa
comune citta comuni municipale gemeente stadsbestuur miasto gmina miasta urzad miejski miejska wiejska
mesto obec statutarni hlavni mestska cast varos varosa onkormanyzata onkormanyzat megyei jogu kozseg
nagykozseg primaria municipiului orasul orasului comunei camara prefeitura concelho opstina opcina grad
grada obcina mestna dimos demos dimou dimotiko obshtina gorod misto miska rada munitsipalitet belediyesi
buyuksehir belediye bashkia komuna gabhail shi
"""
)
# Of these, the ones that are said of little but a city: by them a name of unknown kind is read as a city's.
SURELY_CITY = CITY - _set(
    """
council borough metropolitan local authority government amalgamated almalgamated territorial community ac
tc linn linna federal freie und kreisfreie markt magistrat commune concejo villa comuni municipale cast
camara rada obec grad grada shi town township dome
"""
)
# What stands beside a city's name when it means more than the city or another level: "Cork County".
LEVEL = _set(
    """
county district province region regional prefecture department departement provincia provincial diputacion
landkreis kreis maakunta lan amt oblast rayon raion metropole metropolitan metropolitana agglomeration
agglomeracion communaute arrondissement canton kanton voivodeship powiat distrito comarca
"""
)
LINKS = _set(
    """
the of de des du d da do dos das del dell della delle dei degli di la le les el los las l lo gli i a an
and und et y e og och ja en von van der den het zu am im in for fur pour per para os as na bei
"""
)
# Of these, the ones that a name may begin with and mean nothing by: "Fur Europe" is about furs.
ARTICLES = _set("the a an la le les el los las l lo gli i der den de het os")
AND = frozenset({"and", "und", "et", "y", "e", "og", "och", "ja", "i", "en"})

# Words of organisations that say little by themselves; left over on one side they cost less.
WEAK = _set(
    """
group groupe gruppe gruppo grupo konserni holding holdings international europe european global
worldwide organization organisation association
"""
)
TITLES = _set(
    """
mr mrs ms miss sir dr prof professor phd msc ing dipl mag herr frau monsieur madame mme m sr sra don
dona sheikh shaikh shaykh sheik hajji prasident prezident president presidentti minister ministeri hon
honourable rt lord lady dame mep tohtori professori rouva fru ambassador suurlahettilas
"""
)
PARTICLES = _set(
    """
al el ul as an ar bin ibn ben bint abu abou umm von van der den de da di du del la le dos das do y e zu
ad na ter ten af
"""
)
SUFFIXES = _set("""jr sr junior senior ii iii iv""")
PATRONYMIC = ("ovich", "evich", "ovych", "ovna", "evna", "ivna", "yevich", "ovic", "ovitj", "poika", "tytar")

# The same thing written short and long, also across British and American spelling.
_SAME = """
us = united states | usa = united states | uk = united kingdom | eu = european
union | intl = international | dept = department | dep = department | univ = university
| assoc = association | assn = association | natl = national | organisation = organization | labour =
labor | centre = center | defence = defense | saint = st | sankt = st | sanct = st | sint = st | saints
= st | mount = mt | fort = ft | federn = federal | first = 1 | second = 2 | third = 3 | 1st = 1 | 2nd =
2 | 3rd = 3 | bros = brothers | mfg = manufacturing | svcs = services | tech = technology
"""
SAME: dict[str, str] = {}
for _pair in _SAME.replace("\n", " ").split("|"):
    _long, _, _short = _pair.partition(" = ")
    SAME[_long.strip()] = _short.strip()
_UNITS = _list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
)
_TENS = dict(
    zip(
        _list("twenty thirty forty fourty fifty sixty seventy eighty ninety"),
        (20, 30, 40, 40, 50, 60, 70, 80, 90),
        strict=True,
    )
)
NUMBER: dict[str, int] = {word: n for n, word in enumerate(_UNITS)} | _TENS

# First names and what their bearers are called; each line is one name.
_NICKNAMES = """william bill will billy|robert bob bobby rob|richard dick rick|theodore ted teddy|edward ed ted eddie
|john jack johnny juan jean johannes ivan|james jim jimmy|charles charlie chuck carlos karl|margaret maggie peggy
|elizabeth liz beth betty elisabeth|katherine kate kathy catherine katarina katariina|alexander alex sasha aleksandr
|michael mike mikhail michel mikko mikael|thomas tom tommy|joseph joe josef|benjamin ben benny bibi|barack barry
|daniel dan danny|david dave|anthony tony antonio|nicholas nick nicolas nikolai|andrew andy andrei andreas antti
|peter pete petri pekka pietro pedro|paul pablo paavo pavel|henry harry hank heikki|gregory greg|kenneth ken
|stephen steve steven stefan|matthew matt matti|patrick pat|samuel sam|vladimir volodymyr wladimir|george jorge yrjo
|maria mary marie|anna anne ann|helen helena elena|frederick fred|christopher chris|timothy tim|ronald ron"""
NICKNAME: dict[str, int] = {}
for _nr, _line in enumerate(_NICKNAMES.replace("\n", "").split("|")):
    for _word in _line.split():
        NICKNAME.setdefault(_word, _nr)
