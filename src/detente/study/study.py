"""Study: a folder a person wrote, opened and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from detente._lazy import call
from detente.economies import name_of
from detente.errors import DataError, Problem, RecordError, StudyError, UnknownStudy, UsageError, did_you_mean
from detente.panel import Panel, read_panel, with_sides, world
from detente.record import Ledger
from detente.study.cautions import cautions_of
from detente.study.panel_files import check_lock, file_named, reading_of
from detente.study.shipped import builtin_studies
from detente.study.spec import EpisodeSpec, Scenario, Spec, read_spec
from detente.study.words import read_words, word_problems

SHIPS = "builtin:"
"""Before the name of a study that ships, where a folder has the same name."""

Progress = Callable[[str, float], None]
"""Told the name of each stage and the share of the work that is done."""


@dataclass(frozen=True, slots=True, repr=False)
class Study:
    """Two economies, the record of what happened between them, and what to compute.

    Attributes
    ----------
    folder : where ``study.toml`` and ``record/`` stand.
    spec : what ``study.toml`` says, checked.
    given : a panel that stands in for the one ``study.toml`` names, as with ``--data``.
    """

    folder: Path
    spec: Spec
    given: Panel | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        return self.spec.study.id

    @property
    def title(self) -> str:
        return self.spec.study.title

    @property
    def subtitle(self) -> str:
        return self.spec.study.subtitle

    @property
    def summary(self) -> str:
        return self.spec.study.summary

    @property
    def ships(self) -> bool:
        """Whether the study lies inside the package, and is therefore not to be written to."""
        return self.folder.resolve() in {path.resolve() for path in builtin_studies().values()}

    def require_own(self) -> None:
        """Raise :class:`~detente.errors.UsageError` for a study that ships with the package."""
        if self.ships:
            raise UsageError(
                f"'{self.id}' is a built-in study, which is not changed.",
                why="It lies inside the package, which every other study and an update share.",
                fix=f"Copy {self.folder} and give the copy's path.",
            )

    @property
    def origin(self) -> str:
        """The first economy: exports and imports are seen from it."""
        return self.spec.study.origin

    @property
    def destination(self) -> str:
        return self.spec.study.destination

    @property
    def origin_name(self) -> str:
        return name_of(self.origin)

    @property
    def destination_name(self) -> str:
        return name_of(self.destination)

    @property
    def episodes(self) -> tuple[EpisodeSpec, ...]:
        return tuple(self.spec.episodes)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        return tuple(self.spec.scenarios)

    @property
    def record(self) -> Path:
        """The folder of the record's CSV files."""
        return self.folder / "record"

    def ledger(self) -> Ledger:
        """The record, read and checked; raises :class:`~detente.errors.RecordError` with every problem."""
        return Ledger.read(self.record)

    def check(self) -> list[Problem]:
        """Every problem of the record, by file, row and column; empty if there is none."""
        if not self.record.is_dir():
            return [Problem("record/", None, None, "The folder is missing.", "Make it, with sources.csv at least.")]
        problems = list(Ledger.check(self.record))
        return problems or self.problems_beside(self.ledger())

    def cautions(self) -> list[Problem]:
        """Settings that are probably unintended, or that need another panel than the study's own."""
        return cautions_of(self.spec, self.folder, self.panel)

    def has_panel(self, data: Any = None) -> bool:
        """Whether there are flows to compute with: ``data``, a panel given before, or one that ``study.toml`` names."""
        return data is not None or self.given is not None or self.spec.has_panel

    def panel(self, data: Any = None) -> Panel:
        """The flows to use: ``data`` (a panel, frame or path) if given, else what ``study.toml`` names."""
        if not self.has_panel(data):
            raise DataError(
                f"The study '{self.id}' has no panel: study.toml says use = \"none\" under [panel].",
                why="What needs flows (why, what if, the desks) cannot be computed.",
                fix="Name a panel there, or give one with --data PATH; the record is checked and told without one.",
            )
        data = self.given if data is None else data
        if isinstance(data, Panel):
            panel = data
        elif data is not None:
            panel = read_panel(data, **reading_of(self.folder, self.spec.panel))
        else:
            check_lock(self.folder, self.spec.panel)
            panel = self._own_panel()
        panel = with_sides(panel, self.spec.dyad, self.spec.study.blocs_as_of)
        for code in self.spec.dyad:
            panel.index(code)
        return panel

    def _own_panel(self) -> Panel:
        """The panel that ``study.toml`` names."""
        if self.spec.panel.ships:
            return world()
        path = file_named(self.folder, self.spec.panel.use)
        return read_panel(path, **reading_of(self.folder, self.spec.panel))

    def reading(self, **how: Any) -> Study:
        """The study with other words on how its panel is to be read; see :func:`detente.read_panel`."""
        if not how:
            return self
        return replace(self, spec=self.spec.model_copy(update={"panel": self.spec.panel.model_copy(update=how)}))

    def run(
        self, *, data: Any = None, quick: bool = False, seed: int = 20220926, command: str = "",
        progress: Progress | None = None,
    ) -> Any:  # fmt: skip
        """What happened, why, what if, and which claims hold.

        Parameters
        ----------
        data : a panel, a frame or a path that replaces the study's panel.
        quick : skip placebos and keep the central elasticity only.
        seed : for whatever draws; the same seed and inputs give the same numbers.
        command : what to write as the command into the manifest.
        progress : called with the name of each stage and the share done.

        Returns
        -------
        detente.Run

        Examples
        --------
        >>> run = open_study("colombia-venezuela").run(quick=True)
        >>> "2008" in run.answer.happened[0]
        True
        """
        return call(
            "detente.run.run_study", self, data=data, quick=quick, seed=seed, command=command, progress=progress
        )

    def named_sources(self) -> list[tuple[str, str]]:
        """Where ``study.toml`` names a source of the record, and which."""
        used = [(f"cited ({c.origin}->{c.destination})", c.source_id) for c in self.spec.cited]
        used += [(f"equilibrium.gdp ({g.economy})", g.source_id) for g in self.spec.equilibrium.gdp]
        used += [(f"scenarios ({s.id})", t.source_id) for s in self.spec.scenarios for t in s.target if t.source_id]
        used += [(f"capacity ({c.line})", source) for c in self.spec.capacity for source in c.sources]
        return used

    def problems_beside(self, ledger: Ledger) -> list[Problem]:
        """What in ``study.toml`` and ``words.toml`` does not fit the record."""
        return self.unknown_sources(ledger) + word_problems(self.folder, self.spec, ledger)

    def unknown_sources(self, ledger: Ledger) -> list[Problem]:
        """Sources that ``study.toml`` names and the record does not hold."""
        known = set(ledger.sources["source_id"])
        return [
            Problem(
                "study.toml", None, place, f"The source '{source}' is not in sources.csv.", did_you_mean(source, known)
            )
            for place, source in self.named_sources()
            if source not in known
        ]

    def __repr__(self) -> str:
        return f"Study({self.id!r}: {self.title})"


