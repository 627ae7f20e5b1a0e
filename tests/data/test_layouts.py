# ruff: noqa: E501 (lines of files, as their sources write them)
"""Official layouts read as they are: a small file of each in the source's own form, and what it must give."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detente.data.facts import Events, Flows, Series
from detente.data.registry import recognise, sources
from detente.data.tables.files import Files
from detente.errors import DataError, DetenteError, EmptySample, UnreadableFile
from detente.panel import read_panel


def put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def facts(path: Path) -> Flows | Series | Events:
    known = recognise(Files(path))
    assert known is not None
    return known.facts_in(Files(path))


GRAVITY = (
    "year,country_id_o,country_id_d,iso3_o,iso3_d,iso3num_o,iso3num_d,country_exists_o,country_exists_d,dist,contig,"
    "pop_o,gdp_o,tradeflow_comtrade_o,tradeflow_baci\n"
    "2010,COL,VEN,COL,VEN,170,862,1,1,1028,1,45918.1,286563000,1422870.1,1540315.5\n"
    "2010,SDN.1,EGY,SDN,EGY,736,818,1,1,1595,1,43551.9,65634000,,29000\n"
    "2010,SDN.2,EGY,SDN,EGY,729,818,0,1,1595,1,,,,\n"
    "2021,COL,VEN,COL,VEN,170,862,1,1,1028,1,51000,314000000,,\n"
)


def test_cepii_gravity(tmp_path):
    panel = read_panel(put(tmp_path, "Gravity_V202211.csv", GRAVITY))
    assert panel.years == (2010,)  # a year without any flow is none
    assert panel.flow("COL", "VEN")[0] == pytest.approx(1540.3155)
    assert panel.flow("SDN", "EGY")[0] == 29.0
    notes = str(panel.report)
    assert "tradeflow_baci is used; tradeflow_comtrade_o" in notes
    assert "1 row of states that did not exist" in notes
    assert (panel.provenance.source, panel.unit, panel.kind) == ("gravity", "usd_mn", "goods")


def record(**changes) -> dict:
    row = {
        "typeCode": "C", "freqCode": "A", "refPeriodId": 20100101, "refYear": 2010, "refMonth": 52, "period": "2010",
        "reporterCode": 170, "reporterISO": "COL", "reporterDesc": "Colombia", "flowCode": "X", "flowDesc": "Export",
        "partnerCode": 862, "partnerISO": "VEN", "partnerDesc": "Venezuela", "partner2Code": 0, "partner2ISO": "W00",
        "classificationCode": "H3", "cmdCode": "TOTAL", "cmdDesc": "All Commodities", "aggrLevel": 0,
        "customsCode": "C00", "mosCode": "0", "motCode": 0, "qtyUnitCode": -1, "qty": None, "netWgt": None,
        "cifvalue": None, "fobvalue": 1422870100.0, "primaryValue": 1422870100.0, "isReported": True,
    }  # fmt: skip
    return row | changes


COMTRADE = [
    record(),
    record(partnerCode=0, partnerISO="W00", primaryValue=39.8e9),  # the world
    record(partnerCode=899, partnerISO="_X", primaryValue=1e6),  # areas not elsewhere specified
    record(flowCode="RX", primaryValue=5e6),  # within X
    record(motCode=2100, primaryValue=4e8),  # within motCode 0
    record(cmdCode="27", primaryValue=3e8),  # within TOTAL
    record(reporterCode=862, flowCode="M", partnerCode=170, primaryValue=1563.0e6),
    record(reporterCode=842, reporterISO="USA", flowCode="M", partnerCode=170, primaryValue=16e9),
    record(partnerCode=490, partnerISO="S19", primaryValue=2e7),
]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_un_comtrade(form, tmp_path):
    if form == "json":
        answer = {"elapsedTime": "0.21 secs", "count": len(COMTRADE), "data": COMTRADE, "error": ""}
        path = put(tmp_path, "comtrade.json", json.dumps(answer))
    else:
        path = tmp_path / "TradeData.csv"
        pl.DataFrame(COMTRADE, infer_schema_length=None).write_csv(path)
    panel = read_panel(path, side="origin")
    assert panel.flow("COL", "VEN")[0] == pytest.approx(1422.8701)
    assert panel.flow("COL", "TWN")[0] == pytest.approx(20.0)
    assert panel.provenance.side == "origin"
    either = read_panel(path)
    assert either.flow("COL", "VEN")[0] == pytest.approx(1563.0)  # the destination's report, CIF
    assert either.flow("COL", "USA")[0] == pytest.approx(16_000.0)
    assert either.provenance.side == ""  # some are the one's reports, some the other's
    assert np.isnan(either.flow("VEN", "COL")[0])  # nobody reported it
    said = str(either.report)
    assert "2 rows of aggregates" in said
    assert "1 row of re-exports" in said
    assert "1 row by procedure" in said
    assert "2 flows are as the destination reports them (CIF) and 1" in said


def test_un_comtrade_by_month(tmp_path):
    rows = [record(freqCode="M", period=p, refMonth=int(p[4:])) for p in ("202301", "202302")]
    panel = read_panel(put(tmp_path, "m.json", json.dumps({"data": rows})))
    assert (panel.years, panel.period) == ((202301, 202302), "month")
    assert panel.labels == ("2023-01", "2023-02")


def test_un_comtrade_legacy_csv(tmp_path):
    text = (
        "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,Trade Flow,Reporter Code,"
        "Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,Commodity Code,Commodity,Trade Value (US$),Flag\n"
        "H3,2010,2010,2010,0,0,2,Export,170,Colombia,COL,862,Venezuela,VEN,TOTAL,All Commodities,1422870100,0\n"
        "H3,2010,2010,2010,0,0,3,Re-Export,170,Colombia,COL,862,Venezuela,VEN,TOTAL,All Commodities,5000000,0\n"
        "H3,2010,2010,2010,0,0,2,Export,170,Colombia,COL,0,World,WLD,TOTAL,All Commodities,39800000000,0\n"
    )
    panel = read_panel(put(tmp_path, "comtrade.csv", text))
    assert panel.flow("COL", "VEN")[0] == pytest.approx(1422.8701)
    assert panel.economies == ("COL", "VEN")


def test_an_error_of_comtrade_is_no_data(tmp_path):
    with pytest.raises(UnreadableFile, match=r"no answer of Comtrade.*Access denied"):
        read_panel(put(tmp_path, "e.json", '{"statusCode":401,"message":"Access denied"}'), source="comtrade")
    with pytest.raises(EmptySample, match="no row"):
        read_panel(put(tmp_path, "n.json", '{"count":0,"data":[],"error":""}'), source="comtrade")


IMTS = (
    "DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,DECIMALS_DISPLAYED,"
    "DERIVATION_TYPE,TRADE_FLOW,VALUATION,UNIT,STATUS,OVERLAP\n"
    "IMF.STA:IMTS(1.0.0),USA,XG_FOB_USD,CAN,{f},{p},349397894619,6,,,XG,FOB,USD,M,OL\n"
    "IMF.STA:IMTS(1.0.0),USA,XG_FOB_USD,G001,{f},{p},2000000000000,6,,,XG,FOB,USD,M,OL\n"
    "IMF.STA:IMTS(1.0.0),KOS,XG_FOB_USD,USA,{f},{p},,6,,,XG,FOB,USD,M,OL\n"
    "IMF.STA:IMTS(1.0.0),USA,TBG_USD,CAN,{f},{p},1,6,,,XG,FOB,USD,M,OL\n"
)


@pytest.mark.parametrize(
    ("f", "p", "period"), [("A", "2024", 2024), ("M", "2024-M01", 202401), ("Q", "2024-Q1", 20241)]
)
def test_imf_imts(f, p, period, tmp_path):
    panel = read_panel(put(tmp_path, "imts.csv", IMTS.format(f=f, p=p)))
    assert panel.years == (period,)
    assert panel.flow("USA", "CAN")[0] == pytest.approx(349_397.894619)  # SCALE is not to be multiplied
    assert "XKX" in panel.economies
    assert np.isnan(panel.flow("XKX", "USA")[0])


WDI_PAGE = [
    {"page": 1, "pages": 1, "per_page": 20000, "total": 3, "sourceid": "2", "lastupdated": "2026-07-01"},
    [
        {"indicator": {"id": "NY.GDP.MKTP.CD", "value": "GDP (current US$)"}, "country": {"id": "VE", "value": "Venezuela, RB"},
         "countryiso3code": "VEN", "date": "2014", "value": 214800000000.5, "unit": "", "obs_status": "", "decimal": 0},
        {"indicator": {"id": "NY.GDP.MKTP.CD", "value": "GDP (current US$)"}, "country": {"id": "ZH", "value": "Africa Eastern"},
         "countryiso3code": "AFE", "date": "2014", "value": 1e12, "unit": "", "obs_status": "", "decimal": 0},
        {"indicator": {"id": "NY.GDP.MKTP.CD", "value": "GDP (current US$)"}, "country": {"id": "PRK", "value": "Korea, Dem."},
         "countryiso3code": "PRK", "date": "2014", "value": None, "unit": "", "obs_status": "", "decimal": 0},
    ],
]  # fmt: skip
WDI_BULK = (
    '\ufeff"Data Source","World Development Indicators",\n\n"Last Updated Date","2026-07-01",\n\n'
    '"Country Name","Country Code","Indicator Name","Indicator Code","2013","2014",\n'
    '"Venezuela, RB","VEN","GDP (current US$)","NY.GDP.MKTP.CD","258500000000","214800000000.5",\n'
    '"World","WLD","GDP (current US$)","NY.GDP.MKTP.CD","1","2",\n'
    '"Korea, Dem. People\'s Rep.","PRK","GDP (current US$)","NY.GDP.MKTP.CD","","",\n'
)


@pytest.mark.parametrize("form", ["api", "bulk", "zip"])
def test_world_bank_wdi(form, tmp_path):
    if form == "api":
        path = put(tmp_path, "gdp.json", json.dumps(WDI_PAGE))
    elif form == "bulk":
        path = put(tmp_path, "API_NY.GDP.MKTP.CD_DS2_en_csv_v2_1.csv", WDI_BULK)
    else:
        path = tmp_path / "API_NY.GDP.MKTP.CD_DS2_en_csv_v2_1.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("API_NY.GDP.MKTP.CD_DS2_en_csv_v2_1.csv", WDI_BULK)
            archive.writestr("Metadata_Country_API_NY.csv", '"Country Code","Region"\n"VEN","Latin America"\n')
    found = facts(path)
    assert isinstance(found, Series)
    assert found.vintage == "2026-07-01"
    assert found.frame.filter(economy="VEN", period=2014)["value"].item() == 214_800_000_000.5
    assert set(found.frame["economy"]) == {"VEN"}
    assert "aggregates" in str(found.notes)


def test_an_error_of_the_world_bank_is_no_data(tmp_path):
    path = put(
        tmp_path,
        "e.json",
        '[{"message":[{"id":"120","key":"Invalid value","value":"The provided parameter value is not valid"}]}]',
    )
    with pytest.raises(UnreadableFile, match="parameter value is not valid"):
        sources()["wdi"].facts_in(Files(path))


def test_a_series_is_no_panel(tmp_path):
    with pytest.raises(DataError, match="series, not flows"):
        read_panel(put(tmp_path, "gdp.csv", WDI_BULK))


@pytest.mark.parametrize("form", ["sdmx", "tabs"])
def test_imf_weo(form, tmp_path):
    if form == "sdmx":
        text = ("STRUCTURE,COUNTRY,INDICATOR,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,UNIT\n"
                "dataflow,VEN,NGDPD,A,2024,106330000000,9,USD\ndataflow,G001,NGDPD,A,2024,1e14,9,USD\n")  # fmt: skip
        path = put(tmp_path, "weo.csv", text)
    else:
        text = ("WEO Country Code\tISO\tWEO Subject Code\tCountry\tUnits\tScale\t2023\t2024\tEstimates Start After\n"
                "299\tVEN\tNGDPD\tVenezuela\tU.S. dollars\tBillions\tn/a\t106.330\t2018\n")  # fmt: skip
        path = put(tmp_path, "WEOApr2025all.tsv", b"\xff\xfe" + text.encode("utf-16-le"))
    found = facts(path)
    assert isinstance(found, Series)
    assert found.frame.rows() == [("VEN", 2024, "NGDPD", pytest.approx(106.33e9))]


COMEXT = (
    "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE\n"
    "ESTAT:DS-045409(1.0),15/09/26 11:00:00,A,DE,VN,030462,1,VALUE_IN_EUROS,2024,32313884\n"
    "ESTAT:DS-045409(1.0),15/09/26 11:00:00,A,DE,VN,030462,1,QUANTITY_IN_100KG,2024,99999\n"
    "ESTAT:DS-045409(1.0),15/09/26 11:00:00,A,DE,VN,TOTAL,1,VALUE_IN_EUROS,2024,1000000000\n"
    "ESTAT:DS-045409(1.0),15/09/26 11:00:00,A,GR,WORLD,TOTAL,1,VALUE_IN_EUROS,2024,5\n"
    "ESTAT:DS-045409(1.0),15/09/26 11:00:00,A,GR,DE,TOTAL,2,VALUE_IN_EUROS,2024,2000000000\n"
)
ECB = (
    "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE\n"
    "EXR.A.USD.EUR.SP00.A,A,USD,EUR,SP00,A,2024,1.0824\n"
)


def test_eurostat_comext(tmp_path):
    path = put(tmp_path, "comext.csv", COMEXT)
    with pytest.raises(DataError, match=r"in EUR.*rates="):
        read_panel(path)
    panel = read_panel(path, rates=put(tmp_path, "ecb.csv", ECB))
    assert panel.flow("VNM", "DEU")[0] == pytest.approx(1082.4)
    assert panel.flow("GRC", "DEU")[0] == pytest.approx(2164.8)
    assert "WLD" not in panel.economies


ECB_MONTHS = (
    "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,OBS_CONF,TITLE\n"
    "EXR.M.USD.EUR.SP00.A,M,USD,EUR,SP00,A,2024-01,1.0905,A,F,US dollar/Euro\n"
    "EXR.M.USD.EUR.SP00.A,M,USD,EUR,SP00,A,2024-02,1.0795,A,F,US dollar/Euro\n"
    "EXR.M.USD.EUR.SP00.A,M,USD,EUR,SP00,A,2024-03,,M,F,US dollar/Euro\n"
)


def test_exchange_rates_of_fred(tmp_path):
    found = facts(
        put(tmp_path, "DEXUSEU.csv", "observation_date,DEXUSEU\n2024-01-01,1.1\n2024-01-02,\n2024-01-03,1.3\n")
    )
    assert isinstance(found, Series)
    assert found.frame.rows() == [("", 202401, "USD/EUR", pytest.approx(1.2))]


def test_a_table_with_days_is_not_taken_for_exchange_rates(tmp_path):
    for header in ("date,score", "date,gdelt_score,n", "Date,Close", "date"):
        path = put(tmp_path, "days.csv", f"{header}\n2024-01-01,1.1,2\n")
        assert recognise(Files(path)) is None, header


def test_exchange_rates_of_the_ecb(tmp_path):
    """The data portal's SDMX-CSV: units of CURRENCY for one of CURRENCY_DENOM."""
    found = facts(put(tmp_path, "data.csv", ECB_MONTHS))
    assert isinstance(found, Series)
    assert (found.period, found.frame.rows()) == (
        "month",
        [("", 202401, "USD/EUR", 1.0905), ("", 202402, "USD/EUR", 1.0795)],
    )


