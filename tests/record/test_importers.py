"""Official files become evidence about the pair: sourced, dated, once, and a later release shows what it changes."""

from __future__ import annotations

import gzip
from pathlib import Path

import openpyxl
import pytest

from detente.cli.app import run as main
from detente.errors import DataError, DetenteError, EmptySample, UnknownColumn, UnreadableFile, UsageError
from detente.record import Ledger
from detente.record.exchange.importers.importing import plan_import
from detente.record.exchange.importers.layouts import LAYOUTS

DYAD = ("COL", "VEN")
GDELT = "GLOBALEVENTID,SQLDATE,Actor1CountryCode,Actor2CountryCode,EventCode,SOURCEURL\n"
UCDP = "dyad_id,conflict_id,location,side_a,side_b,year,intensity_level,start_date\n"
FILES = {
    "wdi": (
        '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-06-28",\n\n'
        '"Country Name","Country Code","Indicator Name","Indicator Code","2019","2020"\n'
        '"Colombia","COL","GDP","NY.GDP.MKTP.CD","323e9","270000000000"\n"Peru","PER","GDP","NY.GDP.MKTP.CD","1","2"\n'
        '"Venezuela","VEN","Population","SP.POP.TOTL","28971683",""\n"Venezuela","VEN","Odd","XX.YY","5","5"\n'
    ),
    "unhcr": (
        "year,coo_iso,coa_iso,refugees,asylum_seekers,oip\n2020.0,VEN,COL,417.0,25000.0,1720000.0\n"
        "2020.0,COL,VEN,67000.0,,\n2020.0,COL,ECU,54000.0,1.0,\n"
    ),
    "comtrade": (
        "period,reporterCode,reporterISO,partnerCode,partnerISO,flowCode,cmdCode,primaryValue\n"
        "202001,170,COL,862,VEN,X,TOTAL,12500000\n202001,170,COL,862,VEN,M,27,900000\n"
        "202001,170,COL,862,VEN,M,2710,800000\n202001,862,VEN,170,COL,M,TOTAL,190000000\n"
        "202001,170,COL,604,PER,X,TOTAL,1\n"
    ),
    "exchange-rates": "TIME_PERIOD,CURRENCY,CURRENCY_DENOM,OBS_VALUE\n2021,USD,EUR,1.1827\n2021,USD,EUR,\n",
    "desta": (
        "country1,country2,iso1,iso2,number,base_treaty,name,entry_type,year,entryforceyear\n"
        "Colombia,Venezuela,170,862,12,12,A Pact,base_treaty,1994,1995\n"
        "Colombia,Venezuela,170,862,13,13,A Club,withdrawal,2006,NA\n"
        "Colombia,Mexico,170,484,12,12,A Pact,base_treaty,1994,1995\n"
        "Colombia,Venezuela,170,862,9,9,B,consolidated,2000,NA\n"
    ),
    "acled": (
        "event_id_cnty,event_date,event_type,sub_event_type,actor1,actor2,iso,country,location,notes,fatalities\n"
        "COL1,05 March 2021,Battles,Armed clash,ELN,Police of Venezuela,170,Colombia,Arauca,At the line,3\n"
        "COL2,06 March 2021,Battles,Armed clash,ELN,Police,170,Colombia,Cali,Inland,1\n"
        "COL3,07 March 2021,Protests,Peaceful protest,Students,,170,Colombia,Cali,Against Venezuela,0\n"
    ),
    "gsdb": (
        "case_id,sanctioned_state,sanctioning_state,begin,end,trade,financial,ongoing\n"
        "7,Venezuela,Colombia,2015,2016,1,0,0\n8,Venezuela,Brazil,2015,2016,1,0,0\n"
    ),
    "ucdp": (
        UCDP + '1,2,"Colombia, Venezuela",Government of Colombia,Government of Venezuela,1999,1,1998-01-01\n'
        '3,4,"Colombia, Venezuela",Government of Colombia,ELN,2000,1,1964-01-01\n5,6,Colombia,Government of Colombia,ELN,2000,2,x\n'
    ),
    "gdelt": (
        GDELT + "1,20190223,VEN,COL,161,http://a\n2,20190223,VEN,COL,161,http://b\n3,20220926,COL,VEN,057,http://c\n"
        "4,20220926,COL,VEN,010,http://c\n5,20220926,COL,PER,057,http://c\n"
    ),
    "weo": (
        "COUNTRY,INDICATOR,FREQUENCY,TIME_PERIOD,OBS_VALUE\nCOL,NGDPD,A,2020,270299984000\nVEN,PCPI,A,2020,5\nPER,LP,A,2020,3\n"
    ),
    "baci": "t,i,j,k,v,q\n2020,170,862,270900,1500.5,1\n2020,170,862,010121,2,1\n2020,862,170,270900,1,1\n2020,170,604,010121,9,1\n",
}
GIVES = {
    "wdi": [("gdp.current_col", "2019", "323000000000", "usd"), ("gdp.current_col", "2020", "270000000000", "usd"),
            ("population.total_ven", "2019", "28971683", "persons")],
    "unhcr": [("migration.refugees_col_in_ven", "2020-12-31", "67000", "persons"),
              ("migration.refugees_ven_in_col", "2020-12-31", "417", "persons"),
              ("migration.asylum_seekers_ven_in_col", "2020-12-31", "25000", "persons"),
              ("migration.oip_ven_in_col", "2020-12-31", "1720000", "persons")],
    "comtrade": [("trade.exports", "2020-01", "190000000", "usd"), ("trade.exports", "2020-01", "12500000", "usd"),
                 ("trade.imports.hs27", "2020-01", "900000", "usd")],
    "exchange-rates": [("exchange.usd_per_eur", "2021", "1.1827", "usd_per_eur")],
    "desta": [("1995", "agreement", "-"), ("2006", "bloc exit", "+")],
    "acled": [("2021-03-05", "security incident", "+")],
    "gsdb": [("2015", "sanctions", "+"), ("2016", "sanctions relief", "-")],
    "ucdp": [("1999", "militarised dispute", "+"), ("2000", "security incident", "+")],
    "gdelt": [("2019-02-23", "diplomatic incident", "+"), ("2022-09-26", "cooperation", "-")],
    "weo": [("gdp.current_col", "2020", "270299984000", "usd")],
    "baci": [("trade.exports", "2020", "1502.5", "kusd"), ("trade.imports", "2020", "1", "kusd")],
}  # fmt: skip


