"""Where each source answers, page by page: pure functions of what is asked, given a client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from detente import economies
from detente.data.fetching.client import Client, key_of
from detente.errors import DataError, EmptySample, UsageError

Save = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to fetch.

    Attributes
    ----------
    release : of a source that has releases (``"202601"``).
    economies : alpha-3 codes, the first the reporter or origin; all where empty.
    first, last : years.
    frequency : ``A`` or ``M``.
    detail : of a source that has several files: an HS revision (``"92"``), an indicator.
    """

    release: str = ""
    economies: tuple[str, ...] = ()
    first: int = 2000
    last: int = 2024
    frequency: str = "A"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """How one source is fetched.

    Attributes
    ----------
    base : the address, up to the first part that depends on what is asked.
    pause : seconds between requests.
    fetch : writes files into a folder and says the version; (client, base, wanted, folder, progress).
    """

    base: str
    pause: float
    fetch: Callable[[Client, str, Wanted, Path, Callable[[float], None] | None], str]


def baci(client: Client, base: str, wanted: Wanted, folder: Path, progress: Callable[[float], None] | None) -> str:
    """CEPII's zip of one HS revision and release, as published."""
    if not wanted.release:
        raise UsageError("BACI has releases.", fix="Name one: detente data pull baci@202601 --detail 92")
    revision = wanted.detail or "92"
    name = f"BACI_HS{revision}_V{wanted.release}.zip"
    client.download(f"{base}/{name}", folder / name, progress)
    return f"{wanted.release}-hs{revision}"


def gravity(client: Client, base: str, wanted: Wanted, folder: Path, progress: Callable[[float], None] | None) -> str:
    """CEPII's Gravity, CSV in a zip."""
    release = wanted.release or "202211"
    name = f"Gravity_csv_V{release}.zip"
    client.download(f"{base}/{name}", folder / name, progress)
    return release


def wdi(client: Client, base: str, wanted: Wanted, folder: Path, progress: Callable[[float], None] | None) -> str:
    """The World Bank's API, page after page; the version is the day of its last update."""
    who = ";".join(wanted.economies) or "all"
    indicator = wanted.detail or "NY.GDP.MKTP.CD"
    number, pages, version = 1, 1, ""
    while number <= pages:
        answer = client.json(f"{base}/country/{who}/indicator/{indicator}", {
            "format": "json", "date": f"{wanted.first}:{wanted.last}", "per_page": 20000, "page": number})  # fmt: skip
        if not isinstance(answer, list) or "message" in answer[0]:
            said = answer[0]["message"][0].get("value", "") if isinstance(answer, list) else ""
            raise DataError(f"The World Bank's API refuses: {said}.", fix="Check the indicator and the codes.")
        pages, version = int(answer[0]["pages"]), str(answer[0].get("lastupdated", ""))
        _save(folder, f"page-{number:03d}.json", answer)
        if progress:
            progress(number / max(pages, 1))
        number += 1
    return version


def comtrade(client: Client, base: str, wanted: Wanted, folder: Path, progress: Callable[[float], None] | None) -> str:
    """UN Comtrade's API: up to twelve periods a request; an answer as long as the limit is refused, not believed."""
    if not wanted.economies:
        raise UsageError("Comtrade is asked by reporter.", fix="Name the economies: detente data pull comtrade IND PAK")
    key, limit = key_of("COMTRADE_KEY", "UN Comtrade"), 100_000
    numbers = ",".join(str(economies.table()[c].baci) for c in wanted.economies)
    periods = _periods(wanted)
    chunks = [periods[k : k + 12] for k in range(0, len(periods), 12)]
    for k, chunk in enumerate(chunks):
        answer = client.json(f"{base}/get/C/{wanted.frequency}/HS", {
            "reporterCode": numbers, "period": ",".join(chunk), "cmdCode": wanted.detail or "TOTAL", "flowCode": "X,M",
            "partner2Code": 0, "motCode": 0, "customsCode": "C00", "maxRecords": limit, "subscription-key": key})  # fmt: skip
        rows = answer.get("data") or []
        if len(rows) >= limit:
            raise DataError(
                "The answer is as long as the limit, so that rows may be cut off.", fix="Ask for fewer periods."
            )
        _save(folder, f"part-{k + 1:03d}.json", answer)
        if progress:
            progress((k + 1) / len(chunks))
    return ""


