"""A watch list is read key by key, and what is wrong with it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.errors import SpecificationError, UnreadableFile
from detente.watch import read_watchlist
from detente.watch.example import write_sample

GOOD = '[watch]\nname = "a"\n[[dyad]]\npair = ["COL", "Ecuador"]\n[[rule]]\nmeasure = "exports"\n'
MAIL = '[[to]]\nkind = "mail"\nto = ["{to}"]\nsender = "d@example.org"\nhost = "h"\n'


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "w.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_has_defaults_and_knows_what_it_needs(tmp_path: Path) -> None:
    found = read_watchlist(write(tmp_path, GOOD))
    assert (found.dyad[0].key, found.watch.seed, found.quick, found.watch.doubtful) == (
        "COL-ECU",
        20220926,
        True,
        "resend",
    )
    assert found.needs == {"panel"}
    assert found.state_path == tmp_path / "a.watch.db"
    full = read_watchlist(write(tmp_path, GOOD + '[[rule]]\nmeasure = "residual"\n'))
    assert not full.quick
    quick = read_watchlist(write(tmp_path, GOOD + '[[rule]]\nmeasure = "residual"\nfire = "<= -0.5"\n'))
    assert quick.quick, "a number alone needs no band"


def test_the_sample_is_a_list(tmp_path: Path) -> None:
    path = write_sample(tmp_path / "My desk.toml")
    assert read_watchlist(path).watch.name == "my-desk"
    whole = path.read_text(encoding="utf-8").replace("\n# [[", "\n[[")
    for key in (
        "measure",
        "fire",
        "clear",
        "kind",
        "to",
        "sender",
        "host",
        "user",
        "password_env",
        "url",
        "secret_env",
        "path",
    ):
        whole = whole.replace(f"\n# {key} =", f"\n{key} =")
    found = read_watchlist(write(tmp_path, whole))
    assert [to.kind for to in found.to] == ["mail", "webhook", "atom"], "what stands as a comment is right too"
    with pytest.raises(Exception, match="there already"):
        write_sample(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "watch: this key is needed"),
        ("[watch", "not valid TOML"),
        (GOOD.replace('"a"', '"A b"'), "watch.name"),
        (GOOD + "[extra]\n", "unknown key"),
        (GOOD.replace("[watch]\n", '[watch]\nlnag = "es"\n'), "Did you mean 'lang'"),
        (GOOD.replace("[watch]\n", '[watch]\nlang = "xx"\n'), "lang 'xx'"),
        (GOOD.replace("[watch]\n", '[watch]\nurl = "javascript:x"\n'), "watch.url"),
        (GOOD.replace("[watch]\n", "[watch]\nseed = -1\n"), "at least 0"),
        (GOOD.replace("exports", "exprts"), "Did you mean 'exports'"),
        (GOOD + 'fire = "often"\n', "'often' is no condition"),
        (GOOD + 'fire = "abs_pct >= 10"\nclear = "< 5"\n', "nothing is left to clear"),
        (GOOD + 'fire = ">= 10"\nclear = "changes"\n', "cannot clear"),
        (GOOD + 'fire = "is open"\n', "does not fit exports"),
        (GOOD.replace('"exports"', '"verdict:*"') + 'fire = "<= 3"\n', "does not fit verdict"),
        (GOOD + "looks = 0\n", "rule.1.looks"),
        (GOOD + 'dyads = ["COL-PER"]\n', "not in the list"),
        (GOOD + '[[dyad]]\npair = ["Colombia", "ECU"]\n', "stands twice"),
        (GOOD + '[[dyad]]\npair = ["Colombia", "ECU"]\nstudy = "x"\n', "either study"),
        (GOOD + "[[dyad]]\n", "either study"),
        (GOOD + '[[dyad]]\npair = ["COL", "Atlantis"]\n', "Atlantis"),
        (GOOD.replace("[watch]\n", "[watch]\nquick = true\n").replace('"exports"', '"residual"'), "leave quick out"),
        (GOOD + MAIL.format(to="a@example.org, b@example.org"), "not one mail address"),
        (GOOD + MAIL.format(to="a@example.org") + 'password = "x"\n', "unknown key"),
        (GOOD + '[[to]]\nkind = "webhook"\nurl = "http://example.org/"\nsecret_env = "S"\n', "webhook's address"),
        (GOOD + '[[to]]\nkind = "fax"\n', "to.1"),
        (GOOD + "[[to]]\n", "to.1"),
        (GOOD + '[[to]]\nkind = "atom"\npath = "a"\nurl = "javascript:x"\n', "feed's address"),
        (GOOD + '[[to]]\nkind = "atom"\npath = "a"\nurl = "https://exämple.org/a"\n', "feed's address"),
        (GOOD + 'path = "x"\n', "path: this key belongs in another table"),
        ('title = "Two"\n' + GOOD, "title: this key belongs in another table"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SpecificationError) as error:
        read_watchlist(write(tmp_path, text))
    assert says in str(error.value)
    assert "w.toml" in str(error.value)
    assert "pydantic" not in str(error.value)


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no file"):
        read_watchlist(tmp_path / "none.toml")