def planned(small, tmp_path: Path, layout: str, text: str | None = None, **more: str):
    path = tmp_path / f"{layout}.csv"
    path.write_text(FILES[layout] if text is None else text, encoding="utf-8")
    record = small.folder if (small.folder / "sources.csv").is_file() else small.write()
    return plan_import(path, layout, record, DYAD, **more)


def test_every_layout_with_rules_of_its_own_is_tried():
    assert set(LAYOUTS) <= set(FILES)


@pytest.mark.parametrize("layout", list(FILES))
def test_each_layout_gives_the_pairs_rows_and_no_others(small, tmp_path, layout):
    plan = planned(small, tmp_path, layout, release="2024-05", first_published="2023")
    columns = ("series", "period", "value", "unit") if plan.layout.table == "figures" else ("date", "kind", "direction")
    assert [tuple(row[c] for c in columns) for row in plan.new] == GIVES[layout]
    plan.write(small.folder)
    ledger = Ledger.read(small.folder)
    source = ledger.source(layout)
    assert (str(source.date), str(source.published), source.kind) == ("2024-05", "2023", "dataset")
    again = planned(small, tmp_path, layout)
    assert (again.new, again.changed, again.same) == ((), (), len(GIVES[layout]))


@pytest.mark.parametrize(
    ("layout", "state", "value"),
    [
        ("desta", "agreement.desta12", "in_force"),
        ("desta", "agreement.desta13", "none"),
        ("gsdb", "sanctions.col.gsdb7", "none"),
    ],
)
def test_treaties_and_sanctions_set_states(small, tmp_path, layout, state, value):
    planned(small, tmp_path, layout, release="2024").write(small.folder)
    spells = Ledger.read(small.folder).states().spells[state]
    assert spells[-1].value == value


