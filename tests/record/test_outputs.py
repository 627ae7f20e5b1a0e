"""Citations, ClaimReview and PROV: well-formed, complete, with nothing unescaped."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

from detente.errors import UsageError
from detente.record import DECIDED, Ledger
from detente.record.exchange.citation import bibtex, cite, csl_json
from detente.record.exchange.claim_review import claim_reviews
from detente.record.exchange.provenance import provenance
from detente.record.rows import Source


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.read(str(files("detente").joinpath("studies/colombia_venezuela/record")))


@pytest.fixture(scope="module")
def sources(ledger) -> list[Source]:
    return [Source.from_row(row) for row in ledger.sources.iter_rows(named=True)]


def test_every_source_has_an_entry_with_balanced_braces(sources):
    text = bibtex(sources)
    assert text.count("\n@") + 1 == len(sources)
    assert text.replace(r"\{", "").replace(r"\}", "").count("{") == text.replace(r"\{", "").replace(r"\}", "").count(
        "}"
    )


def test_special_characters_are_escaped():
    text = bibtex([Source("a", "50% of R&D_{x}", "A $ea", None, "press", (), "")])
    assert r"50\% of R\&D\_\{x\}" in text


def test_csl_items_keep_the_precision_of_the_date(sources):
    items = {item["id"]: item for item in csl_json(sources)}
    assert items["S4"]["issued"] == {"date-parts": [[2022, 9, 15]]}
    assert items["S0"]["issued"] == {"date-parts": [[2022, 11]]}
    assert "issued" not in items["dane"]
    assert json.loads(json.dumps(list(items.values()))) == list(items.values())


def test_every_figure_can_be_cited(ledger, sources):
    by_id = {s.id: s for s in sources}
    line = cite(ledger.figure("T349"), by_id["dane-eltiempo-2022-10"])
    assert "US$394 million" in line
    assert "El Tiempo (Bogotá)" in line
    assert line.endswith("[T349]")
    assert set(ledger.figures["source_id"]) <= set(by_id)


def test_each_decided_claim_has_a_review(ledger):
    verdicts = ledger.verdicts()
    reviews = claim_reviews(
        ledger, verdicts, reviewer="A newsroom", reviewed=date(2026, 3, 20), url="https://example.org/check"
    )
    decided = verdicts.filter(verdicts["verdict"].is_in(DECIDED))
    only_said = decided["marks"].str.contains("quotation|own label")
    assert len(reviews) == decided.height - only_said.sum()
    assert 0 < only_said.sum() < decided.height
    late = next(r for r in reviews if r["url"].endswith("#S4-10b"))
    assert late["@type"] == "ClaimReview"
    assert late["reviewRating"]["alternateName"] == "contradicted"
    assert late["reviewRating"]["ratingValue"] == 1
    assert late["itemReviewed"]["appearance"]["datePublished"] == "2022-09-15"


def test_provenance_leads_from_a_derived_figure_to_its_sources(ledger):
    doc = provenance(ledger, ledger.verdicts())
    links = {(d["prov:generatedEntity"], d["prov:usedEntity"]) for d in doc["wasDerivedFrom"].values()}
    assert ("dt:figure/T348", "dt:figure/T349") in links
    assert ("dt:figure/T349", "dt:source/dane-eltiempo-2022-10") in links
    assert ("dt:source/dane-eltiempo-2022-10", "dt:source/dane") in links
    assert ("dt:verdict/S0-21", "dt:source/dane-eltiempo-2022-10") in links
    assert ("dt:verdict/S0-21", "dt:source/S0") not in links
    entities = set(doc["entity"])
    assert {e for pair in links for e in pair} <= entities


def test_a_review_names_persons_organisations_and_several_authors(ledger):
    reviews = {
        r["url"].partition("#")[2]: r
        for r in claim_reviews(
            ledger,
            ledger.verdicts(),
            reviewer="Ana Paz",
            reviewed=date(2026, 3, 20),
            url="https://example.org/check#top",
        )
    }
    two = reviews["S4-10b"]["itemReviewed"]["author"]
    assert [(a["@type"], a["name"]) for a in two] == [("Person", "Gustavo Petro"), ("Person", "Nicolás Maduro")]
    assert reviews["S0-20"]["itemReviewed"]["author"] == {"@type": "Organization", "name": "AFP"}
    assert reviews["S4-3"]["itemReviewed"]["author"] == {"@type": "Organization", "name": "The Economist"}
    assert reviews["S4-3"]["author"] == {"@type": "Person", "name": "Ana Paz"}
    assert all(r["url"].startswith("https://example.org/check#") for r in reviews.values())
    assert not {"S0-22", "S0-16", "S0-25"} & set(reviews)  # said by somebody, counted by label, the named source's own
    json.dumps(list(reviews.values()))


def test_every_review_has_the_types_and_ranges_of_schema_org(ledger):
    """https://schema.org/ClaimReview, https://schema.org/Claim and what search engines require of them."""
    day = re.compile(r"\d{4}(-\d\d){0,2}")
    reviews = claim_reviews(
        ledger, ledger.verdicts(), reviewer="A newsroom", reviewed=date(2026, 3, 20), url="https://example.org/c"
    )
    assert len({review["url"] for review in reviews}) == len(reviews) > 20
    for review in reviews:
        assert {
            "@context",
            "@type",
            "url",
            "claimReviewed",
            "itemReviewed",
            "author",
            "datePublished",
            "reviewRating",
        } == {*review}
        item, rating = review["itemReviewed"], review["reviewRating"]
        assert (review["@context"], review["@type"]) == ("https://schema.org", "ClaimReview")
        assert (item["@type"], rating["@type"]) == ("Claim", "Rating")
        assert item["appearance"]["@type"] == "CreativeWork"
        assert isinstance(rating["ratingValue"], int)
        assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
        assert rating["alternateName"]
        assert rating["ratingExplanation"]
        assert review["claimReviewed"].strip()
        authors = item["author"] if isinstance(item["author"], list) else [item["author"]]
        for agent in (*authors, review["author"], item["appearance"]["publisher"]):
            assert agent["@type"] in ("Person", "Organization")
            assert agent["name"].strip()
        for dated in (review, item, item["appearance"]):
            assert day.fullmatch(dated.get("datePublished", "2026"))
        for link in (review["url"], item["appearance"].get("url", "https://example.org")):
            assert urlsplit(link).scheme in ("http", "https")
            assert urlsplit(link).netloc


@pytest.mark.parametrize("url", ["", "example.org/check", "javascript:alert(1)", "https://", "https://a.org/my page"])
def test_a_review_needs_a_page(ledger, url):
    with pytest.raises(UsageError, match="address of a page"):
        claim_reviews(ledger, ledger.verdicts(), reviewer="A newsroom", reviewed=date(2026, 3, 20), url=url)
