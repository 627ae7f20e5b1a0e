"""Build src/detente/economies.csv from ISO 3166 as packaged in pycountry, and names in other languages from CLDR.

    python -m pip install pycountry babel && python scripts/build_economies.py

Another language needs one line in LANGUAGES; its names go to src/detente/language/locale/<code>/economies.csv.
Facts added by hand here: codes no longer in use with their successors, start
years of economies that appeared after 1990, CEPII's numeric codes where they
are not ISO's (BACI country file), the short names people type, and the article
that running text needs before a name (in Spanish where usage does not drop it).
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pycountry
from babel import Locale

HOME = Path(__file__).resolve().parents[1] / "src/detente"
TARGET = HOME / "economies.csv"

# code: (name, last year in use, successors)
FORMER = {
    "ROM": ("Romania", 2002, "ROU"),
    "ZAR": ("Zaire", 1997, "COD"),
    "TMP": ("East Timor", 2002, "TLS"),
    "BUR": ("Burma", 1989, "MMR"),
    "YMD": ("Yemen, Democratic", 1990, "YEM"),
    "DDR": ("German Democratic Republic", 1990, "DEU"),
    "CSK": ("Czechoslovakia", 1992, "CZE;SVK"),
    "SUN": ("Soviet Union", 1991, "ARM;AZE;BLR;EST;GEO;KAZ;KGZ;LTU;LVA;MDA;RUS;TJK;TKM;UKR;UZB"),
    "YUG": ("Yugoslavia", 2002, "SRB;MNE;BIH;HRV;MKD;SVN"),
    "SCG": ("Serbia and Montenegro", 2006, "SRB;MNE"),
    "ANT": ("Netherlands Antilles", 2010, "CUW;SXM;BES"),
    "PAL": ("Palestine (code in older data)", 1999, "PSE"),
}

STARTS = {
    "ARM": 1991,
    "AZE": 1991,
    "BLR": 1991,
    "EST": 1991,
    "GEO": 1991,
    "KAZ": 1991,
    "KGZ": 1991,
    "LTU": 1991,
    "LVA": 1991,
    "MDA": 1991,
    "RUS": 1991,
    "TJK": 1991,
    "TKM": 1991,
    "UKR": 1991,
    "UZB": 1991,
    "BIH": 1992,
    "HRV": 1991,
    "MKD": 1991,
    "SVN": 1991,
    "CZE": 1993,
    "SVK": 1993,
    "ERI": 1993,
    "SRB": 2006,
    "MNE": 2006,
    "TLS": 2002,
    "SSD": 2011,
    "CUW": 2010,
    "SXM": 2010,
    "BES": 2010,
}

BACI = {"FRA": 251, "NOR": 579, "IND": 699, "CHE": 757, "USA": 842, "TWN": 490}

NAMES = {
    "BOL": "Bolivia",
    "VEN": "Venezuela",
    "IRN": "Iran",
    "KOR": "South Korea",
    "PRK": "North Korea",
    "RUS": "Russia",
    "SYR": "Syria",
    "TZA": "Tanzania",
    "TWN": "Taiwan",
    "VNM": "Vietnam",
    "LAO": "Laos",
    "MDA": "Moldova",
    "COD": "Congo (Kinshasa)",
    "COG": "Congo (Brazzaville)",
    "FSM": "Micronesia",
    "PSE": "Palestine",
    "NLD": "Netherlands",
    "BRN": "Brunei",
    "FLK": "Falkland Islands",
    "TUR": "Türkiye",
    "VAT": "Vatican",
    "CIV": "Côte d'Ivoire",
    "CPV": "Cabo Verde",
    "SWZ": "Eswatini",
    "CZE": "Czechia",
    "MAC": "Macao",
    "HKG": "Hong Kong",
    "USA": "United States",
    "GBR": "United Kingdom",
}

ALIASES = {  # as people, the World Bank and Comtrade write them, beside ISO's short and official names
    "USA": "US;U.S.;United States of America;America;Estados Unidos de América", "GBR": "UK;U.K.;Britain;Great Britain",
    "KOR": "Republic of Korea;Korea, Rep.;Rep. of Korea;República de Corea;Korea", "RUS": "Russian Federation",
    "PRK": "Korea, Dem. People's Rep.;Dem. People's Rep. of Korea", "TUR": "Turkey", "CZE": "Czech Republic",
    "SWZ": "Swaziland", "MMR": "Burma;Birmania", "CIV": "Ivory Coast", "CPV": "Cape Verde",
    "MKD": "Macedonia;TFYR of Macedonia", "VEN": "Venezuela, RB;República Bolivariana de Venezuela", "ARE": "UAE;Emirates",
    "NLD": "Holland;Netherlands (Kingdom of the)", "SAU": "KSA", "EGY": "Egypt, Arab Rep.", "IRN": "Iran, Islamic Rep.",
    "TTO": "Trinidad;Trinidad & Tobago", "TLS": "East Timor;Timor Oriental", "SUN": "USSR;URSS",
    "DDR": "East Germany;GDR;RDA;Alemania Oriental", "DEU": "West Germany", "YMD": "South Yemen", "XKX": "KOS",
    "COD": "Congo, Dem. Rep.;Dem. Rep. of the Congo;Democratic Republic of the Congo;DR Congo;DRC",
    "COG": "Congo, Rep.;Republic of Congo", "BHS": "Bahamas, The", "GMB": "Gambia, The", "SVK": "Slovak Republic",
    "HKG": "Hong Kong SAR, China;China, Hong Kong SAR;RAE de Hong Kong (China)",
    "MAC": "Macao SAR, China;China, Macao SAR;RAE de Macao (China)",
    "CHN": "China, mainland",
    "KGZ": "Kyrgyz Republic", "LAO": "Lao PDR;Lao People's Dem. Rep.", "FSM": "Micronesia, Fed. Sts.;FS Micronesia",
    "MDA": "Rep. of Moldova", "LCA": "St. Lucia", "KNA": "St. Kitts and Nevis", "VCT": "St. Vincent and the Grenadines",
    "TZA": "United Rep. of Tanzania", "PSE": "West Bank and Gaza;Palestina", "YEM": "Yemen, Rep.", "SOM": "Somalia, Fed. Rep.",
    "TWN": "Taiwan, China;Chinese Taipei", "VAT": "Vatican City", "PRI": "Puerto Rico (US)", "MAF": "St. Martin (French part)",
    "IRL": "Republic of Ireland", "ATG": "Antigua & Barbuda", "BIH": "Bosnia & Herzegovina;Bosnia Herzegovina",
    "STP": "Sao Tome & Principe", "VGB": "Br. Virgin Isds", "CYM": "Cayman Isds", "CAF": "Central African Rep.",
    "DOM": "Dominican Rep.", "FLK": "Falkland Isds (Malvinas)", "MHL": "Marshall Isds", "SLB": "Solomon Isds",
    "MNP": "N. Mariana Isds", "COK": "Cook Isds", "TCA": "Turks and Caicos Isds", "SHN": "Saint Helena",
}  # fmt: skip

ARTICLES = {
    "the": "ARE ANT ATF BHS CAF CCK COK COM CYM DDR DOM FLK FRO GBR GMB HMD IMN IOT MDV MHL MNP NLD PHL SLB "
    "SUN TCA UMI USA VAT VGB VIR ALA",
}
ARTICLES_ES = {
    "el": "BES COG ESH GBR IOT",
    "la": "CAF COD DDR DOM GUF PYF SUN VAT BVT CXR IMN NFK",
    "los": "ARE ATF NLD PSE",
    "las": "ALA ANT BHS CCK COK CYM FLK FRO HMD MHL MNP PCN SGS SLB TCA UMI VGB VIR",
}

PSEUDO = {"ROW": "Rest of the world", "XKX": "Kosovo"}
ALPHA2 = {"XKX": "XK"}  # of codes that pycountry lacks

# by language: the articles that running text needs, and the names that CLDR lacks or has longer than a sentence bears
MORE_ES = {
    "ROW": "Resto del mundo", "XKX": "Kosovo", "ANT": "Antillas Neerlandesas", "BUR": "Birmania", "CSK": "Checoslovaquia",
    "DDR": "República Democrática Alemana", "PAL": "Palestina (código de datos antiguos)", "ROM": "Rumanía",
    "SCG": "Serbia y Montenegro", "SUN": "Unión Soviética", "TMP": "Timor Oriental", "YMD": "Yemen Democrático",
    "YUG": "Yugoslavia", "ZAR": "Zaire", "CIV": "Costa de Marfil", "HKG": "Hong Kong", "MAC": "Macao", "MMR": "Myanmar",
}  # fmt: skip
LANGUAGES = {"es": (ARTICLES_ES, MORE_ES)}


def article(code: str, known: dict[str, str]) -> str:
    return next((word for word, codes in known.items() if code in codes.split()), "")


def aliases(country: Any, name: str) -> str:
    """ISO's short and official names and those people use, but for the name itself."""
    said = [*ALIASES.get(country.alpha_3, "").split(";"), country.name, getattr(country, "official_name", "")]
    return ";".join(dict.fromkeys(a for a in said if a and a != name))


