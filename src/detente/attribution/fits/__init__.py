"""Three-way fits: what all dyads of a panel share, and the fits that leave one dyad out."""

from detente.attribution.fits.common import CommonFits
from detente.attribution.fits.dyad import DyadFits

__all__ = ["CommonFits", "DyadFits"]