def test_a_later_release_shows_and_makes_its_changes(small, tmp_path):
    planned(small, tmp_path, "exchange-rates", release="2022").write(small.folder)
    later = planned(
        small, tmp_path, "exchange-rates", FILES["exchange-rates"].replace("1.1827", "1.19"), release="2023"
    )
    assert [(c.column, c.before, c.after) for c in later.changed] == [("value", "1.1827", "1.19")]
    later.write(small.folder)
    ledger = Ledger.read(small.folder)
    assert ledger.figures["value"].to_list() == [1.19]
    assert str(ledger.source("exchange-rates").date) == "2023"


def test_what_stands_under_another_id_is_left_out(small, tmp_path):
    small.write(figures=[{"figure_id": "OWN", "series": "exchange.usd_per_eur", "value": "1.1827", "unit": "usd_per_eur",
                          "kind": "rate"}])  # fmt: skip
    plan = planned(small, tmp_path, "exchange-rates")
    assert (plan.new, plan.twice) == ((), (("FX-usd-eur-2021", "OWN"),))


def test_what_was_known_when_goes_by_the_first_publication(small, tmp_path):
    planned(small, tmp_path, "unhcr", release="2026-06", first_published="2021-06").write(small.folder)
    ledger = Ledger.read(small.folder)
    assert ledger.as_of("2021-12-31").figures.height == 4
    assert ledger.as_of("2021-01-31").figures.is_empty()


def test_imported_months_decide_a_claim_on_the_year(small, tmp_path):
    months = "".join(f"2021{m:02d},170,862,X,TOTAL,{m}000000\n" for m in range(1, 13))
    header = "period,reporterCode,partnerCode,flowCode,cmdCode,primaryValue\n"
    small.write(claims=[small.quantity("78")], figures=[{"series": "trade.total", "period": "1999"}])
    text = (small.folder / "claims.csv").read_text().replace("trade.total", "trade.exports")
    planned(small, tmp_path, "comtrade", header + months).write(small.folder)
    (small.folder / "claims.csv").write_text(text)
    assert Ledger.read(small.folder).verdict("C1").verdict == "confirmed"


@pytest.mark.parametrize(
    ("layout", "text", "error", "says"),
    [
        ("worldbank", "a,b\n", UsageError, "There are: "),
        ("unhcr", "year,refugees\n1,2\n", UnknownColumn, "lacks"),
        ("unhcr", "", DetenteError, "empty"),
        ("", "a,b\n1,2\n", UnreadableFile, "--as SOURCE"),
        ("itpd", "a,b\n1,2\n", UnknownColumn, "lacks"),
    ],
)
def test_a_file_of_another_kind_is_a_named_error(small, tmp_path, layout, text, error, says):
    with pytest.raises(error, match=says):
        planned(small, tmp_path, layout, text)


def test_a_damaged_gzip_is_a_named_error(small, tmp_path):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(FILES["unhcr"].encode(), mtime=0)[:40])
    with pytest.raises(UnreadableFile, match="amaged"):
        plan_import(path, "unhcr", small.write(), DYAD)


@pytest.mark.shared
@pytest.mark.oracle
def test_the_real_file_of_the_refugee_agency(small, shared_data):
    """Read by hand with zgrep: 2019, Venezuela to Colombia."""
    plan = plan_import(shared_data / "unhcr/population.csv.gz", "unhcr", small.write(), DYAD)
    found = {row["figure_id"]: row["value"] for row in plan.new}
    with gzip.open(shared_data / "unhcr/population.csv.gz", "rt", encoding="utf-8") as file:
        line = next(
            row for row in file if row.startswith("2019.0,Venezuela") and ",COL,refugees" not in row and ",COL," in row
        )
    cells = line.strip().split(",")
    assert found["UNHCR-refugees-ven-col-2019"] == f"{float(cells[-9]):.12g}"
    plan.write(small.folder)


