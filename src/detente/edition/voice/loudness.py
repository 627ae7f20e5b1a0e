"""Even loudness without clipping: measured as broadcasters do (ITU-R BS.1770-4), raised, and held under a ceiling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d
from scipy.signal import lfilter

from detente.errors import DataError

TARGET = -16.0  # LUFS, what podcasts are asked for
CEILING = 10 ** (-1.5 / 20)  # of full scale; MP3 overshoots a little
WINDOW = 0.005  # seconds over which the limiter moves
BLOCK, STEP = 0.4, 0.1  # seconds of a gating block, and from one to the next
ABSOLUTE, RELATIVE = -70.0, -10.0  # gates, LUFS and LU
Signal = NDArray[np.float64]


def loudness(sound: Signal, rate: int) -> float:
    """Integrated loudness of a mono sound, LUFS; minus infinity for silence.

    The equations are those of ITU-R BS.1770-4, annex 1; the filters are its analogue prototypes at any rate.

    Parameters
    ----------
    sound : shape (n,), full scale at 1.
    rate : Hz.

    Examples
    --------
    >>> tone = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(48000 * 5) / 48000)
    >>> round(loudness(tone, 48000), 1)
    -23.0
    """
    weighted = _filtered(_shelf(rate), _filtered(_high_pass(rate), sound))
    size, step = round(BLOCK * rate), round(STEP * rate)
    if len(weighted) < size:
        weighted = np.pad(weighted, (0, size - len(weighted)))
    sums = np.concatenate(([0.0], np.cumsum(weighted**2)))
    starts = np.arange(0, len(weighted) - size + 1, step)
    power = (sums[starts + size] - sums[starts]) / size
    with np.errstate(divide="ignore"):
        levels = -0.691 + 10 * np.log10(power)
    heard = power[levels > ABSOLUTE]
    if not heard.size:
        return -np.inf
    gate = -0.691 + 10 * np.log10(heard.mean()) + RELATIVE
    kept = power[(levels > ABSOLUTE) & (levels > gate)]
    return float(-0.691 + 10 * np.log10(kept.mean()))


def limited(sound: Signal, rate: int, ceiling: float = CEILING) -> Signal:
    """The sound with every peak at or below ``ceiling``, by a gain that moves smoothly and looks ahead.

    The gain that each sample needs is taken at its least over a window, then averaged over a window of the same
    length: an average of values none of which is above what a sample needs never lets it through.
    """
    half = max(1, round(WINDOW * rate))
    size = 2 * half + 1
    needed = ceiling / np.maximum(np.abs(sound), ceiling)
    least = minimum_filter1d(needed, size, mode="nearest")
    weights = np.hanning(size + 2)[1:-1]
    smooth = np.convolve(np.pad(least, half, mode="edge"), weights / weights.sum(), mode="valid")
    return (sound * smooth).astype(np.float64)


def levelled(sound: Signal, rate: int, target: float = TARGET) -> Signal:
    """The sound at ``target`` LUFS, no peak above the ceiling: raised and limited until both hold.

    Raises
    ------
    DataError
        It is silent.
    """
    now = loudness(sound, rate)
    if not np.isfinite(now):
        raise DataError("The voice gave silence.", fix="Try another --voice.")
    gain, made = 10 ** ((target - now) / 20), sound
    for _ in range(12):
        made = limited(gain * sound, rate)
        off = target - loudness(made, rate)
        if abs(off) < 0.1:
            break
        gain *= 10 ** (off / 20)
    return made


def _filtered(kind: tuple[Signal, Signal], sound: Signal) -> Signal:
    return np.asarray(lfilter(kind[0], kind[1], sound), dtype=np.float64)


def _biquad(b: tuple[float, float, float], a: tuple[float, float, float]) -> tuple[Signal, Signal]:
    return np.array(b) / a[0], np.array(a) / a[0]


def _shelf(rate: int) -> tuple[Signal, Signal]:
    """The head's effect: +4 dB above about 1.7 kHz."""
    f0, gain, q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k, v = np.tan(np.pi * f0 / rate), 10 ** (gain / 20)
    vb = v**0.4996667741545416
    return _biquad(
        (v + vb * k / q + k * k, 2 * (k * k - v), v - vb * k / q + k * k),
        (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k),
    )


def _high_pass(rate: int) -> tuple[Signal, Signal]:
    f0, q = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * f0 / rate)
    a = (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k)
    return np.array((1.0, -2.0, 1.0)), np.array(a) / a[0]