def imts(client: Client, base: str, wanted: Wanted, folder: Path, progress: Callable[[float], None] | None) -> str:
    """The IMF's SDMX service as CSV: exports and imports of the reporters with every partner."""
    who = "+".join({"XKX": "KOS"}.get(c, c) for c in wanted.economies) or "*"
    key = f"{who}.XG_FOB_USD+MG_CIF_USD.*.{wanted.frequency}"
    text = client.text(f"{base}/data/dataflow/IMF.STA/IMTS/~/{quote(key, safe='*.+')}", {
        "c[TIME_PERIOD]": f"ge:{wanted.first}+le:{wanted.last}"})  # fmt: skip
    if "OBS_VALUE" not in text.partition("\n")[0]:
        raise DataError("The IMF did not answer with its CSV.", fix="Try later; the source may have changed.")
    (folder / "imts.csv").write_text(text, encoding="utf-8", newline="\n")
    return ""


def unhcr(client: Client, base: str, wanted: Wanted, folder: Path, progress: Callable[[float], None] | None) -> str:
    """UNHCR's API, page after page, by pair."""
    ends = {"coo": wanted.economies[0], "coa": wanted.economies[1]} if len(wanted.economies) == 2 else \
        {"coo_all": "true", "coa_all": "true"}  # fmt: skip
    number, pages = 1, 1
    while number <= pages:
        answer = client.json(f"{base}/population/", {"yearFrom": wanted.first, "yearTo": wanted.last, "cf_type": "ISO",
                                                     "limit": 10000, "page": number, **ends})  # fmt: skip
        if not isinstance(answer, dict) or "items" not in answer:
            raise DataError("UNHCR's API answered in another form.", fix="Try later; the source may have changed.")
        pages = int(answer.get("maxPages") or 1)
        if answer["items"]:
            _save(folder, f"page-{number:03d}.json", answer)
        if progress:
            progress(number / max(pages, 1))
        number += 1
    if not any(folder.iterdir()):
        raise EmptySample("UNHCR has no rows for this.", fix="Ask for other years or economies.")
    return ""


def comext(client: Client, base: str, wanted: Wanted, folder: Path, progress: Callable[[float], None] | None) -> str:
    """Eurostat Comext as SDMX-CSV: one reporter with its partners."""
    if not wanted.economies:
        raise UsageError("Comext is asked by reporter.", fix="Name the economies: detente data pull comext DEU CHN")
    letters = ["GR" if c == "GRC" else economies.table()[c].alpha2 for c in wanted.economies]
    key = f"{wanted.frequency}.{letters[0]}.{'+'.join(letters[1:])}.{wanted.detail or 'TOTAL'}..VALUE_IN_EUROS"
    text = client.text(f"{base}/data/DS-045409/{key}", {
        "startPeriod": wanted.first, "endPeriod": wanted.last, "format": "SDMX-CSV", "compressed": "false"})  # fmt: skip
    if "OBS_VALUE" not in text.partition("\n")[0]:
        raise DataError("Eurostat did not answer with its CSV.", fix="Ask for less: large requests are answered later.")
    (folder / "comext.csv").write_text(text, encoding="utf-8", newline="\n")
    return ""


FETCHERS = {
    "baci": Fetcher("https://www.cepii.fr/DATA_DOWNLOAD/baci/data", 0.0, baci),
    "gravity": Fetcher("https://www.cepii.fr/DATA_DOWNLOAD/gravity/data", 0.0, gravity),
    "wdi": Fetcher("https://api.worldbank.org/v2", 0.2, wdi),
    "comtrade": Fetcher("https://comtradeapi.un.org/data/v1", 6.0, comtrade),
    "imts": Fetcher("https://api.imf.org/external/sdmx/3.0", 0.5, imts),
    "unhcr": Fetcher("https://api.unhcr.org/population/v1", 0.5, unhcr),
    "comext": Fetcher("https://ec.europa.eu/eurostat/api/comext/dissemination/sdmx/2.1", 1.0, comext),
}


def _periods(wanted: Wanted) -> list[str]:
    years = range(wanted.first, wanted.last + 1)
    if wanted.frequency == "A":
        return [str(year) for year in years]
    return [f"{year}{month:02d}" for year in years for month in range(1, 13)]


def _save(folder: Path, name: str, answer: object) -> None:
    (folder / name).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8", newline="\n")


def pages(folder: Path) -> Iterator[Path]:
    """The files that were fetched, in order."""
    yield from sorted(folder.iterdir())
