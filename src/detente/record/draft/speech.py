"""The words that credit a source: verbs of saying and phrases such as *according to*, in English and Spanish."""

from __future__ import annotations

import re

# Verbs that credit whatever follows or goes before.
_EN_STRONG = (
    "said says say told tells tell stated wrote writes announced announces argued argues? insisted insists? "
    "warned warns? acknowledged acknowledges? admitted admits? denied denies deny explained explains? estimated reckoned reckons? "
    "predicted predicts? claimed declared declares? conceded concedes? complained complains? tweeted "
    "testified believes? believed thinks? remarked commented replied responded recounted alleged asserted asserts? "
    "grumbled quipped muttered sighed shouted snapped whispered exclaimed mused fumed thundered "
    "emphasi[sz]ed stressed boasted joked lamented reiterated cautioned cautions?"
).split()
# Verbs that credit only with a quotation, "that", a colon or the like beside them.
_EN_WEAK = (
    "added adds? states? noted observed recalled suggested suggests? maintained maintains? confirmed confirms? revealed reveals? "
    "disclosed reported found finds? showed shows? indicated indicates? concluded concludes? continued mentioned "
    "contends? contended agreed hinted points? pointed described describes? called calls? dismissed dubbed termed "
    "reports claims notes estimates? forecast forecasts? projected projects? expects? expected puts? put counts? counted "
    "tallied calculated calculates? recorded listed documented cited published"
).split()
_ES_STEMS = {  # stem of a regular verb in -ar: present, preterite, imperfect
    "ar": (
        *("afirm", "asegur", "señal", "indic", "inform", "explic", "agreg", "declar", "manifest", "anunci", "report"),
        *("estim", "calcul", "revel", "confirm", "precis", "apunt", "subray", "destac", "record", "neg", "denunci"),
        *("coment", "opin", "pronostic", "proyect", "coment", "detall", "aclar", "puntualiz", "recalc", "argument"),
        *("augur", "brome", "lament", "exclam", "ironiz", "celebr", "alert", "relat", "cont", "consider", "public", "remarc", "enfatiz", "plante", "aleg"),
    )
}
_ES_IRREGULAR = (
    "dijo dijeron dice dicen decía decían dirá añadió añadieron añade añaden sostuvo sostuvieron sostiene sostienen "
    "advirtió advirtieron advierte advierten insistió insistieron insiste insisten reconoció reconocieron reconoce "
    "reconocen admitió admitieron admite admiten escribió escribieron escribe niega niegan cuenta cuentan prevé prevén "
    "espera esperan cree creen piensa piensan mantuvo mantiene mantienen recuerda recuerdan concluyó concluyeron concluye muestra "
    "muestran mostró repitió repiten repite repitieron predijo reveló expuso expone respondió matizó sugirió sugiere"
).split()
_ES_WEAK = {"cuenta", "cuentan", "contó", "contaron", "muestra", "muestran", "mostró", "publicó", "publica", "plantea",
            "plantean", "proyecta", "proyectan", "reporta", "reportan", "detalla", "detallan", "destaca", "destacan",
            "recuerda", "recuerdan", "considera", "consideran", "precisa", "precisan", "apunta", "apuntan", "mantuvo",
            "mantiene", "mantienen", "relata", "cree", "creen", "niega", "niegan", "denuncia", "denuncian", "prevé",
            "prevén", "informa", "informan", "calcula", "calculan", "estima", "estiman", "registró", "registraron",
            "concluyó", "concluye", "concluyeron", "alerta", "alertan", "indica", "indican", "opina", "opinan", "espera", "esperan",
            "revela", "revelan", "confirma", "confirman", "anuncia", "anuncian", "explica", "explican"}  # fmt: skip


def _regular(stem: str) -> list[str]:
    return [stem + end for end in ("ó", "aron", "a", "an", "aba", "aban", "ará", "arán")]


_ES_VERBS = sorted({*_ES_IRREGULAR, *(v for s in _ES_STEMS["ar"] for v in _regular(s))} - {"conta", "contan"}, key=len, reverse=True)
_ES_HAVE = r"(?:(?:ha|han|había|habían)\s(?:dicho|afirmado|asegurado|señalado|informado|anunciado|explicado|declarado|" \
           r"advertido|reconocido|insistido|confirmado|indicado|negado|estimado|añadido|agregado|admitido|reiterado))"  # fmt: skip

STRONG = {
    "en": re.compile(rf"\b(?:{'|'.join(_EN_STRONG)})\b"),
    "es": re.compile(rf"\b(?:{'|'.join(v for v in _ES_VERBS if v not in _ES_WEAK)}|{_ES_HAVE})\b"),
}
WEAK = {
    "en": re.compile(rf"\b(?:{'|'.join(_EN_WEAK)})\b"),
    "es": re.compile(rf"\b(?:{'|'.join(sorted(_ES_WEAK, key=len, reverse=True))})\b"),
}
ONLY_SPEECH = {  # these credit only before "that" or beside a quotation: "the deal added 3%" credits nobody
    "en": re.compile(r"recalled|replied|responded|added|adds?|states?|observed|maintained|maintains?|continued|agreed|concluded|reports|claims|notes"),
    "es": re.compile(r"mantuvo|mantien\w+|destaca\w*|registr\w+|public\w+|detalla\w*|denuncia\w*|niega\w*"),
}
NEVER_INVERTED = re.compile(r"told|tells?|called|calls?|described|describes?|put|puts|found|finds?|shows?|showed")
ACCORDING = {
    "en": re.compile(
        r"\b(?:according to|as (?:reported|cited|quoted|noted|described|told|put) by|in the (?:words|view|opinion|estimation) of"
        r"|(?:reported|announced|confirmed|estimated|cited|quoted|disclosed) by)\s",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(?:según|de acuerdo (?:con|a)|a juicio de|en (?:palabras|opinión) de|conforme a|de conformidad con"
        r"|(?:informad|reportad|citad|anunciad|confirmad|divulgad)[oa]s? por)\s",
        re.IGNORECASE,
    ),
}
PRONOUNS = {
    "en": set(
        "he she they it we i you who which that this these those one some many all both others another someone nobody "
        "everyone there here what".split()
    ),
    "es": set(
        "él ella ellos ellas yo nosotros usted ustedes quien quienes que esto eso este ese esta esa lo se le les uno "
        "algunos muchos otros todos ambos nadie alguien allí aquí ahí".split()
    ),
}