def test_imf_imts_as_the_other_download_writes_it(tmp_path):
    text = ("STRUCTURE,STRUCTURE_ID,ACTION,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,PRECISION,"
            "DECIMALS_DISPLAYED,TRADE_FLOW,VALUATION,UNIT,DERIVATION_TYPE,OVERLAP,STATUS\n"
            "dataflow,IMF.STA:IMTS(1.0.0),R,FRA,MG_CIF_USD,USA,A,2022,56004917567,6,,,MG,CIF,USD,,,\n")  # fmt: skip
    panel = read_panel(put(tmp_path, "imts.csv", text))
    assert panel.flow("USA", "FRA")[0] == pytest.approx(56_004.917567)
    assert (panel.provenance.side, panel.provenance.valuation) == ("destination", "cif")


def test_oecd_bimts(tmp_path):
    text = (
        "DATAFLOW,REF_AREA,COUNTERPART_AREA,PRODUCT,ADJUSTMENT,FREQ,UNIT_MEASURE,TIME_PERIOD,OBS_VALUE,UNIT_MULT\n"
        "OECD.SDD.TPS:DSD_BIMTS@DF_BIMTS_CPA_2_1(1.1),COL,VEN,_T,,A,USD_EXC,2023,673.3,6\n"
        "OECD.SDD.TPS:DSD_BIMTS@DF_BIMTS_CPA_2_1(1.1),COL,W,_T,,A,USD_EXC,2023,49000,6\n"
    )
    panel = read_panel(put(tmp_path, "bimts.csv", text))
    assert panel.flow("COL", "VEN")[0] == pytest.approx(673.3)


