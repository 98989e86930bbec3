"""What the rules say of themselves to a coordinator: titles and explanations in Finnish, Swedish and English."""

from __future__ import annotations

TITLE: dict[str, dict[str, str]] = {
    "D1": {"en": "Duplicate entry", "fi": "Kahteen kertaan kirjattu", "sv": "Införd två gånger"},
    "O2": {"en": "Double ask", "fi": "Kaksi pyyntöä", "sv": "Dubbel begäran"},
    "O3": {"en": "Same person", "fi": "Sama henkilö", "sv": "Samma person"},
    "O4": {"en": "Parallel visits", "fi": "Rinnakkaiset vierailut", "sv": "Parallella besök"},
    "O5": {"en": "Load", "fi": "Kuormitus", "sv": "Belastning"},
    "O6": {"en": "Family", "fi": "Kumppaniperhe", "sv": "Partnerfamilj"},
    "O7": {"en": "Network duplication", "fi": "Päällekkäiset verkostot", "sv": "Överlappande nätverk"},
    "C2": {"en": "Commitments", "fi": "Sitoumukset", "sv": "Åtaganden"},
    "C3": {"en": "Off message", "fi": "Ydinviestistä poikkeava", "sv": "Avvikande budskap"},
    "C5": {"en": "Bypassed lead", "fi": "Vastuutaho ohitettu", "sv": "Huvudansvarig förbigången"},
    "G1": {"en": "Neglect", "fi": "Hoitamatta", "sv": "Försummat"},
}

