"""One address, or none."""

from __future__ import annotations

import sys

import pytest

from detente.delivery import Address
from detente.errors import DataError, MissingExtra


@pytest.mark.parametrize(
    ("written", "text", "key"),
    [
        ("Ana.Ruiz@Example.ORG", "Ana.Ruiz@example.org", "ana.ruiz@example.org"),
        ("a+b@sub.example.org", "a+b@sub.example.org", "a+b@sub.example.org"),
        ("ana@münchen.de", "ana@xn--mnchen-3ya.de", "ana@xn--mnchen-3ya.de"),
    ],
)
def test_an_address_has_one_form(written: str, text: str, key: str) -> None:
    assert Address.of(written) == Address(text, key)
    assert Address.of(Address.of(written).text) == Address(text, key)


@pytest.mark.parametrize(
    "written",
    [
        "a@example.org, b@example.org", "a@example.org;b@example.org", "a@example.org b@example.org",
        "Ana <a@example.org>", "a@example.org\r\nBcc: b@example.org", "a@example.org\n", "a@example.org\u2028b",
        "a\u202e@example.org", "a@example.org\x00", "\ud800@example.org", '"a b"@example.org', 
        "a@[127.0.0.1]", "a@localhost", "josé@example.org", "a", "@", "", 
        "a" * 70 + "@example.org",
        "a@" + "b" * 300 + ".org", None, 7,
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(written: str) -> None:
    with pytest.raises(DataError, match="not one mail address"):
        Address.of(written)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "email_validator", None)
    with pytest.raises(MissingExtra, match=r"detente\[edition\]"):
        Address.of("a@example.org")
