"""Build ``src/detente/bloc_members.csv``: who is a member of which bloc or region, from when and until when.

    python scripts/build_blocs.py ../shared/data/unhcr/countries.csv.gz

Blocs: dates of accession and withdrawal as their treaties and secretariats state them, written below. Regions: the
United Nations Statistics Division's M49 as listed by UNHCR (CC BY 4.0), with Taiwan and former states added.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import polars as pl

TARGET = Path(__file__).resolve().parents[1] / "src/detente/bloc_members.csv"
BLOCS: dict[str, tuple[tuple[str, str, str], ...]] = {
    # codes, from, until (the last day; empty where they still are)
    "EU": (
        ("BEL FRA DEU ITA LUX NLD", "1958-01-01", ""), ("DNK IRL", "1973-01-01", ""),
        ("GBR", "1973-01-01", "2020-01-31"), ("GRC", "1981-01-01", ""), ("ESP PRT", "1986-01-01", ""),
        ("AUT FIN SWE", "1995-01-01", ""), ("CYP CZE EST HUN LVA LTU MLT POL SVK SVN", "2004-05-01", ""),
        ("BGR ROU", "2007-01-01", ""), ("HRV", "2013-07-01", ""),
    ),
    "EA": (
        ("AUT BEL FIN FRA DEU IRL ITA LUX NLD PRT ESP", "1999-01-01", ""), ("GRC", "2001-01-01", ""),
        ("SVN", "2007-01-01", ""), ("CYP MLT", "2008-01-01", ""), ("SVK", "2009-01-01", ""), ("EST", "2011-01-01", ""),
        ("LVA", "2014-01-01", ""), ("LTU", "2015-01-01", ""), ("HRV", "2023-01-01", ""), ("BGR", "2026-01-01", ""),
    ),
    "EFTA": (
        ("CHE NOR", "1960-05-03", ""), ("ISL", "1970-03-01", ""), ("LIE", "1991-09-01", ""),
        ("AUT SWE", "1960-05-03", "1994-12-31"), ("FIN", "1986-01-01", "1994-12-31"),
        ("PRT", "1960-05-03", "1985-12-31"), ("DNK GBR", "1960-05-03", "1972-12-31"),
    ),
    "MERCOSUR": (
        ("ARG BRA PRY URY", "1991-11-29", ""), ("VEN", "2012-07-31", "2016-12-01"), ("BOL", "2024-08-08", ""),
    ),
    "ANDEAN": (
        ("BOL COL ECU PER", "1969-10-16", ""), ("CHL", "1969-10-16", "1976-10-30"), ("VEN", "1973-02-13", "2006-04-21"),
    ),
    "PACIFIC_ALLIANCE": (("CHL COL MEX PER", "2012-06-06", ""),),
    "USMCA": (("CAN MEX USA", "1994-01-01", ""),),
    "ASEAN": (
        ("IDN MYS PHL SGP THA", "1967-08-08", ""), ("BRN", "1984-01-07", ""), ("VNM", "1995-07-28", ""),
        ("LAO MMR", "1997-07-23", ""), ("KHM", "1999-04-30", ""), ("TLS", "2025-10-26", ""),
    ),
    "GCC": (("ARE BHR KWT OMN QAT SAU", "1981-05-25", ""),),
    "EAEU": (("BLR KAZ RUS", "2015-01-01", ""), ("ARM", "2015-01-02", ""), ("KGZ", "2015-08-12", "")),
    "SACU": (("BWA LSO SWZ ZAF", "1970-03-01", ""), ("NAM", "1990-07-10", "")),
    "ECOWAS": (
        ("BEN CIV GMB GHA GIN GNB LBR NGA SEN SLE TGO", "1975-05-28", ""), ("CPV", "1977-01-01", ""),
        ("BFA MLI NER", "1975-05-28", "2025-01-28"), ("MRT", "1975-05-28", "2000-12-26"),
    ),
    "BRICS": (
        ("BRA CHN IND RUS", "2009-06-16", ""), ("ZAF", "2010-12-24", ""), ("ARE EGY ETH IRN", "2024-01-01", ""),
        ("IDN", "2025-01-06", ""),
    ),
    "G7": (("CAN FRA DEU GBR ITA JPN USA", "1976-06-27", ""),),
}  # fmt: skip
REGIONS = {
    "Africa": "AFRICA", "Asia": "ASIA", "Europe": "EUROPE", "Oceania": "OCEANIA",
    "Latin America and the Caribbean": "LATIN_AMERICA", "Northern America": "NORTHERN_AMERICA",
    "Sub-Saharan Africa": "SUBSAHARAN_AFRICA", "Northern Africa": "NORTHERN_AFRICA", "Central Asia": "CENTRAL_ASIA",
    "Eastern Asia": "EASTERN_ASIA", "South-eastern Asia": "SOUTHEAST_ASIA", "Southern Asia": "SOUTHERN_ASIA",
    "Western Asia": "WESTERN_ASIA",
}  # fmt: skip
ALSO = {
    "TWN": ("ASIA", "EASTERN_ASIA"), "XKX": ("EUROPE",), "SCG": ("EUROPE",),
    **dict.fromkeys(["ANT", "BLM", "FLK"], ("LATIN_AMERICA",)),
    **dict.fromkeys(["ASM", "CCK", "CXR", "NFK", "PCN", "TKL", "WLF"], ("OCEANIA",)),
    **dict.fromkeys(["ATF", "IOT", "MYT", "SHN"], ("AFRICA", "SUBSAHARAN_AFRICA")),
}  # fmt: skip
"""Economies of trade statistics that M49's list does not have."""


def main(countries: Path) -> None:
    rows = [
        (bloc, code, since, until)
        for bloc, spells in BLOCS.items()
        for codes, since, until in spells
        for code in codes.split()
    ]
    listed = pl.read_csv(countries).filter(pl.col("iso_code").str.contains(r"^[A-Z]{3}$")).sort("iso_code")
    for code, region, subregion in listed.select("iso_code", "unsd_region", "unsd_subregion").iter_rows():
        names = [] if code in ALSO else [name for name in (region, subregion) if name in REGIONS]
        rows += [(REGIONS[name], code, "", "") for name in dict.fromkeys(names)]
    rows += [(region, code, "", "") for code, regions in ALSO.items() for region in regions]
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("bloc", "economy", "from", "until"))
        writer.writerows(sorted(set(rows)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
