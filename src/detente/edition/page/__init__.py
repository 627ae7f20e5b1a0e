"""An edition as a page, a mail and plain text."""

from detente.edition.page.mail import READER, mail_html, readers_lines
from detente.edition.page.plain import plain_text
from detente.edition.page.site import PagePlace, Sound, archive_page, edition_page

__all__ = [
    "READER", "PagePlace", "Sound", "archive_page", "edition_page", "mail_html", "plain_text", "readers_lines",
]  # fmt: skip
