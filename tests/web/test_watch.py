"""The page of the watch lists: what was told, escaped; a broken list hides nothing; nothing outside is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

import detente as dt
from detente.web import Keys, Site, Workspace, create_app
from watched import CLOSED, WatchedStudy


@pytest.fixture
def client(tmp_path: Path) -> Any:
    app = create_app(Site(Workspace(tmp_path), Keys(token="t" * 32)))
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def test_a_list_is_shown_with_what_was_told(client: Any, tmp_path: Path) -> None:
    assert "detente watch --new" in client.get("/watch").text
    mine = WatchedStudy(tmp_path)
    path = mine.listed('[[rule]]\nmeasure = "state:*"\n')
    assert "Nobody has looked yet" in client.get("/watch/desk").text
    dt.look(path)
    mine.append("events", CLOSED.format(title="Closed <script>alert(1)</script>"))
    dt.look(path)
    page = client.get("/watch/desk")
    assert page.status_code == 200
    assert "<script>alert(1)" not in page.text
    assert "Closed &lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert 'id="l2-1"' in page.text, "the place that permalinks lead to"
    data = client.get("/watch/desk?format=json").json()
    assert (data["schema_version"], len(data["alerts"]), len(data["looks"])) == (1, 1, 2)
    assert "Qué cambió" in client.get("/watch/desk?lang=es").text


def test_a_watched_pair_leads_to_its_page(client: Any, tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text('[watch]\nname = "two"\n[[dyad]]\npair = ["IND", "PAK"]\n[[rule]]\nmeasure = "odds"\n')
    dt.look(path)
    assert '<a href="/pair/IND-PAK">' in client.get("/watch/two").text


def test_what_is_wrong_is_said_and_nothing_outside_is_read(client: Any, tmp_path: Path) -> None:
    good = '[watch]\nname = "good"\n[[dyad]]\npair = ["IND", "PAK"]\n[[rule]]\nmeasure = "exports"\n'
    (tmp_path / "good.toml").write_text(good)
    (tmp_path / "bad.toml").write_text("[watch]\nname = 3\n")
    (tmp_path / "out.toml").write_text(good.replace('name = "good"\n', 'name = "out"\nstate = "../../../etc/x.db"\n'))
    (tmp_path / "other.toml").write_text("[tool]\n")
    outside = tmp_path.parent / f"{tmp_path.name}-outside.toml"
    outside.write_text(good)
    (tmp_path / "link.toml").symlink_to(outside)
    page = client.get("/watch")
    assert page.status_code == 200
    assert "/watch/good" in page.text
    assert "/watch/bad" in page.text
    assert "outside of this folder" in page.text
    assert "/watch/other" not in page.text
    assert "/watch/link" not in page.text
    for name in ("bad", "out", "none", "link", "..%2f..%2fetc%2fpasswd"):
        assert client.get(f"/watch/{name}").status_code in (404, 422), name