def test_usitc_itpd(tmp_path):
    text = (
        "exporter_iso3,exporter_dynamic_code,importer_iso3,importer_dynamic_code,year,industry_id,industry_descr,trade,flag_zero\n"
        "COL,COL,VEN,VEN,2016,1,Wheat,1.5,p\nCOL,COL,VEN,VEN,2016,2,Rice,2.5,p\nCOL,COL,COL,COL,2016,1,Wheat,100,p\n"
        "VEN,VEN,COL,COL,2016,1,Wheat,0,r\n"
    )
    panel = read_panel(put(tmp_path, "ITPD_E_R02.csv", text))
    assert panel.flow("COL", "VEN")[0] == 4.0
    assert panel.flow("COL", "COL")[0] == 100.0  # internal trade stays
    assert panel.flow("VEN", "COL")[0] == 0.0


def test_wits(tmp_path):
    text = (
        "Nomenclature,ReporterISO3,ProductCode,ReporterName,PartnerISO3,PartnerName,Year,TradeFlowName,TradeFlowCode,TradeValue in 1000 USD\n"
        "H3,COL,Total,Colombia,VEN,Venezuela,2010,Gross Exp.,6,1422870.1\n"
        "H3,COL,Total,Colombia,WLD,World,2010,Gross Exp.,6,39800000\n"
    )
    panel = read_panel(put(tmp_path, "DataJobID.csv", text))
    assert panel.flow("COL", "VEN")[0] == pytest.approx(1422.8701)


