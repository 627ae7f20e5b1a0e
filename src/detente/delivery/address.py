"""One address of one person, checked before it comes near a header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.errors import DataError, MissingExtra

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

LONGEST = 254  # RFC 5321 4.5.3.1.3, less the brackets


@dataclass(frozen=True, slots=True)
class Address:
    """A single address that any mail server takes.

    Attributes
    ----------
    text : as it goes into headers and the envelope: ASCII, the domain in lower case.
    key : by which two spellings are one reader: all in lower case.
    """

    text: str
    key: str

    @classmethod
    def of(cls, written: str) -> Address:
        """The address in ``written``, by its form alone: no name server is asked.

        Raises
        ------
        DataError
            It is none, more than one, has a name or a line break beside it, or cannot be written in ASCII.
        MissingExtra
            The package ``email-validator`` is not installed.

        Examples
        --------
        >>> Address.of("Ana.Ruiz@Example.ORG")
        Address(text='Ana.Ruiz@example.org', key='ana.ruiz@example.org')
        >>> Address.of("a@b.org, c@d.org")
        Traceback (most recent call last):
        detente.errors.DataError: This is not one mail address: 'a@b.org, c@d.org'. Give one address alone, such as name@example.org.
        """
        ascii_form = _validated(written).ascii_email
        if ascii_form is None:
            raise _none(
                written,
                "Its part before the @ has letters outside ASCII, which many servers do not take.",
                "Give an address in plain letters.",
            )
        return cls(ascii_form, ascii_form.lower())

    @property
    def domain(self) -> str:
        return self.text.rpartition("@")[2]

    def __str__(self) -> str:
        return self.text


def _validated(written: str) -> ValidatedEmail:
    try:
        import email_validator
    except ImportError:
        raise MissingExtra.needed("email-validator", "edition", "Mail") from None
    if not isinstance(written, str) or len(written) > LONGEST or not written.isprintable():
        raise _none(written)
    try:
        return email_validator.validate_email(
            written, check_deliverability=False, allow_quoted_local=False, allow_domain_literal=False,
            allow_display_name=False, test_environment=False, strict=True,
        )  # fmt: skip
    except (email_validator.EmailNotValidError, UnicodeError):
        raise _none(written) from None


def _none(written: object, why: str = "", fix: str = "Give one address alone, such as name@example.org.") -> DataError:
    shown = repr(written)
    return DataError(
        f"This is not one mail address: {shown if len(shown) <= 80 else shown[:77] + '...'}.", why=why, fix=fix
    )
