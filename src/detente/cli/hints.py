"""The library's hints in the words of the command line, which has no keyword arguments."""

from __future__ import annotations

import re

from detente.cli.telling import SOURCE
from detente.errors import DetenteError

_SAID_HERE = (
    # columns of tables
    (r"Say which one with \w+=\S+\.", "Rename or remove the other one."),
    (
        r"Say which with \w+='(.+?)', \w+='(.+?)'\.",
        r"Name them with --origin '\1' --destination '\2', or rename the others.",
    ),
    (r"Name it with \w+=\.\.\., or rename it to one of", "Rename it to one of"),
    (
        r"Read the file with dt\.read_panel, which tells them apart \(([^)]*)\), or say \w+=\.\.\.",
        r"Say whose file it is with --as, which tells them apart (\1), or name both with --origin and --destination",
    ),
    (r"Map it with codes_as_of=\w+ or rename it", "Rename it"),
    # options that a command has, said beside the keyword
    (r"\b\w+=\S* \(on the command line (--\w+)\)", r"\1"),
    (r"\b\w+='\w+'(?:, '\w+')*(?: or '\w+')? \(on the command line (--\w+)\)", r"\1"),
    (r"\bsource='(\w+)' \(on the command line: --as \w+\)", r"--as \1"),
    (r"\bsource='(\w+)'", r"--as \1"),
    (r"\babsent='(\w+)'", r"--absent \1"),
    (r"\bevent='(\w+)'", r"--event \1"),
    (r"\bevery='(\w+)'", r"--every \1"),
    (r"\bpopulation='(\w+)'", r"--population \1"),
    # options that a command has
    (r"\byear=(\w+)", r"--year \1"),
    (r'\bUse deficits="(\w+)" or "(\w+)"', r"Use --deficits \1 or \2"),
    (r'\bUse deficits="(\w+)"', r"Use --deficits \1"),
    (r"\bquick=True\b", "--quick"),
    (r"\bleave cluster out\b", "leave --cluster out"),
    (r"\bare those of cluster=None\b", "come without --cluster"),
    (r"\bor CLOSED for a closed border", "or closed = true for a closed border"),
    # options that none has
    (r"\bor leave (them|it) out with drop=\[\.\.\.\]", r"or leave \1 out of the table with --drop"),
    (r"; keep_zero_internal=True keeps them as economies that buy everything abroad", ""),
    (r", or pass truncate=True to set [^.]*", ""),
    (
        r"Build it with detente\.equilibrium\.internal_trade",
        "Add a row from each economy to itself (its output less its exports)",
    ),
    (r"; singletons='keep' leaves lone rows in", ""),
    (r"Raise max_iterations, or try separation='exact' if some effect runs away", "Use fewer terms or fixed effects"),
    (r"Raise max_iterations, or give blocks=None:", "Leave --blocks out:"),
    (r"Raise max_sweeps or tol, or look for separated cells", "Look for rows whose flows are all zero"),
    (r"Raise max_steps, or look at the state with throw=False", "Check the shock and the flows"),
    (r"\bsay Shock\(\.\.\., certain=True\)", "add certain = true to its entry"),
    (r"detente\.solve takes such a shock, each part apart; here leave", "Leave"),
)


def said_here(error: DetenteError, language: str) -> str:
    """What a command prints of an error: in the language asked for, or in English after its class."""
    if language != SOURCE:  # only then is a catalogue read
        from detente.language.error_words import said_error

        told, spoken = said_error(_for_commands(error), language)
        if spoken == language:
            return told
    return f"{type(error).__name__}: {in_words(error)}"


def in_words(error: DetenteError) -> str:
    """The message of an error with its remedy as a user of the commands can follow it.

    >>> in_words(DetenteError("There are several years.", fix="Choose one: year=2020."))
    'There are several years. Choose one: --year 2020.'
    """
    if not error.fix:
        return str(error)
    return str(error).removesuffix(error.fix) + hint(error.fix)


def _for_commands(error: DetenteError) -> DetenteError:
    """The same error with the remedy that a command has."""
    fix = hint(error.fix)
    if fix == error.fix:  # perhaps a text, which is said from the catalogue
        return error
    return DetenteError(error.what, where=error.where, why=error.why, fix=fix)


def hint(fix: str) -> str:
    """One remedy, said for the command line."""
    for library, here in _SAID_HERE:
        fix = re.sub(library, here, fix)
    return fix
