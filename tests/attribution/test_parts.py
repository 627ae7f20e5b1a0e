"""The identities, placebos and cautions, on numbers small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detente.attribution.comparison.placebos import choose, refuse_clustered_error, stand
from detente.attribution.decomposition import shift_share, split
from detente.attribution.episodes import Episode, episodes_of
from detente.attribution.sample import Sample
from detente.attribution.words.cautions import cautions, collapse_years
from detente.errors import InvalidFlow, SpecificationError, TooFewDonors, UnknownEconomy
from detente.language import Catalogue, said

EXACT = 1e-12  #: identities hold to rounding


def test_shift_share_by_hand() -> None:
    flows = np.zeros((2, 3, 3))
    flows[0, :, 1] = [20, 0, 60]  # 0 -> 1 is a quarter of 80
    flows[1, :, 1] = [4, 0, 36]  # a tenth of 40
    share, demand = shift_share(flows, 0, 1, 0, 1)
    assert share == pytest.approx(np.log(0.1 / 0.25), abs=EXACT)
    assert demand == pytest.approx(np.log(40 / 80), abs=EXACT)


def test_three_way_parts_add_up_and_do_not_depend_on_the_normalisation() -> None:
    rng = np.random.default_rng(3)
    flows = rng.lognormal(size=(2, 5, 5))
    exporter, importer = rng.lognormal(size=(2, 5)), rng.lognormal(size=(2, 5))
    pair = rng.lognormal(size=(5, 5))
    log_ratio = np.log(flows) - np.log(exporter[:, :, None] * importer[:, None, :] * pair)
    one = split(flows, exporter, importer, log_ratio[:, 0, 1], 0, 1, 0, 1)
    factor = np.array([[2.0], [7.0]])
    two = split(flows, exporter * factor, importer / factor, log_ratio[:, 0, 1], 0, 1, 0, 1)
    parts = ("origin_part", "destination_part", "world_part", "dyad_part")
    assert sum(getattr(one, p) for p in parts) == pytest.approx(one.log_change, abs=EXACT)
    for p in parts:
        assert getattr(one, p) == pytest.approx(getattr(two, p), abs=EXACT)


def test_percent_is_left_out_where_the_change_is_tiny() -> None:
    flows = np.ones((2, 3, 3))
    same = split(flows, np.ones((2, 3)), np.ones((2, 3)), np.zeros(2), 0, 1, 0, 1)
    assert np.isnan(same.dyad_pct)


def test_placebos_are_of_similar_size_and_never_the_dyad_its_reverse_or_the_rest_of_the_world() -> None:
    mean = np.full((5, 5), 10.0)
    mean[2, 3], mean[3, 2] = 31.0, 3.3  # just outside, just outside
    mean[0, 2], mean[2, 0] = 30.0, 10 / 3  # the limits themselves count
    chosen = choose(mean, 0, 1, barred=(4,)).chosen
    assert not chosen[0, 1]
    assert not chosen[1, 0]
    assert not chosen[4].any()
    assert not chosen[:, 4].any()
    assert not chosen[2, 3]
    assert not chosen[3, 2]
    assert chosen[0, 2]
    assert chosen[2, 0]


@pytest.mark.parametrize(("kind", "expected"), [("destination", {(2, 1), (3, 1)}), ("origin", {(0, 2), (0, 3)})])
def test_placebos_with_the_same_partner(kind: str, expected: set[tuple[int, int]]) -> None:
    chosen = choose(np.full((4, 4), 5.0), 0, 1, kind=kind).chosen
    assert set(map(tuple, np.argwhere(chosen).tolist())) == expected


def test_neighbours_need_a_contiguity_matrix() -> None:
    with pytest.raises(SpecificationError, match="contiguity"):
        choose(np.ones((3, 3)), 0, 1, kind="contiguous")
    borders = np.zeros((4, 4), dtype=bool)
    borders[2, 3] = borders[3, 2] = True
    assert choose(np.ones((4, 4)), 0, 1, kind="contiguous", contiguity=borders).n == 2


def test_unknown_kind_says_what_was_meant() -> None:
    with pytest.raises(SpecificationError, match="Did you mean 'importer'"):
        choose(np.ones((3, 3)), 0, 1, kind="importers")


def test_share_counts_the_dyad_itself_and_falls_to_zero() -> None:
    placebos = np.array([-np.inf, -3.0, -1.0, 0.0, 0.5, np.nan])
    assert stand(-1.0, placebos).share == pytest.approx(4 / 6, abs=EXACT)
    assert stand(-9.0, placebos).share == pytest.approx(2 / 6, abs=EXACT)
    assert stand(-9.0, placebos).smallest == pytest.approx(1 / 6, abs=EXACT)
    assert stand(-np.inf, placebos).share == pytest.approx(2 / 6, abs=EXACT)


def test_no_placebo_is_an_error() -> None:
    with pytest.raises(TooFewDonors, match="No comparable pair"):
        stand(-1.0, np.array([np.nan]))


def test_clustered_errors_are_refused_with_the_reason() -> None:
    with pytest.raises(SpecificationError, match="one treated cluster"):
        refuse_clustered_error()


def test_episodes_in_all_spellings() -> None:
    same = (Episode(2008, 2010, "freeze"),)
    assert episodes_of({"freeze": (2008, 2010)}) == same
    assert episodes_of([("freeze", 2008, 2010)]) == same
    assert str(episodes_of([(2008, 2010)])[0]) == "2008→2010"
    with pytest.raises(SpecificationError, match="is no episode"):
        episodes_of([2008])
    with pytest.raises(SpecificationError, match="No episode"):
        episodes_of([])


def sample(flows: np.ndarray | None = None) -> Sample:
    flows = np.ones((3, 3, 3)) if flows is None else flows
    return Sample.of((flows, ("AAA", "BBB", "CCC"), (2001, 2002, 2003)))


def test_episode_outside_the_panel_or_too_short() -> None:
    with pytest.raises(SpecificationError, match="outside the panel, which has 2001 to 2003"):
        Episode(2001, 2009).check(sample())
    with pytest.raises(SpecificationError, match="shorter than a period"):
        Episode(2002, 2002).check(sample())


def test_sample_rejects_what_is_no_panel() -> None:
    with pytest.raises(SpecificationError, match="is no panel"):
        Sample.of([1, 2])
    with pytest.raises(SpecificationError, match="shape"):
        Sample.of((np.ones((3, 3, 3)), ("A", "B"), (1, 2, 3)))
    bad = np.ones((3, 3, 3))
    bad[1, 0, 1] = -4
    with pytest.raises(InvalidFlow, match="AAA -> BBB in 2002"):
        sample(bad)
    with pytest.raises(UnknownEconomy, match="Did you mean 'BBB'"):
        sample().economy("BBC")
    with pytest.raises(SpecificationError, match="base window"):
        sample().window((1990, 1995))


def test_collapse_with_all_partners_is_named_and_a_single_rupture_is_not() -> None:
    rng = np.random.default_rng(0)
    flows = rng.lognormal(sigma=0.3, size=(4, 12, 12))
    flows[2:, 5, :] *= 0.05
    flows[2:, 1, 2] *= 0.01
    assert collapse_years(flows, 5) == (2,)
    assert collapse_years(flows, 1) == ()
    codes = tuple(f"E{k:02d}" for k in range(12))
    found = cautions(Sample.of((flows, codes, (2007, 2008, 2009, 2010))), 5, 1)
    assert any("Exports of E05" in c and "2009" in c and "mirror artefact" in c for c in found)


def test_zeros_and_gaps_are_said() -> None:
    flows = np.ones((3, 3, 3))
    flows[1, 0, 1], flows[2, 0, 1] = 0, np.nan
    text = " ".join(cautions(sample(flows), 0, 1))
    assert "zero in 2002" in text
    assert "nothing was reported" in text
    assert "missing in 2003" in text


def test_a_caution_names_economies_and_lists_years_as_a_reader_would() -> None:
    flows = np.ones((8, 3, 3))
    flows[[0, 1, 3, 4, 5], 0, 1] = 0
    found = cautions(Sample.of((flows, ("TUV", "USA", "FJI"), tuple(range(2000, 2008)))), 0, 1)
    assert "from Tuvalu to the United States is zero in 2000, 2001 and 2003-2005;" in found[0]
    assert "de Tuvalu a Estados Unidos es cero en 2000, 2001 y 2003-2005;" in said(found[0], Catalogue("es"))
    assert not any("TUV" in said(text, Catalogue(code)) for text in found for code in ("en", "es"))


def test_the_points_of_a_standing_are_order_statistics_of_the_placebos() -> None:
    """Counted by hand on 0, 1, ..., 19: the inverse of the empirical distribution at 5, 50, 80 and 95 percent."""
    place = stand(3.5, np.random.default_rng(0).permutation(20).astype(float))
    assert (place.low, place.median, place.upper, place.high) == (0.0, 9.0, 15.0, 18.0)
    assert (place.share, place.n) == (pytest.approx(5 / 21), 20)