UNHCR_ITEM = {"year": 2023, "coo_id": 1, "coo_name": "Venezuela", "coo": "VEN", "coo_iso": "VEN", "coa_id": 2,
              "coa_name": "Austria", "coa": "AUS", "coa_iso": "AUT", "refugees": 12, "asylum_seekers": "30",
              "idps": "0", "stateless": 0, "ooc": "0", "oip": "-", "hst": "0"}  # fmt: skip


@pytest.mark.parametrize("form", ["api", "package"])
def test_unhcr_reads_iso_codes_not_its_own(form, tmp_path):
    if form == "api":
        page = {"page": 1, "short-url": "", "maxPages": 1, "total": [], "items": [UNHCR_ITEM]}
        path = put(tmp_path, "population.json", json.dumps(page))
    else:
        head = "year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,refugees,asylum_seekers,returned_refugees,idps,stateless,ooc,oip,hst"
        text = f"{head}\n2023.0,Venezuela,VEN,VEN,Austria,AUS,AUT,12.0,30.0,0.0,0.0,0.0,0.0,,0.0\n2023.0,Unknown,UKN,UNK,Austria,AUS,AUT,7,0,0,0,0,0,,0\n"
        path = put(tmp_path, "population.csv.gz", gzip.compress(text.encode()))
    panel = read_panel(path)
    assert panel.economies == ("AUT", "VEN")
    assert panel.flow("VEN", "AUT")[0] == 42
    assert (panel.kind, panel.unit, panel.stock) == ("persons", "persons", True)


