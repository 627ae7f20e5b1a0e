"""What a desk still lacks: parts and voices, settings that keep an edition from its readers, DNS records."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from detente.cli.app import run
from detente.edition import doctor
from detente.edition.doctor import advice, dns_records, lacking
from detente.edition.settings import EditionSettings

TOML = """
[site]
url = "https://news.example.org/"
subscribe = "https://desk.example.org/"
[mail]
sender = "news@example.org"
host = "smtp.relay.net"
security = "starttls"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "edition.toml"
    path.write_text(TOML, encoding="utf-8")
    return path


def settings(**mail: str) -> EditionSettings:
    return EditionSettings.of({"mail": {"sender": "news@example.org", **mail}})


def test_what_is_missing_is_named_with_how_to_get_it(monkeypatch):
    monkeypatch.setattr(doctor, "find_spec", lambda module: None)
    monkeypatch.setattr(doctor.shutil, "which", lambda program: None)
    assert len(lacking()) == len(doctor.PARTS) + 1
    assert 'lameenc (sound as MP3): python -m pip install "detente[voice]"' in lacking()
    assert any(line.startswith("espeak-ng") and line.endswith("apt-get install espeak-ng") for line in lacking())
    monkeypatch.setattr(doctor, "find_spec", lambda module: object())
    monkeypatch.setattr(doctor.shutil, "which", lambda program: f"/usr/bin/{program}")
    assert lacking() == ()


def test_the_parts_it_looks_for_are_those_that_are_imported():
    """By the names under which the code imports them, not those of their packages."""
    files = Path(doctor.__file__).parents[1].rglob("*.py")
    source = "".join(p.read_text(encoding="utf-8") for p in files if p != Path(doctor.__file__))
    for module, *_ in doctor.PARTS:
        assert re.search(rf"(?:import|from) {module}\b|import_module\(\"{module}\"\)", source), module


@pytest.mark.parametrize(
    ("host", "spf", "comes_back"),
    [
        ("localhost", "v=spf1 mx -all", "10 mail.example.org."),
        ("smtp.relay.net", "v=spf1 include:relay.net -all", "10 smtp.relay.net."),
        ("relay", "v=spf1 include:relay -all", "10 relay."),
    ],
)
def test_the_records_are_those_of_the_senders_domain(host, spf, comes_back):
    found = {(r.name, r.kind): r.value for r in dns_records(settings(host=host), selector="may")}
    assert spf in found["example.org", "TXT"]
    assert found["example.org", "MX"] == comes_back
    assert found["_dmarc.example.org", "TXT"].endswith('rua=mailto:postmaster@example.org"')
    assert ("may._domainkey.example.org", "TXT") in found
    assert ("desk.example.org", "A") in found


def test_settings_that_keep_an_edition_from_its_readers_are_told(config):
    assert advice(EditionSettings.of({})) != ()
    told = "\n".join(advice(settings(sender="me@localhost.localdomain", host="smtp.relay.net", security="none")))
    for part in ("[site] url", "[site] subscribe", "[mail] sender", "[mail] security"):
        assert part in told
    assert "security" not in "\n".join(advice(settings(host="localhost", security="none")))


def test_on_the_command_line(config, capsys):
    assert run(["edition", "doctor", "--config", str(config), "--selector", "may"]) == 0
    out = capsys.readouterr().out
    assert "To set" not in out
    assert "may._domainkey.example.org TXT" in out
    assert run(["edition", "doctor"]) == 0
    assert "To set: [site] subscribe" in capsys.readouterr().out
