"""English numbers in words, the British way: *one hundred and seventy*."""

from __future__ import annotations

ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = (
    (10**15, "quadrillion"), (10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"),
)  # fmt: skip
ORDINAL = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
DIGITS = 18  # longer numbers are read digit by digit


def cardinal(n: int, gender: str = "") -> str:
    """A whole number that is not negative.

    >>> cardinal(1170), cardinal(253532)
    ('one thousand one hundred and seventy', 'two hundred and fifty-three thousand five hundred and thirty-two')
    """
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{ONES[n // 100]} hundred" + (f" and {cardinal(n % 100)}" if n % 100 else "")
    if n >= 10**DIGITS:
        return " ".join(ONES[int(digit)] for digit in str(n))
    scale, name = next((s, w) for s, w in SCALES if n >= s)
    rest = n % scale
    head = f"{cardinal(n // scale)} {name}"
    return head if not rest else f"{head} and {cardinal(rest)}" if rest < 100 else f"{head} {cardinal(rest)}"


def year(n: int) -> str:
    """
    >>> year(2008), year(2010), year(1905), year(1900)
    ('two thousand and eight', 'twenty ten', 'nineteen oh five', 'nineteen hundred')
    """
    century, rest = divmod(n, 100)
    if not 1000 <= n <= 2999 or (century % 10 == 0 and rest < 10):
        return cardinal(n)
    if not rest:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def ordinal(n: int) -> str:
    """
    >>> ordinal(1), ordinal(12), ordinal(30), ordinal(31)
    ('first', 'twelfth', 'thirtieth', 'thirty-first')
    """
    words = cardinal(n)
    head, dash, last = words.rpartition("-") if "-" in words.rpartition(" ")[2] else words.rpartition(" ")
    last = ORDINAL.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return f"{head}{dash}{last}"


def day(n: int) -> str:
    """A day of a month: *the twelfth*."""
    return f"the {ordinal(n)}"