def open_study(name: str | Path) -> Study:
    """Open a built-in study by its name, or a folder by its path.

    A name that is both is asked back: ``./NAME`` is the folder, ``builtin:NAME`` the study that ships.

    Raises
    ------
    UnknownStudy
        Neither a study's name nor a folder.
    UsageError
        Both the name of a study that ships and that of another one's folder here.
    StudyError, UnreadableFile
        ``study.toml`` is missing or wrong.

    Examples
    --------
    >>> open_study("colombia-venezuela").destination
    'VEN'
    """
    built_in = builtin_studies()
    ships = built_in.get(str(name).removeprefix(SHIPS))
    if ships is not None and str(name).startswith(SHIPS):
        folder = ships
    elif ships is not None and not (isinstance(name, Path) and name.is_dir()):
        folder = ships
        _require_one(str(name), ships)
    else:
        folder = Path(name)
        if folder.name == "study.toml":
            folder = folder.parent
        if not folder.is_dir():
            raise UnknownStudy(
                f"There is no study '{name}'.{did_you_mean(str(name), built_in)}",
                fix=f"Give a folder, or one of the built-in studies: {', '.join(built_in)}. "
                "Make a new one with: detente new ORIGIN DESTINATION",
            )
    spec = read_spec(folder / "study.toml")
    return Study(folder, spec.model_copy(update={"words": read_words(folder)[0]}))


def _require_one(name: str, ships: Path) -> None:
    """A study that ships and another one's folder of the same name: which is meant is not guessed."""
    here = Path(name)
    if (here / "study.toml").is_file() and here.resolve() != ships.resolve():
        raise UsageError(
            f"'{name}' is a study that ships and also a folder here.",
            why="The two may differ, and so would their numbers.",
            fix=f"Write ./{name} for the folder, or {SHIPS}{name} for the study that ships.",
        )


def checked_ledger(study: Study) -> Ledger:
    """The record, read once; raises :class:`RecordError` with every problem, nothing having been written by then."""
    ledger = study.ledger()
    problems = study.problems_beside(ledger)
    if problems:
        raise RecordError(problems)
    return ledger


def require_dyad_of_targets(spec: Spec) -> None:
    """Scenario targets and cited residuals must speak of the study's own two economies."""
    dyad = {spec.study.origin, spec.study.destination}
    for where, items in (
        ("cited", spec.cited),
        *((f"scenario '{s.id}'", s.target) for s in spec.scenarios),
        ("capacity", spec.capacity),
    ):
        for item in items:
            if {item.origin, item.destination} != dyad:
                raise StudyError(
                    f"study.toml: {where} names {item.origin}->{item.destination}, and the study is about "
                    f"{spec.study.origin} and {spec.study.destination}."
                )
