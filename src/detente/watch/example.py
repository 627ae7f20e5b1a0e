"""A watch list to start from."""

from __future__ import annotations

from pathlib import Path

from detente._atomic import write_file
from detente.errors import OutputError

SAMPLE = """\
# A watch list: what is looked at, when it is told, and who is told.
# Look with: detente watch {file}      (from cron or a timer; docs/watch.md shows both)

[watch]
name = "{name}"
lang = "en"                     # the language of what is told
# url = "https://desk.example.org/watch/{name}"   # where its page is, for links

[[dyad]]
study = "colombia-venezuela"    # a built-in study, or the folder of one of yours

[[dyad]]
pair = ["IND", "PAK"]           # two economies without a study

[[rule]]
measure = "state:*"             # a state that an event sets: a border, relations, visas ...

[[rule]]
measure = "verdict:*"           # a claim decided or reversed

[[rule]]
measure = "figure_corrected"    # a figure of the record that was changed or withdrawn

[[rule]]
measure = "new_data"            # new events, figures or claims; new flows

[[rule]]
measure = "exports"
fire = "abs_pct >= 10"          # since it was last told

[[rule]]
measure = "odds:break"
fire = ">= 0.10"                # two thresholds, so that it is not told again and again
clear = "< 0.08"

# These need placebos (about a second a dyad instead of a tenth):
# [[rule]]
# measure = "residual"
# fire = "outside_band"
# clear = "inside_band"
# [[rule]]
# measure = "placebo_share:whole"
# fire = "<= 0.05"
# clear = "> 0.10"

# Who is told; what the command prints is always told. Secrets stand in the environment, never here.
# [[to]]
# kind = "mail"
# to = ["me@example.org"]
# sender = "desk@example.org"
# host = "smtp.example.org"
# user = "desk@example.org"
# password_env = "SMTP_PASSWORD"
# [[to]]
# kind = "webhook"
# url = "https://chat.example.org/hooks/abc"
# secret_env = "WATCH_SECRET"
# [[to]]
# kind = "atom"
# path = "{name}.atom"
# url = "https://desk.example.org/{name}.atom"
"""


def write_sample(path: Path) -> Path:
    """Write a list to start from.

    Raises
    ------
    OutputError
        Something is there already, or it cannot be written.
    """
    if path.exists():
        raise OutputError(f"{path} is there already.", fix="Give another name, or edit it.")
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in path.stem.lower()).strip("-") or "desk"
    return write_file(path, SAMPLE.format(name=name, file=path))