def test_unhcr_totals_by_asylum_are_no_pairs(tmp_path):
    item = UNHCR_ITEM | {"coo": "-", "coo_iso": "-"}
    with pytest.raises(EmptySample, match="coo_all"):
        read_panel(put(tmp_path, "p.json", json.dumps({"items": [item]})), source="unhcr")


def test_un_desa_workbook(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Table 1"
    for _ in range(10):
        sheet.append(["United Nations"])
    head = ["Index", "Region, development group, country or area of destination", "Coverage", "Data type",
            "Location code of destination", "Region, development group, country or area of origin",
            "Location code of origin", 1990, 1995, 2000, 1990, 1995, 2000]  # fmt: skip
    sheet.append(head)
    sheet.append([1, "WORLD", None, None, 900, "WORLD", 900, 152986157, 161289976, 173230585, 1, 1, 1])
    sheet.append([2, "Colombia", None, "B", 170, "Venezuela", 862, 33123, 37350, 37350, 16000, 18000, 18000])
    path = tmp_path / "undesa_pd_2024_ims_stock_by_sex_destination_and_origin.xlsx"
    book.save(path)
    panel = read_panel(path)
    assert panel.flow("VEN", "COL").tolist() == [33123, 37350, 37350]  # both sexes, not the block of men
    assert (panel.years, panel.period, panel.stock) == ((1990, 1995, 2000), "five years", True)


def test_abel_and_cohens_flows_as_published(tmp_path):
    """Their gf_imr.csv: six methods side by side, of which the closed account by pseudo-Bayesian weights is read."""
    text = ("year0,orig,dest,sd_drop_neg,sd_rev_neg,mig_rate,da_min_open,da_min_closed,da_pb_closed\n"
            "2010,VEN,COL,1,2,3,4,5,6\n2015,VEN,COL,10,20,30,40,50,1735164\n2015,COL,VEN,1,1,1,1,1,\n")  # fmt: skip
    panel = read_panel(put(tmp_path, "gf_imr.csv", text))
    assert (panel.kind, panel.period, panel.stock) == ("persons", "five years", False)
    assert panel.flow("VEN", "COL").tolist() == [6.0, 1735164.0]


def test_entsog(tmp_path):
    folder = tmp_path / "gas"
    folder.mkdir()
    flow = {"id": "1", "dataSet": "1", "indicator": "Physical Flow", "periodType": "day",
            "periodFrom": "2021-01-01T06:00:00+01:00", "operatorKey": "DE-TSO-0001", "pointKey": "ITP-00491",
            "directionKey": "entry", "unit": "kWh/d", "value": "1000000000", "isUnlimited": None}  # fmt: skip
    days = [
        flow,
        flow | {"periodFrom": "2021-01-02T06:00:00+01:00", "value": "500000000"},
        flow | {"directionKey": "exit"},
    ]
    put(folder, "flows.json", json.dumps({"meta": {"count": 3}, "operationalData": days}))
    with pytest.raises(DataError, match="/interconnections"):
        read_panel(folder)
    point = {"pointKey": "ITP-00491", "fromCountryKey": "PL", "fromOperatorKey": "PL-TSO-0001", "toCountryKey": "DE",
             "toOperatorKey": "DE-TSO-0001"}  # fmt: skip
    put(folder, "points.json", json.dumps({"meta": {}, "interconnections": [point]}))
    panel = read_panel(folder)
    assert panel.flow("POL", "DEU")[0] == pytest.approx(1500.0)  # GWh in January
    assert (panel.kind, panel.unit, panel.period, panel.years) == ("energy", "gwh", "month", (202101,))


def test_openflights(tmp_path):
    put(tmp_path, "airports.dat", '1,"El Dorado","Bogota","Colombia","BOG","SKBO",4.7,-74.1,8361,-5,"U","America/Bogota","airport","x"\n'
        '2,"Maiquetia","Caracas","Venezuela","CCS","SVMI",10.6,-66.9,235,-4,"U","America/Caracas","airport","x"\n')  # fmt: skip
    path = put(
        tmp_path, "routes.dat", "AV,515,BOG,1,CCS,2,,0,320\nCM,1,BOG,1,CCS,2,Y,0,738\nAV,515,CCS,2,BOG,1,,0,320\n"
    )
    panel = read_panel(path)
    assert panel.flow("COL", "VEN")[0] == 1.0
    assert (panel.kind, panel.stock) == ("flights", True)


DANE = "FECH;PAIS;POSAR;FOBDOL\n1901;850;2701120010;1.234,50\n1901;850;0901110000;100,00\n1902;249;2701120010;7,25\n"
LAYOUT = ('reporter = "COL"\nside = "origin"\nperiod = "FECH"\nperiod_form = "yymm"\npartner = "PAIS"\nvalue = "FOBDOL"\n'
          'unit = "usd"\nvaluation = "fob"\ndecimal = ","\nproduct = "POSAR"\n[codes]\n"850" = "VEN"\n"249" = "USA"\n')  # fmt: skip


def test_customs_microdata_by_a_declared_layout(tmp_path):
    put(tmp_path, "dane.layout.toml", LAYOUT)
    panel = read_panel(put(tmp_path, "dane.csv", DANE.encode("latin-1")))
    assert (panel.years, panel.period) == ((201901, 201902), "month")
    assert panel.flow("COL", "VEN")[0] == pytest.approx(1334.5e-6)
    assert np.isnan(panel.flow("VEN", "COL")).all()  # whoever did not report is missing, not zero
    put(tmp_path, "dane.layout.toml", LAYOUT.replace("periode", "x").replace("partner =", "parner ="))
    with pytest.raises(DataError, match="partner"):
        read_panel(tmp_path / "dane.csv")


def test_desta_list_and_dyads(tmp_path):
    text = ('"number";"base_treaty";"name";"entry_type";"consolidated";"year";"entryforceyear";"language";"typememb";"c1";"c2";"c3"\n'
            '"1";1;"Afghanistan India";"base_treaty";0;2003;2003;"English";1;4;356;NA\n')  # fmt: skip
    found = facts(put(tmp_path, "desta_list_of_treaties.csv", text))
    assert isinstance(found, Events)
    assert found.frame.select("date", "actors", "title").rows() == [("2003", "AFG;IND", "Afghanistan India")]
    assert found.frame["note"].item() == "DESTA 1, in force 2003"
    dyads = "country1,country2,iso1,iso2,number,base_treaty,name,entry_type,year,entryforceyear\nAfghanistan,India,4,356,1,1,Afghanistan India,base_treaty,2003,2003\n"
    assert facts(put(tmp_path, "dyads.csv", dyads)).frame["actors"].item() == "AFG;IND"


def test_ucdp_events_and_dyads(tmp_path):
    ged = ("id,relid,year,type_of_violence,conflict_new_id,dyad_new_id,dyad_name,side_a,side_b,country,country_id,date_start,date_end,best,high,low\n"
           "1,IND-2019-1,2019,1,364,406,x,Government of India,Government of Pakistan,India,750,2019-02-26 00:00:00.000,2019-02-27 00:00:00.000,4,4,1\n")  # fmt: skip
    found = facts(put(tmp_path, "GEDEvent.csv", ged))
    assert isinstance(found, Events)
    assert found.frame.row(0)[:5] == ("IND-2019-1", "2019-02-26", "2019-02-27", "IND;PAK", "fighting")
    dyadic = ("dyad_id,conflict_id,location,side_a,side_a_id,side_b,side_b_id,year,intensity_level,start_date\n"
              "406,364,\"India, Pakistan\",Government of India,141,Government of Pakistan,143,1999,2,1948-01-01\n")  # fmt: skip
    found = facts(put(tmp_path, "Dyadic.csv", dyadic))
    assert found.frame.select("date", "actors", "note").rows() == [("1999", "IND;PAK", "war")]


def test_acled(tmp_path):
    text = ("event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,actor2,iso,region,country,fatalities\n"
            "COL1,01 March 2024,2024,1,Political violence,Battles,Armed clash,ELN,,2,FARC,170,South America,Colombia,3\n")  # fmt: skip
    found = facts(put(tmp_path, "acled.csv", text))
    assert isinstance(found, Events)
    assert found.frame.select("date", "actors", "note").rows() == [("2024-03-01", "COL", "3 deaths reported")]


def test_acled_names_the_states_in_actors_and_notes(tmp_path):
    text = ("event_id_cnty,event_date,event_type,sub_event_type,actor1,actor2,iso,country,notes,fatalities\n"
            "COL2,2024-03-01,Battles,Armed clash,ELN,Military Forces of Venezuela (2013-),170,Colombia,Near Peru's line,0\n")  # fmt: skip
    assert facts(put(tmp_path, "acled.csv", text)).frame["actors"].item() == "COL;VEN;PER"


def test_gsdb_has_a_first_and_a_last_year(tmp_path):
    text = ("case_id,sanctioned_state,sanctioning_state,begin,end,trade,financial,ongoing\n"
            "7,Venezuela,Colombia,2015,2016,1,1,0\n8,Iran,United States,1979,2023,1,0,1\n9,Atlantis,Peru,1990,1991,1,0,0\n")  # fmt: skip
    found = facts(put(tmp_path, "GSDB_dyadic.csv", text))
    assert isinstance(found, Events)
    assert found.frame.select("date", "end_date", "actors").rows() == [
        ("2015", "2016", "COL;VEN"), ("1979", None, "USA;IRN"), ("1990", "1991", "PER;"),
    ]  # fmt: skip
    assert found.frame["title"][0] == "Colombia sanctions Venezuela (trade, financial)"


def test_gdelts_fifteen_minutes(tmp_path):
    cells = [""] * 61
    for place, cell in {
        0: "1",
        1: "20220926",
        6: "COLOMBIA",
        7: "COL",
        16: "VENEZUELA",
        17: "VEN",
        26: "0573",
        30: "6.5",
        60: "http://x",
    }.items():
        cells[place] = cell
    path = put(tmp_path, "20220926120000.export.CSV", "\t".join(cells) + "\n")
    found = facts(path)
    assert isinstance(found, Events)
    assert found.frame.select("date", "actors", "kind").rows() == [("2022-09-26", "COL;VEN", "diplomacy")]


def test_baci_counts_what_its_own_list_has_no_code_for(tmp_path):
    with zipfile.ZipFile(tmp_path / "BACI_HS92_V202501.zip", "w") as archive:
        archive.writestr(
            "BACI_HS92_Y2019_V202501.csv",
            "t,i,j,k,v,q\n2019,170,862,010121,100,1\n2019,697,862,010121,5,1\n2019,490,862,010121,5,1\n",
        )
        archive.writestr("country_codes_V202501.csv", "country_code,country_name,country_iso2,country_iso3\n170,Colombia,CO,COL\n"
                         "862,Venezuela,VE,VEN\n697,\"Europe EFTA, nes\",N/A,N/A\n490,\"Other Asia, nes\",N/A,N/A\n516,Namibia,NA,NAM\n")  # fmt: skip
    panel = read_panel(tmp_path / "BACI_HS92_V202501.zip")
    assert panel.economies == ("COL", "TWN", "VEN")
    assert panel.provenance.release == "HS92 V202501"
    assert "1 row of aggregates, not economies (697)" in str(panel.report)
    assert "taken for Taiwan" in str(panel.report)


@pytest.mark.parametrize(
    ("first", "second"), [("HS92_Y2007_V202501", "HS07_Y2007_V202501"), ("HS92_Y2007_V202301", "HS92_Y2007_V202501")]
)
def test_two_releases_of_one_year_are_an_error_that_names_both(first, second, tmp_path):
    for name in (first, second):
        put(tmp_path, f"BACI_{name}.csv", "t,i,j,k,v,q\n2007,170,862,010121,100,1\n")
    with pytest.raises(DataError) as caught:
        read_panel(tmp_path)
    for name in (first, second):
        assert " V".join(name.replace("_Y2007", "").split("_V")) in str(caught.value)


def test_bacis_letters_are_still_thousands(tmp_path):
    text = "t,i,j,v\n2008,COL,VEN,6091000\n"
    assert read_panel(put(tmp_path, "joined.csv", text)).flow("COL", "VEN")[0] == pytest.approx(6091.0)


def test_a_changed_layout_says_what_is_missing(tmp_path):
    path = put(tmp_path, "Gravity_V209901.csv", GRAVITY.replace("iso3_o", "origin_code"))
    with pytest.raises(DetenteError, match="lacks iso3_o"):
        read_panel(path, source="gravity")
    bad = put(tmp_path, "x.csv.gz", gzip.compress(GRAVITY.encode())[:60])
    with pytest.raises(UnreadableFile, match="damaged"):
        read_panel(bad)


def test_every_source_tells_people_what_it_is():
    for source in sources().values():
        assert source.title
        assert source.publisher
        assert source.licence
        assert source.cite
        assert source.home
        assert source.columns or source.recognises


@pytest.mark.parametrize("cell", ["1234.5", "1.23", "12,345,6"])
def test_a_decimal_comma_that_is_declared_is_held_to(tmp_path, cell):
    put(tmp_path, "dane.layout.toml", LAYOUT)
    with pytest.raises(DetenteError, match="not a number"):
        read_panel(put(tmp_path, "dane.csv", DANE.replace("1.234,50", cell)))


def test_rows_without_a_value_make_no_zero(tmp_path):
    put(tmp_path, "dane.layout.toml", LAYOUT)
    panel = read_panel(put(tmp_path, "dane.csv", DANE.replace("7,25", "")))
    assert np.isnan(panel.flow("COL", "USA")[1])
    panel = read_panel(put(tmp_path, "dane.csv", DANE.replace("100,00", "")))
    assert panel.flow("COL", "VEN")[0] == pytest.approx(1234.5e-6)


def test_flows_of_years_take_the_mean_of_their_months_rates(tmp_path):
    panel = read_panel(put(tmp_path, "comext.csv", COMEXT), rates=put(tmp_path, "ecb.csv", ECB_MONTHS))
    assert panel.flow("VNM", "DEU")[0] == pytest.approx(1000 * (1.0905 + 1.0795) / 2)
    with pytest.raises(DataError, match="no USD/EUR for 2024"):
        read_panel(tmp_path / "comext.csv", rates=put(tmp_path, "old.csv", ECB_MONTHS.replace(",2024-", ",2020-")))


@pytest.mark.parametrize(
    ("asked", "said"), [({"unit": "usd"}, "Leave unit out"), ({"kind": "persons"}, "Leave kind out")]
)
def test_what_a_source_says_is_not_overruled(tmp_path, asked, said):
    path = put(tmp_path, "Gravity_V202211.csv", GRAVITY)
    with pytest.raises(DataError, match=said):
        read_panel(path, **asked)
    assert read_panel(path, unit="kusd", kind="goods").flow("COL", "VEN")[0] == pytest.approx(1540.3155)


def test_bacis_numbers_in_a_frame_need_their_country_file():
    numbers = pl.DataFrame({"t": [2019], "i": [170], "j": [862], "k": [10121], "v": [1.0]})
    with pytest.raises(UnreadableFile, match="numeric codes"):
        read_panel(numbers)
    letters = numbers.with_columns(i=pl.lit("COL"), j=pl.lit("VEN"))
    assert read_panel(letters).flow("COL", "VEN")[0] == pytest.approx(0.001)


def test_latin_1_is_read_as_it_is(tmp_path):
    layout = LAYOUT.replace("[codes]", '[codes]\n"PERÚ" = "PER"')
    put(tmp_path, "dane.layout.toml", layout)
    text = DANE.replace("1902;249", "1902;Perú")
    panel = read_panel(put(tmp_path, "dane.csv", text.encode("latin-1")))
    assert panel.flow("COL", "PER")[1] == pytest.approx(7.25e-6)


def test_comtrades_second_partner_is_a_part_of_the_first(tmp_path):
    rows = [record(), record(partner2Code=842, primaryValue=5e8)]
    panel = read_panel(put(tmp_path, "m.json", json.dumps({"data": rows})))
    assert panel.flow("COL", "VEN")[0] == pytest.approx(1422.8701)


@pytest.mark.parametrize(("code", "ends"), [("1", ("VEN", "COL")), ("2", ("COL", "VEN"))])
def test_comtrades_numbers_of_flows(tmp_path, code, ends):
    panel = read_panel(put(tmp_path, "m.json", json.dumps({"data": [record(flowCode=code)]})))
    assert panel.flow(*ends)[0] == pytest.approx(1422.8701)


def test_two_frequencies_in_one_file_are_refused(tmp_path):
    one, other = (IMTS.format(f=f, p=p) for f, p in (("A", "2024"), ("Q", "2024-Q1")))
    with pytest.raises(DataError, match="several frequencies: A, Q"):
        read_panel(put(tmp_path, "imts.csv", one + other.partition("\n")[2]))


@pytest.mark.parametrize("month", range(1, 13))
def test_acleds_months_by_name(tmp_path, month):
    name = date(2024, month, 1).strftime("%B")
    text = ("event_id_cnty,event_date,event_type,sub_event_type,actor1,iso,country,fatalities\n"
            f"COL1,05 {name} 2024,Battles,Armed clash,ELN,170,Colombia,3\n")  # fmt: skip
    assert facts(put(tmp_path, "acled.csv", text)).frame["date"].item() == f"2024-{month:02d}-05"