def test_on_the_command_line_nothing_is_written_without_consent(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "COL", "PER", "--folder", "mine"]) == 0
    Path("fx.csv").write_text(FILES["exchange-rates"], encoding="utf-8")
    before = Path("mine/record/series.csv").read_bytes()
    assert main(["import", "fx.csv", "--study", "mine"]) == 0
    said = capsys.readouterr().out
    assert "1 new figures" in said
    assert "add --accept" in said
    assert "--first-published" in said
    assert Path("mine/record/series.csv").read_bytes() == before
    assert main(["import", "fx.csv", "--as", "exchange", "--study", "mine", "--accept"]) == 0
    assert "FX-usd-eur-2021" in Path("mine/record/series.csv").read_text()
    assert main(["check", "mine"]) == 0
    assert main(["import", "fx.csv", "--as", "exchange", "--study", "colombia-venezuela"]) == 2


def test_unseen_characters_of_a_foreign_file_do_not_enter(small, tmp_path):
    """What somebody typed into a data base is cleaned on its way in, so that the record passes its check."""
    text = FILES["acled"].replace("At the line", "At \u202ethe\x07 line").replace("Police of", "Police\u200b of")
    plan = planned(small, tmp_path, "acled", text)
    assert plan.new
    plan.write(small.folder)
    assert Ledger.check(small.folder) == []


def test_a_file_without_the_pair_leaves_the_record_as_it_was(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "KEN", "TZA", "--folder", "s"]) == 0
    before = {path.name: path.read_bytes() for path in Path("s/record").iterdir()}
    Path("ucdp.csv").write_text(FILES["ucdp"], encoding="utf-8")
    assert main(["import", "ucdp.csv", "--as", "ucdp", "--study", "s", "--accept"]) == 0
    assert "Nothing was written: the file has nothing about KEN and TZA" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in Path("s/record").iterdir()} == before