def rows() -> list[dict[str, object]]:
    out = []
    for country in pycountry.countries:
        code = country.alpha_3
        name = NAMES.get(code) or getattr(country, "common_name", None) or country.name
        out.append(
            {
                "code": code, "name": name, "numeric": int(country.numeric),
                "alpha2": country.alpha_2,
                "baci": BACI.get(code, int(country.numeric)), "valid_from": STARTS.get(code, ""),
                "valid_to": "", "successors": "", "aliases": aliases(country, name),
            }
        )  # fmt: skip
    for code, (name, last, successors) in FORMER.items():
        out.append({"code": code, "name": name, "valid_to": last, "successors": successors})
    out += [{"code": code, "name": name, "alpha2": ALPHA2.get(code, "")} for code, name in PSEUDO.items()]
    for row in out:
        row.setdefault("aliases", ALIASES.get(str(row["code"]), ""))
        row["article"] = article(str(row["code"]), ARTICLES)
    return sorted(out, key=lambda r: str(r["code"]))


def names(language: str) -> list[dict[str, str]]:
    """The names of one language from CLDR, with its articles."""
    articles, more = LANGUAGES[language]
    territories = Locale(language).territories
    found = {c.alpha_3: territories[c.alpha_2] for c in pycountry.countries if c.alpha_2 in territories} | more
    return [{"code": code, "name": found[code], "article": article(code, articles)} for code in sorted(found)]


def write(target: Path, columns: list[str], found: list) -> None:
    with target.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)


def main() -> None:
    columns = [
        "code",
        "name",
        "numeric",
        "baci",
        "valid_from",
        "valid_to",
        "successors",
        "aliases",
        "article",
        "alpha2",
    ]
    write(TARGET, columns, rows())
    for language in LANGUAGES:
        write(HOME / f"language/locale/{language}/economies.csv", ["code", "name", "article"], names(language))


if __name__ == "__main__":
    main()
