"""The watch list: a TOML file with dyads, rules and who is told, read and checked key by key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from detente._foreign import parse_toml, read_text
from detente.economies import lookup_side
from detente.errors import DetenteError, SpecificationError, how_many
from detente.language import LANGUAGES
from detente.study.spec.part import SpecPart
from detente.study.spec.problems import in_plain_words
from detente.watch.measures import Need, family_of
from detente.watch.thresholds import Thresholds, parse_condition
from detente.watch.watchlists.recipients import Recipient, ToAtom, ToMail, ToStdout, ToWebhook

SEED = 20220926


class WatchHead(SpecPart):
    """``[watch]``: the list's name, the reader's language, and how it is computed."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = ""
    lang: str = "en"
    seed: int = Field(default=SEED, ge=0)
    quick: bool | None = None
    url: str = Field(default="", pattern=r"^(https?://[^\s<>\"\\]+)?$")
    doubtful: Literal["resend", "hold"] = "resend"
    state: str = ""


class WatchedDyad(SpecPart):
    """``[[dyad]]``: a study by name or folder, or two economies without one."""

    study: str = ""
    pair: tuple[str, str] | None = None
    name: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> WatchedDyad:
        if bool(self.study) == (self.pair is not None):
            raise ValueError('a dyad has either study = "..." or pair = ["AAA", "BBB"]')
        return self

    @property
    def key(self) -> str:
        """What it is called in the state and in what is told."""
        if self.name:
            return self.name
        return self.study if self.pair is None else "-".join(map(lookup_side, self.pair))


class WatchRule(SpecPart):
    """``[[rule]]``: a measure, when it fires and clears, and for which dyads (all, if none is named)."""

    measure: str
    fire: str = ""
    clear: str = ""
    looks: int = Field(default=1, ge=1, le=1000)
    dyads: list[str] = Field(default=[])

    @model_validator(mode="after")
    def _readable(self) -> WatchRule:
        try:
            self.thresholds  # noqa: B018 - reading it is the check
        except SpecificationError as error:
            raise ValueError(str(error).rstrip(".")) from None
        return self

    @cached_property
    def thresholds(self) -> Thresholds:
        family = family_of(self.measure)
        fire = parse_condition(self.fire or family.fire)
        clear_written = self.clear or ("" if self.fire else family.clear)
        if clear_written and fire.on_a_change:
            raise SpecificationError(
                f"'{fire.written}' is told at each change, so that nothing is left to clear.", fix="Leave clear out."
            )
        clear = parse_condition(clear_written) if clear_written else None
        for condition in (fire, clear):
            if condition is None:
                continue
            if clear is not None and clear.on_a_change:
                raise SpecificationError(
                    f"'{clear.written}' cannot clear a level.", fix='Give a level, such as "> 0.10".'
                )
            if (family.kind == "word") != (condition.kind == "word") and condition.kind != "changes":
                what = "a word" if family.kind == "word" else "a number"
                raise SpecificationError(
                    f"'{condition.written}' does not fit {family.name}, which is {what}.",
                    fix='Write "changes" or compare with one.',
                )
        return Thresholds(fire, clear, self.looks, family.appears, family.goes)  # fmt: skip

    @property
    def key(self) -> str:
        """The rule as it was last remembered under; one that is changed begins anew."""
        thresholds = self.thresholds
        clear = thresholds.clear.written if thresholds.clear else ""
        return f"{self.measure} | {thresholds.fire.written} | {clear} | {self.looks}"

    @property
    def needs(self) -> frozenset[Need]:
        """What has to be computed for it; placebos only where a band or a rank is asked for."""
        needs = set(family_of(self.measure).needs)
        if self.measure.partition(":")[0] == "residual":
            said = (self.thresholds.fire, self.thresholds.clear)
            if not any(condition is not None and condition.kind == "band" for condition in said):
                needs.discard("placebos")
        return frozenset(needs)


class WatchList(SpecPart):
    """A watch list, checked."""

    watch: WatchHead
    dyad: list[WatchedDyad] = Field(min_length=1)
    rule: list[WatchRule] = Field(min_length=1)
    to: list[Recipient] = Field(default=[])
    _path: Path = PrivateAttr(default=Path("watch.toml"))

    @model_validator(mode="after")
    def _fits_together(self) -> WatchList:
        if self.watch.lang not in LANGUAGES:
            raise ValueError(f"lang '{self.watch.lang}' is not one of {', '.join(LANGUAGES)}")
        keys = [dyad.key for dyad in self.dyad]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"the dyad '{twice[0]}' stands twice; give one of them another name")
        for rule in self.rule:
            if unknown := sorted(set(rule.dyads) - set(keys)):
                raise ValueError(
                    f"the rule on '{rule.measure}' names the dyad '{unknown[0]}', which is not in the list ({', '.join(keys[:5])} ...)"
                )
        if self.watch.quick and "placebos" in self.needs:
            measure = next(rule.measure for rule in self.rule if "placebos" in rule.needs)
            raise ValueError(
                f"quick = true leaves out the similar pairs that the rule on '{measure}' compares with; leave quick out"
            )
        return self  # fmt: skip

    @property
    def needs(self) -> frozenset[Need]:
        """What has to be computed for the rules together."""
        return frozenset().union(*(rule.needs for rule in self.rule))

    @property
    def quick(self) -> bool:
        """Whether placebos are left out; they are unless a rule needs them."""
        return "placebos" not in self.needs if self.watch.quick is None else self.watch.quick

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return self._path

    @property
    def title(self) -> str:
        return self.watch.title or self.watch.name

    @property
    def state_path(self) -> Path:
        """The database: beside the list, under its name, unless it says another."""
        return self.path.parent / (self.watch.state or f"{self.watch.name}.watch.db")

    def rules_of(self, dyad: WatchedDyad) -> Iterator[WatchRule]:
        """The rules that hold for a dyad."""
        return (rule for rule in self.rule if not rule.dyads or dyad.key in rule.dyads)


_KEYS = sorted(
    {name for part in (WatchHead, WatchedDyad, WatchRule, ToMail, ToWebhook, ToAtom, ToStdout, WatchList)
     for name in part.model_fields}
)  # fmt: skip


def read_watchlist(path: str | Path) -> WatchList:
    """Read and check a watch list.

    Raises
    ------
    UnreadableFile
        It is missing or not UTF-8.
    SpecificationError
        It is not TOML, or a key is unknown, missing or out of range; each is named.
    """
    path = Path(path)
    raw = parse_toml(read_text(path), str(path), SpecificationError)
    try:
        found = WatchList.model_validate(raw)
        found._path = path
        return found
    except ValidationError as error:
        n, problems = error.error_count(), "\n  ".join(in_plain_words(_unwrapped(e), _KEYS) for e in error.errors()[:5])
        more = f"\n  and {n - 5} more." if n > 5 else ""
        count = how_many(n, "problem")
        raise SpecificationError(f"{path} has {count}:\n  {problems}{more}") from None
    except DetenteError as error:  # an economy that is none, found while two dyads were compared
        raise SpecificationError(f"{path}: {error.what}", fix=error.fix) from None


def _unwrapped(error: Any) -> Any:
    """The place of a problem as it stands in the file: without the kind that pydantic puts into it."""
    place = [
        part for part in error["loc"] if not (isinstance(part, str) and re.fullmatch("mail|webhook|atom|stdout", part))
    ]
    return {**error, "loc": tuple(place)}