OFFICIAL = {
    "ucdp, names of its own": (
        "ucdp", "id,relid,year,type_of_violence,dyad_name,side_a,side_b,country,date_start,date_end,best\n"
        "1,A-1,2022,1,x,Government of DR Congo (Zaire),Government of Rwanda,DR Congo (Zaire),2022-06-10 00:00:00.000,"
        "2022-06-12 00:00:00.000,6\n", [("2022-06-10", "militarised dispute")],
    ),
    "gsdb, names turned round and cases still in force": (
        "gsdb", "case_id,sanctioned_state,sanctioning_state,begin,end,trade,objective,success\n"
        '1,"Congo, Democratic Republic of the",Rwanda,2012,2013,1,x,success_part\n'
        '2,Rwanda,"Congo, Democratic Republic of the",2022,2023,1,x,ongoing\n',
        [("2012", "sanctions"), ("2013", "sanctions relief"), ("2022", "sanctions")],
    ),
    "gsdb, no word of what is still in force": (
        "gsdb", "case_id,sanctioned_state,sanctioning_state,begin,end,trade\n"
        "1,Rwanda,DR Congo,2012,2013,1\n2,Rwanda,DR Congo,2022,2023,1\n",
        [("2012", "sanctions"), ("2013", "sanctions relief"), ("2022", "sanctions")],
    ),
    "acled, long names of states": (
        "acled", "event_id_cnty,event_date,event_type,sub_event_type,actor1,actor2,iso,country,notes,fatalities\n"
        "R1,24 May 2022,Explosions/Remote violence,Shelling,Military Forces of the Democratic Republic of Congo (2019-),"
        "Civilians (Rwanda),646,Rwanda,Shells,0\n", [("2022-05-24", "security incident")],
    ),
    "gdelt, codes that lost their zeros": (
        "gdelt", GDELT + "1,20220601,COD,RWA,43,http://a\n2,20220602,COD,RWA,831,http://a\n3,20220603,RWA,COD,173,http://a\n",
        [("2022-06-01", "cooperation"), ("2022-06-02", "cooperation"), ("2022-06-03", "diplomatic incident")],
    ),
    "desta, others' leaving beside every pair": (
        "desta", "a,b,number,base_treaty,name,entry_type,year,entry_into_force,typememb\n"
        "COD,RWA,5,5,A Club,base_treaty,1990.0,1991.0,2\nCOD,RWA,5_1,5,A Club withdrawal Angola,withdrawal,2007.0,,2\n"
        "COD,RWA,5_2,5,A Club withdrawal Rwanda,withdrawal,2009.0,,2\n", [("1991", "agreement"), ("2009", "bloc exit")],
    ),
    "wdi, as DataBank gives it": (
        "wdi", '"Country Name","Country Code","Series Name","Series Code","2019 [YR2019]","2020 [YR2020]"\n'
        '"Rwanda","RWA","Population, total","SP.POP.TOTL","12835028",".."\n,,,,,\n"Data from database: World Development Indicators"\n'
        '"Last Updated: 06/28/2024"\n', [("2019", "stock")],
    ),
    "comtrade, a mark too many in every row, no zero before the chapter": (
        "comtrade", "period,reporterCode,partnerCode,flowCode,cmdCode,primaryValue\n202201,180,646,X,1,5,\n202201,180,646,M,27,7,\n",
        [("2022-01", "flow"), ("2022-01", "flow")],
    ),
    "the daily history of the European Central Bank": (
        "exchange-rates", "Date,USD,JPY,GBP,RUB\n2022-03-02,1.1106,128.0,0.83,N/A\n2022-03-01,1.1162,128.6,0.83,117.2\n",
        [("2022-03", "rate")] * 4,
    ),
    "its portal's download": (
        "exchange-rates", "DATE,TIME PERIOD,US dollar/Euro (EXR.A.USD.EUR.SP00.A)\n2021-12-31,2021,1.1827\n", [("2021", "rate")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(OFFICIAL))
def test_forms_in_which_the_publishers_hand_out_their_files(small, tmp_path, name):
    layout, text, gives = OFFICIAL[name]
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode("latin-1"))
    record = small.write()
    plan = plan_import(path, "", record, ("COD", "RWA"), release="2024", first_published="2024")
    assert plan.source["source_id"] == layout
    assert [(row.get("period") or row["date"], row["kind"]) for row in plan.new] == gives
    plan.write(record)
    assert Ledger.check(record) == []
    if name.startswith("comtrade"):
        assert [row["series"] for row in plan.new] == ["trade.exports.hs01", "trade.imports.hs27"]
    if name.startswith("desta"):
        assert [row["sets"] for row in plan.new] == ["agreement.desta5=in_force", "agreement.desta5=none"]


def test_an_earlier_release_replaces_nothing_and_loses_no_date(small, tmp_path):
    later = FILES["weo"]
    earlier = later.replace("270299984000", "99")
    planned(small, tmp_path, "weo", later, release="2024-10").write(small.folder)
    with pytest.raises(UsageError, match="is of 2022, the one on record of 2024-10"):
        planned(small, tmp_path, "weo", earlier, release="2022")
    more = planned(small, tmp_path, "weo", later + "COL,NGDPD,A,2019,7\n", release="2022")
    more.write(small.folder)  # nothing is replaced
    assert Ledger.read(small.folder).source("weo").date.last.year == 2024
    planned(small, tmp_path, "weo", later).write(small.folder)
    assert Ledger.read(small.folder).source("weo").date.last.year == 2024


def test_what_a_later_release_no_longer_has_is_told(small, tmp_path):
    planned(small, tmp_path, "gdelt", release="2024").write(small.folder)
    header, *rows = FILES["gdelt"].splitlines(keepends=True)
    more = "9,20190223,COL,VEN,173,http://d\n9,20230223,COL,VEN,173,http://d\n"
    plan = planned(small, tmp_path, "gdelt", header + "".join(rows[:2]) + more, release="2025")
    assert [id_.replace("-", "")[:13] for id_ in plan.gone] == ["GDELT20220926"]
    assert "1 no longer in the file" in plan.summary()
    plan.write(small.folder)
    assert plan.gone[0] in set(Ledger.read(small.folder).events["event_id"])


@pytest.mark.parametrize(
    ("layout", "there", "here"),
    [
        ("acled", "05 March 2021", "44260"),  # a spreadsheet's serial number
        ("acled", "05 March 2021", "05/03/2021"),
        ("gdelt", "20190223", "43519"),
        ("exchange-rates", "2021,USD", "2021-Q1,USD"),
        ("exchange-rates", "2021,USD", "Jan-21,USD"),
        ("exchange-rates", "2021,USD", "abcd,USD"),
        ("ucdp", "1999", "soon"),
    ],
)
def test_what_is_no_date_is_shown_and_nothing_is_written(small, tmp_path, layout, there, here):
    small.write()
    before = {p.name: p.read_bytes() for p in small.folder.iterdir()}
    with pytest.raises(DataError, match="is no date") as caught:
        planned(small, tmp_path, layout, FILES[layout].replace(there, here))
    assert here.partition(",")[0] in str(caught.value)
    assert {p.name: p.read_bytes() for p in small.folder.iterdir()} == before


@pytest.mark.parametrize(
    ("layout", "changes"),
    [
        ("comtrade", ((",170,", ",170.0,"), (",862,", ",862.0,"), ("202001", "202001.0"))),  # a table with empty cells
        ("ucdp", (("1999", "1999.0"),)),
        ("gdelt", ((",057,", ",57,"), (",010,", ",10,"))),  # 10 is 010 where 57 can only be 057
        ("acled", (("05 March 2021", "2021-03-05T00:00:00"), ("06 March 2021", "2021-03-06 00:00:00"))),
    ],
)
def test_codes_and_days_as_other_programs_write_them(small, tmp_path, layout, changes):
    text = FILES[layout]
    for there, here in changes:
        text = text.replace(there, here)
    plan = planned(small, tmp_path, layout, text)
    columns = ("series", "period", "value", "unit") if plan.layout.table == "figures" else ("date", "kind", "direction")
    assert [tuple(row[c] for c in columns) for row in plan.new] == GIVES[layout]


def test_codes_of_two_digits_are_roots_where_all_of_them_are(small, tmp_path):
    text = FILES["gdelt"].replace(",057,", ",14,").replace(",010,", ",10,")
    assert planned(small, tmp_path, "gdelt", text).new != planned(small, tmp_path, "gdelt").new


@pytest.mark.parametrize("layout", list(FILES))
def test_a_header_alone_has_nothing_and_a_title_above_is_named(small, tmp_path, layout):
    header = FILES[layout].partition("\n")[0] + "\n"
    if layout == "wdi":  # its preamble is read over
        return
    if layout == "baci":
        with pytest.raises(EmptySample, match="holds no row"):
            planned(small, tmp_path, layout, header)
    else:
        assert planned(small, tmp_path, layout, header).new == ()
    with pytest.raises(UnreadableFile, match="Delete titles above"):
        planned(small, tmp_path, layout, "A title\n\n" + FILES[layout])


def test_a_sheet_with_a_title_above_is_named(small, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["People in need"], [], *(line.split(",") for line in FILES["unhcr"].splitlines())):
        sheet.append(row)
    book.save(tmp_path / "people.xlsx")
    with pytest.raises(UnknownColumn, match="Delete titles above the table"):
        plan_import(tmp_path / "people.xlsx", "unhcr", small.write(), DYAD)
