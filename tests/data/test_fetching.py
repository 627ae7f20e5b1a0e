"""Fetchers against a server on this machine that answers as each source documents it; nothing leaves the machine."""

from __future__ import annotations

import errno
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from detente.data.fetching import Client, pull
from detente.data.fetching.addresses import Wanted
from detente.data.registry import sources
from detente.data.store import add, bundle, entries, get
from detente.data.tables.files import Files
from detente.errors import DataError, DetenteError, OutputError, UsageError
from detente.panel import read_panel

Reply = tuple[int, dict[str, str], bytes]
Asked = tuple[str, dict[str, list[str]], dict[str, str]]


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path / "store"))
    monkeypatch.setenv("COMTRADE_KEY", "sesame")


class Server:
    """Answers with ``reply(path, query, headers)`` and keeps what was asked."""

    def __init__(self, reply: Callable[[str, dict[str, list[str]], dict[str, str]], Reply]) -> None:
        self.asked: list[Asked] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                headers = dict(self.headers.items())
                outer.asked.append((parts.path, parse_qs(parts.query), headers))
                status, more, body = reply(parts.path, parse_qs(parts.query), headers)
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | more).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    running: list[Server] = []

    def start(reply: Callable[..., Reply]) -> Server:
        running.append(Server(reply))
        return running[-1]

    yield start
    for one in running:
        one.server.shutdown()
        one.server.server_close()


def as_json(data: object, status: int = 200, **headers: str) -> Reply:
    return status, {"Content-Type": "application/json", **headers}, json.dumps(data).encode()


def waits() -> tuple[Client, list[float]]:
    slept: list[float] = []
    return Client(sleep=slept.append), slept


def wdi(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
    page = int(query["page"][0])
    row = {"indicator": {"id": "NY.GDP.MKTP.CD"}, "country": {"id": "VE"}, "countryiso3code": "VEN",
           "date": str(2012 + page), "value": 1e11 * page}  # fmt: skip
    return as_json([{"page": page, "pages": 2, "lastupdated": "2026-07-01"}, [row]])


def test_pages_are_followed_and_kept_with_the_day_of_the_vintage(serve):
    server = serve(wdi)
    entry = pull("wdi", Wanted(first=2013, last=2014), base=server.base, client=waits()[0])
    assert entry.pin == "wdi@2026-07-01"
    assert [q["page"] for _, q, _ in server.asked] == [["1"], ["2"]]
    assert server.asked[0][1]["date"] == ["2013:2014"]
    found = sources()["wdi"].facts_in(Files(entry.path))
    assert found.frame["period"].to_list() == [2013, 2014]
    again = pull("wdi", Wanted(first=2013, last=2014), base=server.base, client=waits()[0])
    assert again.sha256 == entry.sha256  # the same pages are the same bytes
    assert len(entries()) == 1


def test_an_error_with_status_200_is_one(serve):
    server = serve(
        lambda *_: as_json(
            [{"message": [{"id": "120", "key": "Invalid value", "value": "The indicator was not found"}]}]
        )
    )
    with pytest.raises(DataError, match="indicator was not found"):
        pull("wdi", Wanted(detail="NO.SUCH"), base=server.base, client=waits()[0])
    assert entries() == []


def test_a_server_that_is_asked_too_often_is_given_the_time_it_asks_for(serve):
    calls = []

    def busy(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        calls.append(path)
        return (
            as_json({"message": "slow down"}, 429, **{"Retry-After": "7"})
            if len(calls) == 1
            else wdi(path, query, headers)
        )

    client, slept = waits()
    pull("wdi", Wanted(), base=serve(busy).base, client=client)
    assert 7.0 in slept


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "asks for a key"),
        (403, "refuses"),
        (404, "nothing at this address"),
        (413, "too large"),
        (503, "answers with an error"),
    ],
)
def test_a_refusal_is_said_plainly_and_without_the_key(status, says, serve):
    server = serve(lambda *_: as_json({"statusCode": status, "message": "x"}, status))
    with pytest.raises(DataError, match=says) as caught:
        pull("comtrade", Wanted(economies=("IND",), first=2020, last=2020), base=server.base, client=waits()[0])
    assert "sesame" not in str(caught.value)
    assert server.asked[0][1]["subscription-key"] == ["sesame"]


def test_a_missing_key_is_named_before_anything_is_asked(serve, monkeypatch):
    monkeypatch.delenv("COMTRADE_KEY")
    server = serve(lambda *_: as_json({}))
    with pytest.raises(UsageError, match="COMTRADE_KEY"):
        pull("comtrade", Wanted(economies=("IND",)), base=server.base)
    assert server.asked == []


def row(period: str, reporter: int, partner: int, value: float) -> dict[str, object]:
    return {"reporterCode": reporter, "partnerCode": partner, "flowCode": "X", "cmdCode": "TOTAL", "period": period,
            "customsCode": "C00", "motCode": 0, "partner2Code": 0, "primaryValue": value}  # fmt: skip


