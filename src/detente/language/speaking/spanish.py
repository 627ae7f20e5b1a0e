"""Spanish numbers in words, with gender: *veintiún pares*, *trescientas personas*, *treinta y un mil*."""

from __future__ import annotations

ONES = [
    "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce",
    "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno",
    "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho",
    "veintinueve",
]  # fmt: skip
TENS = ["-", "-", "-", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
HUNDREDS = [
    "-", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos",
    "ochocientos", "novecientos",
]  # fmt: skip
DIGITS = 18  # longer numbers are read digit by digit


def cardinal(n: int, gender: str = "") -> str:
    """A whole number that is not negative.

    Parameters
    ----------
    gender : of the noun that follows, ``m`` or ``f``; empty where none does.

    >>> cardinal(21), cardinal(21, "m"), cardinal(21, "f"), cardinal(301, "f")
    ('veintiuno', 'veintiún', 'veintiuna', 'trescientas una')
    >>> cardinal(31_000), cardinal(1_000_000), cardinal(21_000_500, "f")
    ('treinta y un mil', 'un millón', 'veintiún millones quinientas')
    """
    if n >= 10**DIGITS:
        return " ".join(ONES[int(digit)] for digit in str(n))
    parts = []
    for scale, one, many in ((10**12, "billón", "billones"), (10**6, "millón", "millones")):
        if n >= scale:
            parts += [cardinal(n // scale, "m"), one if n // scale == 1 else many]
            n %= scale
    if n >= 1000:
        thousands = n // 1000
        parts += ([] if thousands == 1 else [_below_thousand(thousands, "f" if gender == "f" else "m")]) + ["mil"]
        n %= 1000
    if n or not parts:
        parts.append(_below_thousand(n, gender))
    return " ".join(parts)


def _below_thousand(n: int, gender: str) -> str:
    if n == 100:
        return "cien"
    head = HUNDREDS[n // 100] if n >= 100 else ""
    if gender == "f" and n >= 200:
        head = head[:-2] + "as"
    rest = n % 100
    if n >= 100 and not rest:
        return head
    tail = ONES[rest] if rest < 30 else TENS[rest // 10] + (f" y {ONES[rest % 10]}" if rest % 10 else "")
    if tail.endswith("uno"):
        tail = (
            tail[:-1] + "a" if gender == "f" else ("veintiún" if rest == 21 else tail[:-1]) if gender == "m" else tail
        )
    return f"{head} {tail}".strip()


def year(n: int) -> str:
    """
    >>> year(2008), year(1995)
    ('dos mil ocho', 'mil novecientos noventa y cinco')
    """
    return cardinal(n)


_ORDINALS = ["-", "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno", "décimo"]


def ordinal(n: int) -> str:
    """Ordinals to ten; beyond, Spanish speakers say the cardinal."""
    return _ORDINALS[n] if 1 <= n <= 10 else cardinal(n)


def day(n: int) -> str:
    """A day of a month; the first is an ordinal in America."""
    return "primero" if n == 1 else cardinal(n)
