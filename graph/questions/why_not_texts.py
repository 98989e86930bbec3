"""The conditions of the rules as sentences, in Finnish, Swedish and English, for why-not."""

from __future__ import annotations

TEXT: dict[str, dict[str, str]] = {
    "counting": {
        "en": "Neither is cancelled.",
        "fi": "Kumpaakaan ei ole peruttu.",
        "sv": "Ingendera är inställd.",
    },
    "same_partner": {
        "en": "Both are with the same partner.",
        "fi": "Molemmissa on sama kumppani.",
        "sv": "Båda är med samma partner.",
    },
    "no_same_partner": {
        "en": "They have no partner in common.",
        "fi": "Niillä ei ole yhteistä kumppania.",
        "sv": "De har ingen gemensam partner.",
    },
    "family": {
        "en": "The partners are of one family: one is part of the other, or both are part of the same and share a topic.",
        "fi": "Kumppanit ovat samaa perhettä: toinen on toisen osa, tai molemmat ovat saman osia ja aihe on yhteinen.",
        "sv": "Partnerna hör till en familj: den ena är del av den andra, eller båda är delar av samma och delar ett ämne.",
    },
    "few_partners": {
        "en": "Neither has more than {most:partner|partners}.",
        "fi": "Kummassakaan ei ole yli {most:kumppani|kumppania}.",
        "sv": "Ingendera har fler än {most} partner.",
    },
    "same_area": {
        "en": "Both are about the same priority area.",
        "fi": "Molemmilla on sama painopistealue.",
        "sv": "Båda gäller samma prioriterade område.",
    },
    "same_person": {
        "en": "Both are with the same counterpart person.",
        "fi": "Molemmissa on sama vastapuolen henkilö.",
        "sv": "Båda är med samma person hos motparten.",
    },
    "same_direction": {
        "en": "Both are visits in the same direction.",
        "fi": "Molemmat ovat vierailuja samaan suuntaan.",
        "sv": "Båda är besök i samma riktning.",
    },
    "not_remote": {
        "en": "Neither was made remotely.",
        "fi": "Kumpikaan ei ole etäyhteys.",
        "sv": "Ingendera sker på distans.",
    },
    "both_ours": {
        "en": "Both are on our initiative.",
        "fi": "Molemmat ovat meidän aloitteestamme.",
        "sv": "Båda är på vårt initiativ.",
    },
    "both_ask": {
        "en": "Both request, invite or apply for funds.",
        "fi": "Molemmat pyytävät, kutsuvat tai hakevat rahoitusta.",
        "sv": "Båda begär, bjuder in eller söker finansiering.",
    },
    "day_known": {
        "en": "The days of both are known by month or better.",
        "fi": "Molempien päivät tiedetään vähintään kuukauden tarkkuudella.",
        "sv": "Dagarna för båda är kända åtminstone på månaden.",
    },
    "independent": {
        "en": "They are independent: no department that leads one is in a chain with a department of the other.",
        "fi": "Ne ovat riippumattomia: mikään toista johtava organisaatio ei ole samassa ketjussa toisen kanssa.",
        "sv": "De är oberoende: ingen enhet som leder den ena står i kedja med en enhet i den andra.",
    },
    "not_joint": {
        "en": "They carry no common joint key.",
        "fi": "Niillä ei ole yhteistä tunnusta.",
        "sv": "De har ingen gemensam nyckel.",
    },
    "gap": {
        "en": "{gap:day lies|days lie} between them; the rule looks at {days:day|days} or fewer.",
        "fi": "Niiden väli on {gap:päivä|päivää}; sääntö katsoo enintään {days} päivän välejä.",
        "sv": "Det är {gap:dag|dagar} mellan dem; regeln ser till högst {days:dag|dagar}.",
    },
    "same_lead": {
        "en": "The same department leads both.",
        "fi": "Sama organisaatio johtaa molempia.",
        "sv": "Samma enhet leder båda.",
    },
    "same_days": {
        "en": "Both are on the same days, known exactly.",
        "fi": "Molemmat ovat samoina, tarkasti tiedettyinä päivinä.",
        "sv": "Båda är på samma, exakt kända dagar.",
    },
    "same_channel": {
        "en": "Both have the same channel.",
        "fi": "Molemmilla on sama kanava.",
        "sv": "Båda har samma kanal.",
    },
    "same_topics": {
        "en": "Both have the same topics (without any: the same summary).",
        "fi": "Molemmilla on samat aiheet (ellei aiheita: sama tiivistelmä).",
        "sv": "Båda har samma ämnen (utan ämnen: samma sammanfattning).",
    },
    "one_counting": {
        "en": "The contact is not cancelled.",
        "fi": "Yhteyttä ei ole peruttu.",
        "sv": "Förbindelsen är inte inställd.",
    },
    "days_exact": {
        "en": "The days of both are known exactly.",
        "fi": "Molempien päivät tiedetään tarkasti.",
        "sv": "Dagarna för båda är exakt kända.",
    },
    "entered_once": {
        "en": "Neither is another entry of a dealing that is counted already.",
        "fi": "Kumpikaan ei ole jo lasketun yhteyden toinen kirjaus.",
        "sv": "Ingendera är en andra införing av en förbindelse som redan räknas.",
    },
    "one_stretch": {
        "en": "They begin {gap:day|days} apart; the rule looks at stretches of {days:day|days}.",
        "fi": "Ne alkavat {gap} päivän välein; sääntö katsoo {days} päivän jaksoja.",
        "sv": "De börjar med {gap:dags|dagars} mellanrum; regeln ser till perioder på {days:dag|dagar}.",
    },
    "full_stretch": {
        "en": "A stretch of {days:day|days} that holds both has {contacts:contact|contacts} or more by {departments:department|departments} or more.",
        "fi": "Molemmat kattavassa {days} päivän jaksossa on vähintään {contacts:yhteys|yhteyttä} ja {departments:organisaatio|organisaatiota}.",
        "sv": "En period på {days:dag|dagar} som rymmer båda har minst {contacts:förbindelse|förbindelser} av minst {departments:enhet|enheter}.",
    },
    "on_target": {
        "en": "A partner of the contact is one that the restriction limits.",
        "fi": "Yhteyden kumppani on niitä, joita rajoitus koskee.",
        "sv": "En partner i förbindelsen är en av dem som begränsningen gäller.",
    },
    "days_meet": {
        "en": "Its days meet those of the restriction.",
        "fi": "Sen päivät osuvat rajoituksen päiviin.",
        "sv": "Dess dagar träffar begränsningens.",
    },
    "no_approval": {
        "en": "The contact names no approval.",
        "fi": "Yhteydelle ei ole kirjattu lupaa.",
        "sv": "Förbindelsen anger inget tillstånd.",
    },
    "other_channel": {
        "en": "Its channel is not among those allowed.",
        "fi": "Sen kanava ei ole sallittujen joukossa.",
        "sv": "Dess kanal är inte bland de tillåtna.",
    },
    "lead_not_exempt": {
        "en": "Not all departments that lead it are exempt.",
        "fi": "Kaikkia sitä johtavia organisaatioita ei ole vapautettu.",
        "sv": "Alla enheter som leder den är inte undantagna.",
    },
    "purpose_not_exempt": {
        "en": "Not all of its purposes are exempt.",
        "fi": "Kaikkia sen tarkoituksia ei ole vapautettu.",
        "sv": "Alla dess syften är inte undantagna.",
    },
    "surely": {
        "en": "It holds for certain, whatever day or amount is not known exactly.",
        "fi": "Se pätee varmasti, mikä tarkasti tuntematon päivä tai määrä sitten onkin.",
        "sv": "Det gäller säkert, vilken okänd dag eller summa det än rör sig om.",
    },
    "with_partner": {
        "en": "The contact is with this partner.",
        "fi": "Yhteys on tähän kumppaniin.",
        "sv": "Förbindelsen är med den här partnern.",
    },
    "ours": {
        "en": "It is on our initiative.",
        "fi": "Se on meidän aloitteestamme.",
        "sv": "Den är på vårt initiativ.",
    },
    "day_known_one": {
        "en": "Its day is known by month or better.",
        "fi": "Sen päivä tiedetään vähintään kuukauden tarkkuudella.",
        "sv": "Dess dag är känd åtminstone på månaden.",
    },
    "looked_at": {
        "en": "It begins on {day} or later, since when the rule looks at contacts.",
        "fi": "Se alkaa {day} tai myöhemmin; siitä lähtien sääntö katsoo yhteyksiä.",
        "sv": "Den börjar {day} eller senare; sedan dess ser regeln till förbindelser.",
    },
    "has_lead": {
        "en": "The partner has a lead department on that day, for this area if it leads one.",
        "fi": "Kumppanilla on sinä päivänä vastuutaho, tällä alueella, jos vastuu on alueen.",
        "sv": "Partnern har den dagen en huvudansvarig enhet, för detta område om ansvaret gäller ett.",
    },
    "no_lead_in_chain": {
        "en": "No department of the contact is in one chain with a lead.",
        "fi": "Mikään yhteyden organisaatio ei ole samassa ketjussa vastuutahon kanssa.",
        "sv": "Ingen enhet i förbindelsen står i kedja med en huvudansvarig.",
    },
    "told_late": {
        "en": "The lead was not told {days:day|days} before, and it is too late now.",
        "fi": "Vastuutaholle ei kerrottu {days} päivää ennen, ja nyt on liian myöhäistä.",
        "sv": "Den huvudansvariga fick inte veta {days:dag|dagar} i förväg, och nu är det för sent.",
    },
    "same_issue": {
        "en": "Both are on the same issue.",
        "fi": "Molemmat koskevat samaa asiaa.",
        "sv": "Båda gäller samma fråga.",
    },
    "both_positions_ours": {
        "en": "Both are positions of ours.",
        "fi": "Molemmat ovat meidän kantojamme.",
        "sv": "Båda är våra ståndpunkter.",
    },
    "opposite": {
        "en": "One supports, the other opposes.",
        "fi": "Toinen puoltaa, toinen vastustaa.",
        "sv": "Den ena stöder, den andra motsätter sig.",
    },
    "other_department": {
        "en": "They are held by different departments.",
        "fi": "Niillä on eri organisaatiot.",
        "sv": "De hålls av olika enheter.",
    },
    "common_days_held": {
        "en": "Both are valid on one day, after newer positions have ended older ones.",
        "fi": "Molemmat ovat voimassa samana päivänä, kun uudemmat kannat ovat päättäneet vanhemmat.",
        "sv": "Båda gäller en och samma dag, när nyare ståndpunkter har avslutat äldre.",
    },
    "core_message": {
        "en": "The material is a core message with a stance.",
        "fi": "Aineisto on ydinviesti, jolla on kanta.",
        "sv": "Materialet är ett kärnbudskap med en ståndpunkt.",
    },
    "both_core_messages": {
        "en": "Both materials are core messages with a stance.",
        "fi": "Molemmat aineistot ovat ydinviestejä, joilla on kanta.",
        "sv": "Båda materialen är kärnbudskap med en ståndpunkt.",
    },
    "position_ours": {
        "en": "The position is ours.",
        "fi": "Kanta on meidän.",
        "sv": "Ståndpunkten är vår.",
    },
    "takes_side": {
        "en": "The position supports or opposes.",
        "fi": "Kanta puoltaa tai vastustaa.",
        "sv": "Ståndpunkten stöder eller motsätter sig.",
    },
    "says_otherwise": {
        "en": "The core message says otherwise.",
        "fi": "Ydinviesti sanoo muuta.",
        "sv": "Kärnbudskapet säger något annat.",
    },
    "say_otherwise": {
        "en": "They say different things.",
        "fi": "Ne sanovat eri asioita.",
        "sv": "De säger olika saker.",
    },
    "valid_when_stated": {
        "en": "The core message was valid when the position was stated.",
        "fi": "Ydinviesti oli voimassa, kun kanta esitettiin.",
        "sv": "Kärnbudskapet gällde när ståndpunkten framfördes.",
    },
    "common_days": {
        "en": "Both stand on one day.",
        "fi": "Molemmat ovat voimassa samana päivänä.",
        "sv": "Båda gäller en och samma dag.",
    },
    "made_in_counting": {
        "en": "Neither was made in a contact that was cancelled.",
        "fi": "Kumpaakaan ei annettu perutussa yhteydessä.",
        "sv": "Ingetdera gjordes i en inställd förbindelse.",
    },
    "one_made_in_counting": {
        "en": "It was not made in a contact that was cancelled.",
        "fi": "Sitä ei annettu perutussa yhteydessä.",
        "sv": "Det gjordes inte i en inställd förbindelse.",
    },
    "both_by_us": {
        "en": "Both are commitments of ours.",
        "fi": "Molemmat ovat meidän sitoumuksiamme.",
        "sv": "Båda är våra åtaganden.",
    },
    "same_key": {
        "en": "Both are about the same thing (the same key).",
        "fi": "Molemmat koskevat samaa (sama avain).",
        "sv": "Båda gäller samma sak (samma nyckel).",
    },
    "open_or_kept": {
        "en": "Both are open or kept.",
        "fi": "Molemmat ovat avoimia tai pidettyjä.",
        "sv": "Båda är öppna eller hållna.",
    },
    "differ": {
        "en": "They say different things.",
        "fi": "Ne sanovat eri asioita.",
        "sv": "De säger olika saker.",
    },
    "not_replaced": {
        "en": "Neither replaces the other.",
        "fi": "Kumpikaan ei korvaa toista.",
        "sv": "Ingetdera ersätter det andra.",
    },
    "same_resource": {
        "en": "Both promise the same resource.",
        "fi": "Molemmat lupaavat samaa resurssia.",
        "sv": "Båda lovar samma resurs.",
    },
    "both_open": {
        "en": "Both are open.",
        "fi": "Molemmat ovat avoimia.",
        "sv": "Båda är öppna.",
    },
    "other_department_or_partner": {
        "en": "They are by different departments or to different partners.",
        "fi": "Niillä on eri organisaatiot tai eri kumppanit.",
        "sv": "De är av olika enheter eller till olika partner.",
    },
    "more_than_there_is": {
        "en": "Together they take more than there is.",
        "fi": "Yhdessä ne vievät enemmän kuin on.",
        "sv": "Tillsammans tar de mer än vad som finns.",
    },
    "open": {
        "en": "The commitment is open.",
        "fi": "Sitoumus on avoin.",
        "sv": "Åtagandet är öppet.",
    },
    "due_past": {
        "en": "Its due day is past.",
        "fi": "Sen määräpäivä on mennyt.",
        "sv": "Dess förfallodag har passerat.",
    },
    "key_partner": {
        "en": "It is a key partner.",
        "fi": "Se on avainkumppani.",
        "sv": "Det är en nyckelpartner.",
    },
    "key_long_enough": {
        "en": "It has been one for {days:day|days} or longer.",
        "fi": "Se on ollut sitä vähintään {days:päivän|päivää}.",
        "sv": "Den har varit det i minst {days:dag|dagar}.",
    },
    "not_suspended": {
        "en": "Cooperation with it is not suspended.",
        "fi": "Yhteistyötä sen kanssa ei ole keskeytetty.",
        "sv": "Samarbetet med den är inte avbrutet.",
    },
    "not_met": {
        "en": "No contact with it was held within the last {days:day|days}.",
        "fi": "Yhtään yhteyttä siihen ei ole toteutunut viimeisten {days} päivän aikana.",
        "sv": "Ingen förbindelse med den har genomförts under de senaste {days:dag|dagar}.",
    },
    "nothing_planned": {
        "en": "None is planned within the next {days:day|days}.",
        "fi": "Yhtään ei ole suunniteltu seuraavien {days} päivän ajalle.",
        "sv": "Ingen är planerad under de närmaste {days:dag|dagar}.",
    },
    "both_paid": {
        "en": "We are members of both today, for a fee or one unknown.",
        "fi": "Olemme tänään molempien jäseniä, maksusta tai tuntemattomasta maksusta.",
        "sv": "Vi är i dag medlemmar i båda, mot en avgift eller en okänd sådan.",
    },
    "networks_share_area": {
        "en": "They work on a common priority area.",
        "fi": "Niillä on yhteinen painopistealue.",
        "sv": "De arbetar med ett gemensamt prioriterat område.",
    },
    "enough_members": {
        "en": "Each has {members:other known member|other known members} or more.",
        "fi": "Kummallakin on vähintään {members:muu tunnettu jäsen|muuta tunnettua jäsentä}.",
        "sv": "Vartdera har minst {members:annan känd medlem|andra kända medlemmar}.",
    },
    "members_alike": {
        "en": "Their members are much the same: {shared} in both, {union} in all, {smaller} in the smaller one.",
        "fi": "Niiden jäsenet ovat pitkälti samat: {shared} molemmissa, {union} kaikkiaan, {smaller} pienemmässä.",
        "sv": "De har till stor del samma medlemmar: {shared} i båda, {union} i allt, {smaller} i det mindre.",
    },
}