def comtrade(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
    return as_json({"count": 1, "error": "", "data": [row(p, 699, 586, 3e8) for p in query["period"][0].split(",")]})


def test_comtrade_is_asked_twelve_periods_at_a_time_with_its_own_numbers(serve):
    server = serve(comtrade)
    entry = pull(
        "comtrade",
        Wanted(economies=("IND", "PAK"), first=2019, last=2020, frequency="M"),
        base=server.base,
        client=waits()[0],
    )
    assert [len(q["period"][0].split(",")) for _, q, _ in server.asked] == [12, 12]
    assert server.asked[0][1]["reporterCode"] == ["699,586"]
    assert server.asked[0][1]["partner2Code"] == ["0"]
    panel = read_panel(entry.path)
    assert len(panel.years) == 24
    assert panel.flow("IND", "PAK")[0] == 300.0
    assert "sesame" not in (entry.path.parent / "entry.json").read_text()


def test_an_answer_as_long_as_the_limit_is_not_believed(serve):
    server = serve(lambda *_: as_json({"data": [row("2020", 699, 586, 1.0)] * 100_000}))
    with pytest.raises(DataError, match="as long as the limit"):
        pull("comtrade", Wanted(economies=("IND",), first=2020, last=2020), base=server.base, client=waits()[0])


IMTS = ("DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE\n"
        "IMF.STA:IMTS(1.0.0),USA,XG_FOB_USD,CAN,A,2024,349397894619,6\n")  # fmt: skip


def test_the_imf_is_asked_for_every_partner(serve):
    server = serve(lambda *_: (200, {"Content-Type": "text/csv"}, IMTS.encode()))
    entry = pull("imts", Wanted(economies=("USA",), first=2024), base=server.base, client=waits()[0])
    assert "/IMTS/~/USA.XG_FOB_USD+MG_CIF_USD.*.A" in server.asked[0][0]
    assert read_panel(entry.path).flow("USA", "CAN")[0] == pytest.approx(349_397.894619)


def test_changed_columns_are_an_error_and_nothing_is_kept(serve):
    server = serve(lambda *_: (200, {}, IMTS.replace("COUNTERPART_COUNTRY", "PARTNER").encode()))
    with pytest.raises(DetenteError, match="lacks counterpart_country"):
        pull("imts", Wanted(economies=("USA",)), base=server.base, client=waits()[0])
    assert entries() == []


def test_unhcr_is_read_to_its_last_page(serve):
    def unhcr(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        item = {
            "year": 2019 + int(query["page"][0]),
            "coo_iso": "VEN",
            "coa_iso": "COL",
            "refugees": 1,
            "asylum_seekers": "2",
            "oip": "-",
        }
        return as_json({"page": 1, "maxPages": 2, "items": [item]})

    server = serve(unhcr)
    panel = read_panel(pull("unhcr", Wanted(economies=("VEN", "COL")), base=server.base, client=waits()[0]).path)
    assert panel.flow("VEN", "COL").tolist() == [3.0, 3.0]
    assert server.asked[0][1]["coo"] == ["VEN"]


def zip_of_baci() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("BACI_HS92_Y2020_V202601.csv", "t,i,j,k,v,q\n" + "2020,170,862,010121,100.5,1\n" * 3000)
        archive.writestr(
            "country_codes_V202601.csv",
            "country_code,country_name,country_iso2,country_iso3\n170,Colombia,CO,COL\n862,Venezuela,VE,VEN\n",
        )
    return raw.getvalue()


def test_a_download_that_breaks_off_goes_on_where_it_stopped(serve):
    whole = zip_of_baci()

    def broken(path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Reply:
        if "Range" in headers:
            start = int(headers["Range"].removeprefix("bytes=").rstrip("-"))
            return 206, {"Content-Range": f"bytes {start}-{len(whole) - 1}/{len(whole)}"}, whole[start:]
        return 200, {"Content-Length": str(len(whole)), "Connection": "close"}, whole[: len(whole) // 2]

    server = serve(broken)
    entry = pull("baci", Wanted(release="202601", detail="92"), base=server.base, client=waits()[0])
    assert entry.path.read_bytes() == whole
    assert len(server.asked) == 2
    assert entry.pin == "baci@202601-hs92"
    assert read_panel("baci@202601-hs92").flow("COL", "VEN")[0] == pytest.approx(301.5)


def test_a_disk_that_is_full_is_said_and_the_part_stays(serve, tmp_path, monkeypatch):
    server = serve(lambda *_: (200, {}, b"abc"))
    taken = Path.open

    def full(path, mode="r", *arguments, **options):
        if "w" in mode:
            raise OSError(errno.ENOSPC, "No space left on device")
        return taken(path, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OutputError, match="No space left"):
        waits()[0].download(f"{server.base}/file", tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_a_source_that_is_got_by_hand_says_where():
    with pytest.raises(UsageError, match=r"data add FILE --as desta"):
        pull("desta", Wanted())


def test_the_store_keeps_what_was_stored(tmp_path):
    file = tmp_path / "flows.csv"
    file.write_text(IMTS)
    entry = add(file, "imts", "1")
    assert get("imts", release="1").sha256 == entry.sha256
    file.write_text(IMTS + "x")
    with pytest.raises(OutputError, match="is another file"):
        add(file, "imts", "1")
    with pytest.raises(UsageError, match=r"no name@version"):
        add(file, "imts", "../x")
    entry.path.write_text("changed")
    with pytest.raises(DataError, match="not the one that was stored"):
        get("imts@1")
    with pytest.raises(DataError, match=r"no baci@202501.*data pull baci"):
        get("baci@202501")


def test_a_bundle_holds_licences_and_refuses_what_may_not_be_passed_on(tmp_path):
    file = tmp_path / "BACI_HS92_V1.zip"
    file.write_bytes(zip_of_baci())
    add(file, "baci", "1")
    bundle(["baci@1"], tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert "Etalab" in archive.read("LICENCES.txt").decode()
    other = tmp_path / "imts.csv"
    other.write_text(IMTS)
    add(other, "imts", "1")
    with pytest.raises(DataError, match="may not be passed on"):
        bundle(["imts@1"], tmp_path / "c.zip")