DOC: dict[str, dict[str, str]] = {
    "D1": {
        "en": "One department has entered the same dealing with the same partner twice: it leads both contacts, "
        "their days are known exactly and are the same, and so are channel and topics (where neither has a topic, "
        "the summaries are the same). The entry with the smallest id stands for all of them where contacts are "
        "counted. It is information: delete one of the two, or correct what differs.",
        "fi": "Sama organisaatio on kirjannut saman yhteyden samaan kumppaniin kahteen kertaan: se johtaa "
        "molempia, päivät tiedetään tarkasti ja ne ovat samat, samoin kanava ja aiheet (tai tiivistelmä, kun "
        "kummallakaan ei ole aihetta). Pienimmän tunnuksen kirjaus edustaa muita, kun yhteyksiä lasketaan. "
        "Havainto on tieto: poista toinen kirjaus tai korjaa se, missä ne eroavat.",
        "sv": "Samma enhet har fört in samma förbindelse med samma partner två gånger: den leder båda, dagarna "
        "är exakt kända och desamma, likaså kanal och ämnen (eller sammanfattningen, när ingendera har något "
        "ämne). Införingen med minst id står för de andra när förbindelser räknas. Fyndet är information: radera "
        "den ena eller rätta det som skiljer dem åt.",
    },
    "O2": {
        "en": "Two contacts that we began with the same partner each ask for something: they request, invite or "
        "apply for funds. They are independent (no department that leads one is the same as, above or beneath a "
        "department of the other, and they carry no common joint key) and lie close together: 90 days apart or "
        "fewer, unless set otherwise. It is high; it is medium when both do nothing but invite.",
        "fi": "Kaksi meidän aloitteestamme syntynyttä yhteyttä samaan kumppaniin pyytää jotakin: ne pyytävät, "
        "kutsuvat tai hakevat rahoitusta. Ne ovat toisistaan riippumattomia (mikään toista johtava organisaatio "
        "ei ole sama kuin toisen organisaatio eikä sen ylä- tai alapuolella, eikä niillä ole yhteistä tunnusta) "
        "ja lähellä toisiaan: väli on enintään 90 päivää, ellei toisin ole asetettu. Vakavuus on korkea, ja "
        "keskitaso, kun molemmat pelkästään kutsuvat.",
        "sv": "Två förbindelser på vårt initiativ med samma partner ber båda om något: de begär, bjuder in eller "
        "söker finansiering. De är oberoende (ingen enhet som leder den ena är densamma som, över eller under "
        "någon enhet i den andra, och de har ingen gemensam nyckel) och ligger nära varandra: högst 90 dagar "
        "isär, om inget annat är inställt. Fyndet är högt, och medelsvårt när båda bara bjuder in.",
    },
    "O3": {
        "en": "Two independent contacts are with the same person at a partner, 14 days apart or fewer, unless set "
        "otherwise. It is medium.",
        "fi": "Kahdessa toisistaan riippumattomassa yhteydessä on sama kumppanin henkilö, ja niiden väli on "
        "enintään 14 päivää, ellei toisin ole asetettu. Vakavuus on keskitaso.",
        "sv": "Två oberoende förbindelser är med samma person hos en partner, högst 14 dagar isär, om inget annat "
        "är inställt. Fyndet är medelsvårt.",
    },
    "O4": {
        "en": "Two independent visits or delegations of ours to one partner, or of that partner to us, lie 14 days "
        "apart or fewer, unless set otherwise; visits made remotely do not count. It is medium; it is information "
        "when both have been held.",
        "fi": "Kaksi toisistaan riippumatonta vierailuamme tai delegaatiotamme samaan kumppaniin, tai kumppanin "
        "luoksemme, on enintään 14 päivän välein, ellei toisin ole asetettu; etänä tehtyjä ei lasketa. Vakavuus "
        "on keskitaso, ja pelkkä tieto, kun molemmat ovat toteutuneet.",
        "sv": "Två oberoende besök eller delegationer från oss till en partner, eller från partnern till oss, "
        "ligger högst 14 dagar isär, om inget annat är inställt; besök på distans räknas inte. Fyndet är "
        "medelsvårt, och bara information när båda har ägt rum.",
    },
    "O5": {
        "en": "Within 30 days, 4 contacts or more by 3 departments or more begin with one partner; with a state or "
        "an EU institution 8 contacts by 5 departments (unless set otherwise). Only contacts on our initiative "
        "whose day is known exactly count; contacts with one joint key count as one, and so does a dealing entered "
        "twice. A department above another of those that lead is not counted beside it. It is medium.",
        "fi": "Yhteen kumppaniin alkaa 30 päivän aikana vähintään 4 yhteyttä vähintään 3 organisaatiolta; "
        "valtioon tai EU-toimielimeen 8 yhteyttä 5 organisaatiolta (ellei toisin ole asetettu). Mukana ovat vain "
        "meidän aloitteestamme syntyneet yhteydet, joiden päivä tiedetään tarkasti; yhteisen tunnuksen yhteydet "
        "ovat yksi, samoin kahteen kertaan kirjattu. Johtavista organisaatioista ei lasketa sellaista, jonka "
        "alapuolella on toinen niistä. Vakavuus on keskitaso.",
        "sv": "Inom 30 dagar börjar minst 4 förbindelser från minst 3 enheter med en partner; med en stat eller en "
        "EU-institution 8 förbindelser från 5 enheter (om inget annat är inställt). Bara förbindelser på vårt "
        "initiativ vars dag är exakt känd räknas; förbindelser med en gemensam nyckel räknas som en, likaså en "
        "förbindelse som förts in två gånger. En enhet som står över en annan av dem som leder räknas inte vid "
        "sidan av den. Fyndet är medelsvårt.",
    },
    "O6": {
        "en": "Two independent contacts about the same priority area are with two partners of one family, and no "
        "partner is common to both: one partner is part of the other, or both are part of the same one and the "
        "contacts share a topic. They lie 60 days apart or fewer, unless set otherwise. It is low.",
        "fi": "Kaksi toisistaan riippumatonta yhteyttä samasta painopistealueesta on saman kumppaniperheen kahteen "
        "kumppaniin, eikä niillä ole yhteistä kumppania: toinen kumppani on toisen osa, tai molemmat ovat saman "
        "kumppanin osia ja yhteyksillä on sama aihe. Väli on enintään 60 päivää, ellei toisin ole asetettu. "
        "Vakavuus on matala.",
        "sv": "Två oberoende förbindelser om samma prioriterade område är med två partner i en familj, och ingen "
        "partner är gemensam: den ena partnern är en del av den andra, eller båda är delar av samma partner och "
        "förbindelserna har ett gemensamt ämne. De ligger högst 60 dagar isär, om inget annat är inställt. Fyndet "
        "är lågt.",
    },
    "O7": {
        "en": "The city or a department of it is today a member of both of two networks for a fee, the networks "
        "work on a common priority area, and their other members are much the same: each has 5 known ones or more, "
        "and those in both are half of all or more, or 70 per cent of the smaller network or more (unless set "
        "otherwise). Where a fee is not known, the finding is possible. It is for review.",
        "fi": "Kaupunki tai sen organisaatio on tänään maksullisena jäsenenä kahdessa verkostossa, joilla on "
        "yhteinen painopistealue ja joiden muut jäsenet ovat pitkälti samat: kummallakin on vähintään 5 tunnettua "
        "jäsentä, ja yhteisiä on vähintään puolet kaikista tai 70 prosenttia pienemmän verkoston jäsenistä "
        "(ellei toisin ole asetettu). Jos maksua ei tiedetä, havainto on mahdollinen. Havainto on "
        "tarkasteltavaksi.",
        "sv": "Staden eller en enhet i den är i dag mot avgift medlem i två nätverk som har ett gemensamt "
        "prioriterat område och till stor del samma övriga medlemmar: vardera har minst 5 kända, och de "
        "gemensamma är minst hälften av alla eller 70 procent av det mindre nätverkets (om inget annat är "
        "inställt). Är en avgift okänd är fyndet möjligt. Fyndet är till för granskning.",
    },
    "C2": {
        "en": "Two commitments of ours do not go together. Either both were made to one partner about the same "
        "thing, both are open or kept and stand on the same days, and they say different things (another amount, "
        "currency or text), while neither replaces the other. Or both promise the same resource on the same days "
        "to different partners or by different departments, and together more than there is of it. A commitment "
        "stands from the day of the contact it was made in to its due day. It is high.",
        "fi": "Kaksi sitoumustamme ei sovi yhteen. Joko molemmat on annettu samalle kumppanille samasta asiasta, "
        "molemmat ovat avoimia tai pidettyjä ja voimassa samoina päivinä ja ne sanovat eri asiaa (eri summa, "
        "valuutta tai teksti) eikä kumpikaan korvaa toista. Tai molemmat lupaavat samaa resurssia samoina päivinä "
        "eri kumppaneille tai eri organisaatioilta, yhteensä enemmän kuin sitä on. Sitoumus on voimassa siitä "
        "päivästä, jona se annettiin, määräpäivään asti. Vakavuus on korkea.",
        "sv": "Två av våra åtaganden går inte ihop. Antingen har båda getts till en partner i samma sak, båda är "
        "öppna eller hållna och gäller samma dagar, och de säger olika saker (annat belopp, annan valuta eller "
        "text) utan att det ena ersätter det andra. Eller så lovar båda samma resurs samma dagar till olika "
        "partner eller från olika enheter, tillsammans mer än vad som finns. Ett åtagande gäller från dagen då "
        "det gavs till sin förfallodag. Fyndet är högt.",
    },
    "C3": {
        "en": "A position of ours supports or opposes an issue, and a core message on the issue that was valid on "
        "the day it was stated says otherwise. A single position is a finding. Two core messages that disagree on "
        "one day are a finding about the core messages themselves. It is medium.",
        "fi": "Kantamme puoltaa tai vastustaa asiaa, ja sen ilmaisupäivänä voimassa ollut ydinviesti sanoo muuta. "
        "Yksikin kanta on havainto. Kaksi ydinviestiä, jotka ovat samana päivänä eri mieltä, ovat havainto "
        "ydinviesteistä itsestään. Vakavuus on keskitaso.",
        "sv": "En ståndpunkt av oss stöder eller motsätter sig en fråga, och ett kärnbudskap i frågan som gällde "
        "den dag den framfördes säger något annat. En enda ståndpunkt är ett fynd. Två kärnbudskap som är oense "
        "samma dag är ett fynd om kärnbudskapen själva. Fyndet är medelsvårt.",
    },
    "C5": {
        "en": "A contact of ours is with a partner that has a lead department (for this priority area, if the lead "
        "names one), no department of the contact is the same as, above or beneath a lead, and the lead was told "
        "later than 7 days before the contact, or was not told and it is too late now. The lead counts as told on "
        "the day noted on the contact, or on the day the contact was recorded as planned. A single contact is a "
        "finding. It is medium.",
        "fi": "Yhteytemme on kumppaniin, jolla on vastuutaho (tällä painopistealueella, jos vastuu on rajattu "
        "siihen). Mikään yhteyden organisaatioista ei ole vastuutaho eikä sen ylä- tai alapuolella, ja "
        "vastuutaholle kerrottiin myöhemmin kuin 7 päivää ennen yhteyttä, tai ei ole kerrottu ja on jo "
        "myöhäistä. Vastuutaholle katsotaan kerrotuksi yhteydelle merkittynä päivänä tai päivänä, jona yhteys "
        "kirjattiin suunnitelluksi. Yksikin yhteys on havainto. Vakavuus on keskitaso.",
        "sv": "En förbindelse på vårt initiativ är med en partner som har en huvudansvarig enhet (för detta "
        "område, om ansvaret är begränsat till ett). Ingen enhet i förbindelsen är densamma som, över eller under "
        "den huvudansvariga, som fick veta senare än 7 dagar före förbindelsen, eller inte har fått veta och det "
        "nu är för sent. Den huvudansvariga anses ha fått veta den dag som noterats, eller den dag då "
        "förbindelsen fördes in som planerad. En enda förbindelse är ett fynd. Fyndet är medelsvårt.",
    },
    "G1": {
        "en": "A commitment, ours or theirs, is open and its due day is past. Or a partner has been a key partner "
        "for 365 days or longer, cooperation with it is not suspended, no contact with it was held within the last "
        "365 days and none is planned within the next 90 (unless set otherwise). A single record is a finding. It "
        "is low.",
        "fi": "Sitoumus, meidän tai heidän, on avoin ja sen määräpäivä on ohi. Tai kumppani on ollut avainkumppani "
        "vähintään 365 päivää, yhteistyötä sen kanssa ei ole keskeytetty, siihen ei ole oltu yhteydessä viimeisten "
        "365 päivän aikana eikä yhteyttä ole suunniteltu seuraavien 90 päivän ajaksi (ellei toisin ole asetettu). "
        "Yksikin tietue on havainto. Vakavuus on matala.",
        "sv": "Ett åtagande, vårt eller deras, är öppet och förfallodagen har passerat. Eller så har en partner "
        "varit nyckelpartner i minst 365 dagar, samarbetet med den är inte avbrutet, ingen förbindelse med den har "
        "ägt rum under de senaste 365 dagarna och ingen är planerad inom de närmaste 90 (om inget annat är "
        "inställt). En enda post är ett fynd. Fyndet är lågt.",
    },
}
